"""Progress for people: a live display on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


class Terminal:
    """Says what is going on. `NO_COLOR` and pipes are honoured by rich itself."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    def say(self, line: str | Text = "") -> None:
        """Print a line that stays, however long it is."""
        self.console.print(escape(line) if isinstance(line, str) else line)

    def tell(self, sentences: str, *, indent: int = 0) -> None:
        """Print sentences, which a terminal breaks between words, however narrow it is."""
        if self.console.is_terminal:
            self.console.print(Padding(Text(sentences), (0, 0, 0, indent), expand=False), soft_wrap=False)
        else:
            self.say(" " * indent + sentences)

    def show(self, table: Table) -> None:
        """Print a table that stays; its cells are broken where the terminal is narrow."""
        self.console.print(table, soft_wrap=False)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show a step of long work. The function that it gives shows what the step is at, if lines can be replaced."""
        started = time.monotonic()
        if not self.console.is_terminal:
            self.say(f"{title} ...")
            yield lambda _: None
        else:
            with self.console.status(escape(title)) as status:
                width = max(20, self.console.width - len(title) - 8)
                yield lambda line: status.update(f"{escape(title)} [dim]{escape(line[:width])}[/dim]")
        self.console.print(f"[green]done[/green] {escape(title)} ({time.monotonic() - started:.1f} s)")
