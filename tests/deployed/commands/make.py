"""`make` as a person runs it: a process group of its own, with no AWS of the caller's."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.interruption import end_group

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 900


def environment() -> dict[str, str]:
    """The caller's own, with this Python's tools first and no AWS of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {"PATH": f"{Path(sys.prefix, 'bin')}{os.pathsep}{kept['PATH']}"}


@contextmanager
def make(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A target under way; ended with the block, whatever happens in it."""
    with subprocess.Popen(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            end_group(process)


def made(*arguments: str, more: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """A target that has ended, run with more of an environment."""
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
    """What still runs of a process group, as `ps` shows it; not what has ended and was not yet seen to have ended."""
    listed = subprocess.run(["ps", "-eo", "pgid,stat,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.split()[0] == str(group) and line.split()[1][0] != "Z"]
