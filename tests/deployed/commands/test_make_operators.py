"""The commands for operators as people call them, where there is no AWS to be had."""

import os

import pytest

from tests.deployed.commands.make import made

NOBODY = {
    **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull),
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.mark.parametrize("target", ["doctor", "redrive"])
def test_missing_credentials_are_told_in_one_line(target: str) -> None:
    done = made(target, more={**NOBODY, "AWS_REGION": "us-east-1"})

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "There are no AWS credentials in the environment. Set AWS_PROFILE," in said
    assert "Traceback" not in said
