"""The deployed code: one folder with the handlers and what they import."""

import os
import subprocess
import sys
from pathlib import Path

import boto3
import botocore
import pytest

from tests.template.synthesized import ROOT, Synthesized

HANDLERS = sorted(path.stem for path in (ROOT / "lambdas").glob("*.py"))
IMPORT_IT = """
import importlib, sys
handler, *sys.path[:0] = sys.argv[1:]
sys.dont_write_bytecode = True
assert not [path for path in sys.path if "site-packages" in path]
assert callable(importlib.import_module(handler).handler)
"""


def runtime(folder: Path) -> list[Path]:
    """Return a folder with what Lambda's runtime brings, and nothing else that is installed here."""
    folder.mkdir()
    packages = Path(boto3.__file__).parents[1]
    assert Path(botocore.__file__).parents[1] == packages
    for name in ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py"):
        (folder / name).symlink_to(packages / name)
    return [folder]


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_can_be_imported_where_only_the_asset_and_the_runtime_are(
    default: Synthesized, tmp_path: Path, handler: str
) -> None:
    variables = next(
        function["Environment"]["Variables"]
        for function in default.all("AWS::Lambda::Function").values()
        if function["Handler"] == f"{handler}.handler"
    )

    imported = subprocess.run(  # noqa: S603 - the interpreter that runs this
        [sys.executable, "-I", "-S", "-c", IMPORT_IT, handler, default.asset, *runtime(tmp_path / "runtime")],
        env={"PATH": os.defpath, "AWS_DEFAULT_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": handler, **variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert imported.returncode == 0, imported.stderr


def test_every_handler_file_is_a_function_and_every_function_has_one(default: Synthesized) -> None:
    deployed = {function["Handler"] for function in default.all("AWS::Lambda::Function").values()}

    assert deployed == {f"{handler}.handler" for handler in HANDLERS}


def test_it_has_the_domain_as_it_stands_here_and_no_compiled_leftovers(default: Synthesized) -> None:
    here = {
        path.relative_to(ROOT / "lambdas"): path.read_bytes()
        for path in (ROOT / "lambdas").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert {path: (default.asset / path).read_bytes() for path in here} == here
    assert [path for path in default.asset.rglob("*") if path.name == "__pycache__" or path.suffix == ".pyc"] == []


def test_it_leaves_out_what_the_runtime_brings_and_what_only_a_synth_needs(default: Synthesized) -> None:
    there = {path.name for path in default.asset.iterdir()}

    assert "aws_lambda_powertools" in there
    assert not there & {"boto3", "botocore", "aws_cdk", "constructs", "jsii", "bin", "tests", "stacks"}


def test_it_has_nothing_that_was_built_for_one_machine(default: Synthesized) -> None:
    assert [path for path in default.asset.rglob("*") if path.suffix in {".so", ".pyd", ".dylib"}] == []


def test_its_name_is_that_of_its_content_and_no_synth_changes_it(default: Synthesized, chosen: Synthesized) -> None:
    assert default.asset.name == chosen.asset.name
    assert default.asset != chosen.asset
