"""The machine's time, which can be moved forward."""

import threading
from datetime import UTC, datetime, timedelta

from local.clock.agenda import Due
from local.clock.clock import VirtualClock


class PassingClock(VirtualClock):
    """Goes as the machine's clock does. What is let pass beside that is as on a virtual clock: one after the other."""

    ticks = True

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self._ahead = timedelta()
        self._jumps = False
        self._one_at_a_time = threading.Lock()

    def let_pass(self, time: timedelta) -> datetime:
        """Let so much time pass, with all that is due in it, and tell what time it is then."""
        over = threading.Event()
        with self._one_at_a_time:
            with self._changed:
                self._now, self._jumps = self._present(), True
                target = self._now + time

                def arrive() -> None:
                    self._ahead, self._jumps = target - datetime.now(UTC), False
                    over.set()

                self._add(target, arrive, background=False)
            self._closed.on_set(over.set)
            over.wait()
            self._closed.forget(over.set)
        return self.now()

    def _present(self) -> datetime:
        return self._now if self._jumps else datetime.now(UTC) + self._ahead

    def _pass_to(self, due: Due) -> bool:
        if self._jumps:
            return super()._pass_to(due)
        left = (due.moment - self._present()).total_seconds()
        if left > 0:
            self._changed.wait(min(left, threading.TIMEOUT_MAX))
        return left <= 0
