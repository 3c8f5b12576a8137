"""A program that a step runs, with its output shown."""

import os
import selectors
import shlex
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from tools.interruption import end_group, interruptions_wait

_LAST_LINES = 15
_TICK_SECONDS = 0.5


class ToolError(Exception):
    """A program failed. `output` is the end of what it said."""

    def __init__(self, command: Sequence[str], end: str, output: Sequence[str]) -> None:
        super().__init__(f"`{shlex.join(command)}` {end}")
        self.output = list(output)


def run_tool(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], said: Callable[[str], object]
) -> None:
    """Run a program, and end it with all that it has started if this is interrupted.

    `said` gets each line, and an empty one from time to time. Raises `ToolError`.
    """
    last: deque[str] = deque(maxlen=_LAST_LINES)
    process: subprocess.Popen[bytes] | None = None
    try:
        with interruptions_wait():
            process = _begun(command, folder, environment)
        assert process.stdout is not None  # noqa: S101
        for line in _lines(process.stdout):
            if line:
                last.append(line)
            said(line)
        status = process.wait()
    finally:
        if process is not None:
            with process:
                end_group(process)
    if status:
        how = f"ended with exit status {status}" if status > 0 else f"was ended by signal {-status}"
        raise ToolError(command, how, last)


def _begun(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=False,
        )
    except OSError as error:
        raise ToolError(command, f"could not be run: {error.strerror}", []) from error


def _lines(pipe: IO[bytes]) -> Iterator[str]:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        begun = b""
        while True:
            if not selector.select(_TICK_SECONDS):
                yield ""
                continue
            read = os.read(pipe.fileno(), 65_536)
            *lines, begun = (begun + read).replace(b"\r", b"\n").split(b"\n")
            yield from (line.decode(errors="replace").rstrip() for line in lines)
            if not read:
                yield begun.decode(errors="replace").rstrip()
                return
