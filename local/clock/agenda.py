"""What is due, and when."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(order=True)
class Due:
    """An action and its moment; a background action does not make virtual time pass."""

    moment: datetime
    order: int
    fire: Callable[[], object] = field(compare=False)
    background: bool = field(compare=False)
    gone: bool = field(default=False, compare=False)


class Agenda:
    """What is due, earliest first; at the same moment in the order of entry. The caller holds the lock."""

    def __init__(self) -> None:
        self._heap: list[Due] = []
        self._orders = itertools.count()
        self._foreground = 0

    def add(self, moment: datetime, fire: Callable[[], object], *, background: bool) -> Due:
        due = Due(moment, next(self._orders), fire, background)
        heapq.heappush(self._heap, due)
        self._foreground += not background
        return due

    def remove(self, due: Due) -> None:
        if not due.gone:
            due.gone = True
            self._foreground -= not due.background

    def first(self) -> Due | None:
        while self._heap and self._heap[0].gone:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    @property
    def drives(self) -> bool:
        """Whether anything is there for which time must pass."""
        return self._foreground > 0
