"""The other Pythons on this machine."""

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_PATIENCE_SECONDS = 20


def newer_pythons(*, up_to: str) -> list[str]:
    """Return every `python3.N` on the PATH that is newer than this one, up to the version `3.N`; the newest first."""
    newest = int(up_to.removeprefix("3."))
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    named = (folder / f"python3.{minor}" for minor in range(newest, sys.version_info.minor, -1) for folder in folders)
    return list(dict.fromkeys(str(python) for python in named if os.access(python, os.X_OK)))


def first_that_runs(pythons: Sequence[str]) -> str | None:
    """Return the first one that is what its name says. What pyenv puts there may only say that it was not chosen."""
    return next((python for python in pythons if _runs(python)), None)


@cache
def _runs(python: str) -> bool:
    says = "import sys; print('python%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(  # noqa: S603
            [python, "-I", "-c", says], capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == Path(python).name
