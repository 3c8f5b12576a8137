"""The progress of models' lives: a live display on a terminal, one line for each change elsewhere."""

from collections.abc import Sequence
from typing import Protocol, Self

from rich.live import Live
from rich.table import Table
from rich.text import Text

from local.commands.terminal import Terminal


class Life(Protocol):
    """What is shown of a model."""

    @property
    def name(self) -> str:
        """Its project's."""
        ...

    @property
    def in_words(self) -> str:
        """What it does."""
        ...


def lives_now(lives: Sequence[Life], seconds: float) -> Table:
    """Return what each does after so many seconds."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for life in lives:
        table.add_row(Text(life.name, style="bold"), Text(life.in_words))
    table.add_row(Text(f"{seconds:.0f} s", style="dim"))
    return table


class LifeDisplay:
    """Shows some lives while it is entered."""

    def __init__(self, terminal: Terminal, lives: Sequence[Life]) -> None:
        self._terminal = terminal
        self._lives = lives
        self._live = Live(console=terminal.console, auto_refresh=False) if terminal.console.is_terminal else None
        self._said: dict[str, str] = {}

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def update(self, seconds: float) -> None:
        """Show how it is after so many seconds."""
        if self._live:
            self._live.update(lives_now(self._lives, seconds), refresh=True)
            return
        for life in self._lives:
            words = life.in_words
            if self._said.get(life.name) != words:
                self._terminal.say(f"{seconds:5.1f} s  {life.name}: {words}")
                self._said[life.name] = words
