"""No service is called more often than five times in any second."""

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from operations.pace import CALLS_PER_SECOND, Pace

EVENTS = {name: f"before-send.{name}.List" for name in ("rekognition", "scheduler", "dynamodb")}


class Stopwatch:
    """A clock that moves on by what is slept."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.now += seconds


@given(st.lists(st.tuples(st.sampled_from(sorted(EVENTS)), st.floats(0, 0.5)), max_size=40))
def test_of_each_service_no_six_calls_are_within_a_second(calls: list[tuple[str, float]]) -> None:
    clock = Stopwatch()
    pace = Pace(lambda: clock.now, clock.sleep)
    sent = defaultdict(list)

    for service, pause in calls:
        clock.sleep(pause)
        asked = clock.now
        pace.before_send(EVENTS[service])
        sent[service].append(clock.now)
        if service == "dynamodb":
            assert clock.now == asked

    for service in sent.keys() - {"dynamodb"}:
        assert all(
            late - early > 1 for early, late in zip(sent[service], sent[service][CALLS_PER_SECOND:], strict=False)
        )
        assert all(early <= late for early, late in pairwise(sent[service]))


def test_five_calls_are_not_held_back() -> None:
    clock = Stopwatch()
    pace = Pace(lambda: clock.now, clock.sleep)

    for _ in range(CALLS_PER_SECOND):
        pace.wait("scheduler")

    assert clock.now == 0
