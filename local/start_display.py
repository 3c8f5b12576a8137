"""How starts go, for people: a table that lives on a terminal; elsewhere a line whenever something changed."""

from collections.abc import Sequence
from typing import Self

from rich.live import Live
from rich.table import Table

from local.terminal import Terminal
from local.watched_start import WatchedStart


class StartDisplay:
    """Shows some starts while it is entered."""

    def __init__(self, terminal: Terminal, starts: Sequence[WatchedStart]) -> None:
        self._terminal = terminal
        self._starts = starts
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
            self._live.update(self._table(seconds), refresh=True)
            return
        for start in self._starts:
            line = f"{start.name}: {start.state or 'waiting'}, execution {start.execution}, model {start.status or '-'}"
            if self._said.get(start.name) != line:
                self._terminal.say(f"{seconds:5.1f} s  {line}")
                self._said[start.name] = line

    def _table(self, seconds: float) -> Table:
        table = Table("Model", "Started by", "State", "Execution", "Model's status", title=f"{seconds:.0f} s")
        for start in self._starts:
            table.add_row(start.name, start.how, start.state, start.execution, start.status)
        return table
