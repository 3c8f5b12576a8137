"""`make run`: the main job, shown."""

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


def test_it_shows_the_lives_of_a_model_of_each_service_as_a_subscriber_hears_it(
    show: "subprocess.Popen[str]",
) -> None:
    printed, complaint = show.communicate(timeout=PATIENCE_SECONDS)

    assert show.returncode == 0, printed + complaint
    assert "Notification: RUNNING: bottle-caps" in printed
    assert "Notification: HOSTED: circuit-boards" in printed
    assert "Notification: STOPPED: bottle-caps" in printed
    assert "Notification: TRAINED: circuit-boards" in printed
    assert "2 of 2 models ran, 2 were stopped at the end of their leases, and 2 notifications say so" in printed
    assert re.search(r'"Usd": 0\.0[1-9]', printed)
    assert "\x1b" not in printed


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
