"""`make run`: the main job, shown."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.local.test_make_local import PATIENCE_SECONDS, ROOT, environment, processes_of_group


@pytest.fixture
def show() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "local.show"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def test_it_starts_a_model_of_each_service_and_prints_what_a_subscriber_gets(show: "subprocess.Popen[str]") -> None:
    printed, _ = show.communicate(timeout=PATIENCE_SECONDS)

    assert show.returncode == 0, printed
    assert "Notification: RUNNING: bottle-caps" in printed
    assert "Notification: HOSTED: circuit-boards" in printed
    assert "2 of 2 models run, and 2 notifications say so." in printed
    assert "\x1b" not in printed


def test_ctrl_c_ends_it_cleanly(show: "subprocess.Popen[str]") -> None:
    assert show.stdout is not None
    show.stdout.readline()

    os.killpg(show.pid, signal.SIGINT)
    printed, _ = show.communicate(timeout=PATIENCE_SECONDS)

    assert show.returncode == 128 + signal.SIGINT, printed
    assert "Traceback" not in printed
    assert processes_of_group(show.pid) == []
