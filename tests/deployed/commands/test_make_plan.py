"""`make plan` as a person runs it."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.deployed.commands.make import environment, made
from tests.programs import ROOT

EVERY_TEN_MINUTES = [
    {
        "name": "often",
        "expression": "cron(0/10 * * * ? *)",
        "input": {"ProjectName": "boards", "ModelVersion": "1", "StopAfterSeconds": 30},
    }
]


def test_it_prints_the_plan_of_the_settings() -> None:
    schedules = json.dumps([{**EVERY_TEN_MINUTES[0], "expression": "cron(0 7 ? * MON *)"}])

    done = made("plan", f"ARGS=--context 'schedules={schedules}' --from 2026-11-21T12:00:00Z", more={})

    assert (done.returncode, done.stderr) == (0, "")
    assert "  Mon 23 Nov 07:00 UTC  Mon 07:00  start       often" in done.stdout


def test_a_wrong_setting_is_refused_in_the_words_of_a_deploy() -> None:
    done = made("plan", "ARGS=-c start_timeout_minutes=0", more={})

    said, _ = done.stderr.splitlines()
    assert done.returncode != 0
    assert said == "Setting start_timeout_minutes must be a whole number from 1 to 1,440, got 0."
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda process: process.send_signal(signal.SIGINT), -signal.SIGINT),
        (lambda process: process.stdout.close(), -signal.SIGPIPE),
    ],
    ids=["Ctrl-C", "a reader that has seen enough"],
)
def test_it_ends_without_a_word(end: Callable[["subprocess.Popen[str]"], None], code: int) -> None:
    command = [sys.executable, "-m", "plan", "-c", f"schedules={json.dumps(EVERY_TEN_MINUTES)}"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        # What it has to say is more than a pipe holds: it waits.
        assert process.stdout.readline().startswith("14 days from ")
        end(process)
        assert (process.wait(timeout=60), process.stderr.read()) == (code, "")


def test_it_needs_no_node() -> None:
    ends_with = (
        "import atexit, runpy, sys; atexit.register(lambda: print('jsii' in sys.modules)); sys.argv = ['plan']; "
    )
    command = [sys.executable, "-c", f"{ends_with} runpy.run_module('plan')"]

    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)

    assert (done.stderr, done.stdout.splitlines()[-1]) == ("", "False")
