"""How fast a command calls: no operation is called more often than the quotas of control planes let an account."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from threading import Lock
from typing import Any

CALLS_PER_SECOND = 5
"""Of each operation: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/limits.html"""
_A_MOMENT = 0.01
_DATA_PLANES = frozenset({"dynamodb", "sqs"})


class Pace:
    """Holds back what is one call too many. Each attempt of a call counts, in whatever thread it is made.

    A call may arrive at any moment between its sending and its answer, and so it counts until a second after that.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._under_way: Counter[str] = Counter()
        self._answered: defaultdict[str, deque[float]] = defaultdict(deque)

    def before_send(self, event_name: str, **_: Any) -> None:
        """Wait until the call may be sent: a handler of botocore's event `before-send.SERVICE.OPERATION`."""
        operation = event_name.partition(".")[2]
        while operation.partition(".")[0] not in _DATA_PLANES and (seconds := self._too_early(operation)):
            self._sleep(seconds)

    def response_received(self, event_name: str, **_: Any) -> None:
        """Note the end of an attempt: a handler of botocore's event `response-received.SERVICE.OPERATION`."""
        operation = event_name.partition(".")[2]
        with self._lock:
            if self._under_way[operation]:
                self._under_way[operation] -= 1
                self._answered[operation].append(self._clock())

    def _too_early(self, operation: str) -> float:
        """Return for how many seconds to wait before the next try; 0 takes the place of a call."""
        with self._lock:
            now, answered = self._clock(), self._answered[operation]
            while answered and answered[0] < now - 1:
                answered.popleft()
            if self._under_way[operation] + len(answered) < CALLS_PER_SECOND:
                self._under_way[operation] += 1
                return 0
            return max(answered[0] + 1 - now, _A_MOMENT) if answered else _A_MOMENT
