"""How fast a command calls: no service is asked more often than its quota for callers of its control plane."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock
from typing import Any

CALLS_PER_SECOND = 5
"""Of each service: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/limits.html"""
# Calls do not all take the same time to arrive.
_SECOND = 1.05
_DATA_PLANES = frozenset({"dynamodb", "sqs"})


class Pace:
    """Holds back what is one call too many. Each attempt of a call counts, in whatever thread it is made."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._due: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=CALLS_PER_SECOND))

    def before_send(self, event_name: str, **_: Any) -> None:
        """Wait until the call may be sent: a handler of botocore's event `before-send.SERVICE.OPERATION`."""
        service = event_name.split(".")[1]
        if service not in _DATA_PLANES:
            self.wait(service)

    def wait(self, service: str) -> None:
        """Wait until a call of the service may be sent."""
        with self._lock:
            due, now = self._due[service], self._clock()
            at = max(now, due[0] + _SECOND) if len(due) == CALLS_PER_SECOND else now
            due.append(at)
        if at > now:
            self._sleep(at - now)
