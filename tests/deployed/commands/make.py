"""`make` as a person runs it: in a process group of its own, without the caller's AWS."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tests.programs import ROOT, under_way

PATIENCE_SECONDS = 900


def environment() -> dict[str, str]:
    """Return the caller's own, with this Python's tools first and no AWS of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {"PATH": f"{Path(sys.prefix, 'bin')}{os.pathsep}{kept['PATH']}"}


def make(*arguments: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Return a target under way."""
    command = ["make", "--no-print-directory", *arguments]
    return under_way(command, env=environment(), stderr=subprocess.PIPE)


def made(*arguments: str, more: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Return a target that has ended, run with more of an environment."""
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env={**environment(), **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def processes_of_group(group: int) -> list[str]:
    """Return the processes of a group that still run, as `ps` shows them, without those that ended unseen."""
    listed = subprocess.run(["ps", "-eo", "pgid,stat,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.split()[0] == str(group) and line.split()[1][0] != "Z"]
