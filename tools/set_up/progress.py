"""The progress of the set-up: a live line on a terminal, plain lines elsewhere."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_AGAIN = "\r\x1b[K"
"""Lets a terminal write the same line again."""


class Progress:
    """Says it on `stream`; not on the standard output, which belongs to the target."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty() and os.environ.get("TERM") != "dumb"

    def say(self, line: str) -> None:
        """Print a line that stays."""
        print(line, file=self._stream, flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show one step. The function that it gives shows what the step's tool said last."""
        began = time.monotonic()
        if not self._live:
            self.say(f"{title} ...")
        shown = ""

        def show(line: str) -> None:
            nonlocal shown
            shown = line or shown
            if self._live:
                text = f"{title} ({time.monotonic() - began:.0f} s) {shown}"[: shutil.get_terminal_size().columns - 1]
                print(f"{_AGAIN}{text}", end="", file=self._stream, flush=True)

        show("")
        try:
            yield show
        except BaseException:
            if self._live:
                self.say("")
            raise
        done = f"{title}: done ({time.monotonic() - began:.1f} s)"
        self.say(f"{_AGAIN}{done}" if self._live else done)
