"""The set-up of some parts of this checkout: one caller at a time, continuing where the last call ended."""

import fcntl
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.interruption import Interrupted, end_by
from tools.set_up.progress import Progress
from tools.set_up.steps import Checkout, Step
from tools.set_up.tool import ToolError, run_tool

_ADVICE = {
    "No space left": "Make room on its disk",
    "Read-only|Permission denied": "See that this folder can be written",
    "ensurepip|No module named '?(venv|pip)": "Install Python's venv module (on Debian and Ubuntu: python3-venv), or "
    "choose another Python with PYTHON=<path>",
    "Hash mismatch": "A package in a registry is not the pinned one. Find out why before you run `make lock`",
    "No solution found": "If you changed pyproject.toml, run `make lock`",
    "(?i)connect|dns |name resolution|lookup|timed? ?out|enotfound|eai_again": "See that this machine reaches "
    "the package registries",
}
_WIDTH = 200
_ADVICE_OTHERWISE = "If it fails again, let `make clean` remove everything first"


class SetUpError(Exception):
    """A step failed; the message is for people."""


def main(parts: Sequence[str], checkout: Checkout) -> int:
    """Set these parts up. 0 if all is there; 1 if not, with the reason on stderr; 2 for a part that is none."""
    progress = Progress(sys.stderr)
    if unknown := set(parts) - set(checkout.parts):
        progress.say(f"No part of the set-up: {', '.join(sorted(unknown))}. Those are {', '.join(checkout.parts)}.")
        return 2
    try:
        if not all(step.done for step in checkout.steps(parts)):
            with _alone(checkout.books, progress):
                _set_up(checkout, parts, progress)
    except SetUpError as error:
        progress.say(str(error))
    except OSError as error:
        progress.say(f"The set-up failed: {error.filename or checkout.venv}: {error.strerror}.")
    except Interrupted as interruption:
        progress.say(f"The set-up was interrupted ({interruption}). The next call of make goes on from here.")
        return end_by(interruption.number)
    else:
        return 0
    return 1


@contextmanager
def _alone(books: Path, progress: Progress) -> Iterator[None]:
    """Wait until no other process sets this checkout up."""
    books.mkdir(parents=True, exist_ok=True)
    with (books / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("Another make sets this checkout up. Waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        # A tool that outlives this process holds the lock on.
        os.set_inheritable(lock.fileno(), True)
        yield


def _set_up(checkout: Checkout, parts: Sequence[str], progress: Progress) -> None:
    scratch = checkout.books / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        environment = _environment(checkout, scratch)
        taken = 0
        # Each step may undo what comes after it.
        while missing := [step for step in checkout.steps(parts) if not step.done]:
            title = f"Set-up {taken + 1} of {taken + len(missing)}: {missing[0].title}"
            try:
                _take(missing[0], title, checkout.root, environment, progress)
            except ToolError as error:
                raise SetUpError(_explained(error, title).replace(f"{checkout.root}/", "")) from error
            taken += 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _take(step: Step, title: str, root: Path, environment: dict[str, str], progress: Progress) -> None:
    step.clear()
    begun = [stamp for stamp in step.stamps if step.interrupted or not stamp.good]
    for stamp in begun:
        stamp.begin()
    with progress.step(title) as said:
        for command in step.commands:
            run_tool(command, folder=root, environment=environment, said=said)
    if not step.brings.exists():
        raise SetUpError(f"{title}: it has ended, but {step.brings} is not there. {_ADVICE_OTHERWISE}.")
    for stamp in begun:
        stamp.end()


def _environment(checkout: Checkout, scratch: Path) -> dict[str, str]:
    leading_elsewhere = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in leading_elsewhere}
    path = os.pathsep.join([str(checkout.venv / "bin"), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "TMPDIR": str(scratch)}


def _explained(error: ToolError, title: str) -> str:
    output = "\n".join(error.output)
    advice = next((advice for sign, advice in _ADVICE.items() if re.search(sign, output)), _ADVICE_OTHERWISE)
    said = ["It said at last:", *(f"    {line[:_WIDTH]}" for line in error.output)] if error.output else []
    return "\n".join([f"{title}: failed. {error}.", *said, f"{advice}, and call make again: it goes on from here."])
