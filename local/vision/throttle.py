"""The limit on calls a second, for each operation of a service."""

import threading
from collections import defaultdict, deque
from datetime import datetime, timedelta

from local.api.errors import AwsError
from local.clock.clock import Clock
from local.scenario.scenario import Quotas

_SECOND = timedelta(seconds=1)


class Throttle:
    """Counts the calls of the last second; for many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._most = Quotas().calls_per_second
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def load(self, quotas: Quotas) -> None:
        """Allow so many from now on, and forget the calls so far."""
        with self._lock:
            self._most = quotas.calls_per_second
            self._calls.clear()

    def count(self, operation: str) -> None:
        """Count a call that is allowed. Raises `AwsError`, ThrottlingException, for one too many."""
        with self._lock:
            now, calls = self._clock.now(), self._calls[operation]
            while calls and calls[0] <= now - _SECOND:
                calls.popleft()
            if len(calls) >= self._most:
                raise AwsError("ThrottlingException", "Rate exceeded")
            calls.append(now)
