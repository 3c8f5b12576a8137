"""How models' lives go, for people: a table that lives on a terminal; elsewhere a line whenever something changed."""

from collections.abc import Sequence
from typing import Self

from rich.live import Live
from rich.table import Table

from local.commands.terminal import Terminal
from local.commands.watched_life import WatchedLife


class LifeDisplay:
    """Shows some lives while it is entered."""

    def __init__(self, terminal: Terminal, lives: Sequence[WatchedLife]) -> None:
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
            self._live.update(self._table(seconds), refresh=True)
            return
        for life in self._lives:
            line = (
                f"{life.name}: {life.machine} {life.execution}, {life.state or 'waiting'}, model {life.status or '-'}"
            )
            if self._said.get(life.name) != line:
                self._terminal.say(f"{seconds:5.1f} s  {line}")
                self._said[life.name] = line

    def _table(self, seconds: float) -> Table:
        table = Table("Model", "Started by", "Machine", "State", "Execution", "Status", title=f"{seconds:.0f} s")
        for life in self._lives:
            table.add_row(life.name, life.how, life.machine, life.state, life.execution, life.status)
        return table
