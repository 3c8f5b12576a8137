"""The commands and inputs in messages that stop a model, tried by a person."""

import subprocess
import sys
from pathlib import Path

from tests.deployed.lifecycle import SECONDS_OF_PATIENCE, Lifecycle
from tests.deployed.services import ServiceWords, both_services
from tests.deployed.someone import Someone

PROGRAMS = Path(sys.executable).parent
NO_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")


@both_services
def test_a_command_that_is_pasted_into_a_shell_stops_the_model(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script())
    command = lifecycle.only_message(lifecycle.run(service.model)).document["HowToStop"]
    environment = {name: value for name, value in lifecycle.aws.environment().items() if name not in NO_REGION}

    pasted = subprocess.run(
        ["sh", "-c", command],
        env={**environment, "PATH": f"{PROGRAMS}:{environment['PATH']}", "AWS_PAGER": ""},
        capture_output=True,
        text=True,
        timeout=SECONDS_OF_PATIENCE,
        check=False,
    )

    assert (pasted.returncode, pasted.stderr) == (0, "")
    lifecycle.settle()
    lifecycle.pass_time(600)
    assert Someone(lifecycle.aws, service).sees() == service.stopped
