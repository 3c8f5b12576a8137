"""`make run`: the lives of two models."""

import os
import re
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.deployed.commands.make import PATIENCE_SECONDS, make, processes_of_group

if TYPE_CHECKING:
    import subprocess


@pytest.fixture
def show() -> Iterator["subprocess.Popen[str]"]:
    with make("run") as process:
        yield process


def test_it_shows_the_lives_of_two_models_with_the_e_mails_that_people_get(show: "subprocess.Popen[str]") -> None:
    printed, complaint = show.communicate(timeout=PATIENCE_SECONDS)

    assert show.returncode == 0, printed + complaint
    for model in ("bottle-caps", "circuit-boards"):
        assert len(re.findall(f"^E-mail to you@example.com: .*{model}", printed, re.MULTILINE)) == 2
        assert re.search(rf"{model}: running since [\d:]+, will be stopped at [\d:]+\n", printed)
        [stopped] = re.findall(rf"{model} +[\d:]+ +\d+ s +\d+ s +([\d:]+) +0\.0[1-9] USD", printed)
        assert f"{model}: stopped since {stopped}\n" in printed
    assert "2 of 2 models ran, 2 were stopped at the end of their leases" in printed
    assert "\x1b" not in printed
    assert '"Outcome"' not in printed


def test_ctrl_c_ends_it_cleanly(show: "subprocess.Popen[str]") -> None:
    assert show.stdout is not None
    show.stdout.readline()

    os.killpg(show.pid, signal.SIGINT)
    # Not `communicate`: it loses what `readline` has read ahead.
    assert show.stderr is not None
    printed, complaint = show.stdout.read(), show.stderr.read()

    assert show.wait(timeout=PATIENCE_SECONDS) != 0
    assert "Interrupted." in printed
    assert "Traceback" not in printed + complaint
    assert processes_of_group(show.pid) == []
