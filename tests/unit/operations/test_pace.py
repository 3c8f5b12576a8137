"""No operation is called more often than five times in any second, and none waits for another one."""

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from operations.pace import CALLS_PER_SECOND, Pace

OPERATIONS = ("rekognition.DescribeProjects", "rekognition.DescribeProjectVersions", "dynamodb.Scan")


class Stopwatch:
    """A clock that moves on by what is slept."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.now += seconds


@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.floats(0, 0.5), st.floats(0, 0.5)), max_size=40))
def test_of_each_operation_no_six_calls_are_within_a_second(calls: list[tuple[str, float, float]]) -> None:
    clock = Stopwatch()
    pace = Pace(lambda: clock.now, clock.sleep)
    sent, answered = defaultdict(list), defaultdict(list)

    for operation, pause, takes in calls:
        clock.sleep(pause)
        asked = clock.now
        pace.before_send(f"before-send.{operation}")
        sent[operation].append(clock.now)
        if operation == "dynamodb.Scan":
            assert clock.now == asked
        clock.sleep(takes)
        pace.response_received(f"response-received.{operation}")
        answered[operation].append(clock.now)

    for operation in sent.keys() - {"dynamodb.Scan"}:
        fifth_next = zip(answered[operation], sent[operation][CALLS_PER_SECOND:], strict=False)
        # Seconds are rounded, and so is what is between them.
        assert all(late - early > 1 - 1e-9 for early, late in fifth_next)
        assert all(early <= late for early, late in pairwise(sent[operation]))


def test_five_calls_of_each_operation_are_not_held_back_and_the_next_waits_for_an_answer() -> None:
    clock = Stopwatch()
    sent: list[float] = []
    pace = Pace(lambda: clock.now, clock.sleep)

    for _ in range(CALLS_PER_SECOND):
        for operation in OPERATIONS:
            pace.before_send(f"before-send.{operation}")
    assert clock.now == 0

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.now > 7 and not sent:
            sent.append(clock.now)
            pace.response_received(f"response-received.{OPERATIONS[0]}")

    pace._sleep = sleep  # noqa: SLF001 - it answers while somebody waits
    pace.before_send(f"before-send.{OPERATIONS[0]}")
    assert clock.now > 8
