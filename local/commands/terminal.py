"""Progress for people: a live display on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


class Terminal:
    """Says what is going on. `NO_COLOR` and pipes are honoured by rich itself."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    def say(self, line: str = "") -> None:
        """A line that stays."""
        self.console.print(escape(line))

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """One step of long work. The function that it gives shows what the step is at, where lines can be replaced."""
        started = time.monotonic()
        if not self.console.is_terminal:
            self.say(f"{title} ...")
            yield lambda _: None
        else:
            with self.console.status(escape(title)) as status:
                width = max(20, self.console.width - len(title) - 8)
                yield lambda line: status.update(f"{escape(title)} [dim]{escape(line[:width])}[/dim]")
        self.console.print(f"[green]done[/green] {escape(title)} ({time.monotonic() - started:.1f} s)")
