"""A program to interrupt, and what it leaves."""

import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.programs import under_way

if TYPE_CHECKING:
    import subprocess

PATIENCE_SECONDS = 60


def python(code: str, *arguments: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Run Python code, with both its outputs in one pipe."""
    return under_way([sys.executable, "-c", code, *arguments])


def until(path: Path) -> str:
    """Wait until there is something in a file, and return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.01)
    raise AssertionError(f"nothing came to {path}")


def runs(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("X", "Z")
    except (FileNotFoundError, ProcessLookupError):
        return False
