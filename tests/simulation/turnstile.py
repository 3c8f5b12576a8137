"""Many threads, of which one runs at a time, each at its own moment: always in the same order."""

import heapq
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

_WORKERS = ThreadPoolExecutor(max_workers=64, thread_name_prefix="turnstile")


class OverError(BaseException):
    """The time is up: whatever still goes on ends."""


class Turnstile:
    """A clock that leaps to the next moment at which somebody goes on.

    Only who has the turn touches anything, so nothing here needs a lock.
    """

    def __init__(self, now: datetime, *, until: datetime) -> None:
        self.now = now
        self._until = until
        self._over = False
        self._orders = itertools.count()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._turn_back = threading.Semaphore(0)
        self._waiting: set[threading.Semaphore] = set()
        self._working: list[Future[None]] = []

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Do something then. It must not wait."""
        heapq.heappush(self._agenda, (max(moment, self.now), next(self._orders), action))

    def begin(self, work: Callable[[], None]) -> None:
        """Let something begin now that may `wait`, in a thread of its own."""
        mine = threading.Semaphore(0)

        def run() -> None:
            mine.acquire()
            try:
                with suppress(OverError):
                    if not self._over:
                        work()
            finally:
                self._turn_back.release()

        self._working.append(_WORKERS.submit(run))
        self._hand_over_at(self.now, mine)

    def wait(self, seconds: float) -> None:
        """Let others go on until so many seconds have passed. Raises OverError when the time is up."""
        moment = self.now + timedelta(seconds=seconds)
        if moment <= self._until and (not self._agenda or self._agenda[0][0] > moment):
            self.now = moment
            return
        mine = threading.Semaphore(0)
        self._hand_over_at(moment, mine)
        self._turn_back.release()
        mine.acquire()
        if self._over:
            raise OverError

    def run(self) -> None:
        """Let everything happen until the time is up. Raises what any work raised."""
        while self._agenda and self._agenda[0][0] <= self._until:
            self.now, _, action = heapq.heappop(self._agenda)
            action()
        self.now, self._over = self._until, True
        while self._waiting:
            self._hand_over(next(iter(self._waiting)))
        for future in self._working:
            future.result()

    def _hand_over_at(self, moment: datetime, turn: threading.Semaphore) -> None:
        self._waiting.add(turn)
        self.at(moment, lambda: self._hand_over(turn))

    def _hand_over(self, turn: threading.Semaphore) -> None:
        self._waiting.discard(turn)
        turn.release()
        self._turn_back.acquire()
