"""How the process of a command begins."""

import subprocess
import sys

import pytest

INTERRUPTED_WHILE_IT_IMPORTS = """
import importlib, os, runpy, signal
importlib.import_module = lambda name: os.kill(os.getpid(), signal.SIGINT)
runpy.run_module("operations.{}", run_name="__main__")
"""


@pytest.mark.parametrize("command", ["status", "doctor", "redrive", "destroy"])
def test_an_interrupt_before_it_has_begun_ends_a_command_without_a_traceback(command: str) -> None:
    ended = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", INTERRUPTED_WHILE_IT_IMPORTS.format(command)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
