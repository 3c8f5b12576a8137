"""What is said while a reading takes long: a line that stays in its place on a terminal, a few plain ones elsewhere."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console

if TYPE_CHECKING:
    from rich.status import Status

_QUIET_SECONDS = 1.0
_SECONDS_BETWEEN_LINES = 5.0


class Counter:
    """Takes what is being done now, and says it from the second on that people begin to wonder."""

    def __init__(self, console: Console, *, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._due = clock() + _QUIET_SECONDS
        self._shown: Status | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._shown is not None:
            self._shown.stop()

    def __call__(self, done: str) -> None:
        """Say it, unless something was said just before."""
        words = f"{done} ..."
        if self._shown is not None:
            self._shown.update(words)
        elif self._clock() >= self._due:
            if self._console.is_terminal:
                self._shown = self._console.status(words)
                self._shown.start()
            else:
                print(words, file=self._console.file, flush=True)
                self._due = self._clock() + _SECONDS_BETWEEN_LINES
