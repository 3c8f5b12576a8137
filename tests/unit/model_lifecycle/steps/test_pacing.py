"""When it is the turn of a step's calls."""

import heapq
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from math import exp
from random import Random
from typing import Any

import pytest

from model_lifecycle.steps.pacing import in_turn
from model_lifecycle.vocabulary.errors import AccessDeniedError, ServiceUnavailableError
from model_lifecycle.vocabulary.phase import Goal, Phase
from tests.fakes.fake_seams import FakePace
from tests.fakes.given import PROJECT, START, after, begin, begin_stop

AnyProgress = Any
"""A start or a stop."""


def calls_of(
    crowd: Iterable[tuple[float, AnyProgress]], pace: FakePace, *, lasts: float = 900, goal: Goal | None = None
) -> list[float]:
    """Return the moments of the calls of executions that begin at these seconds, and look every 10 s.

    `goal`: only of those that want this.
    """
    agenda = [(begins, number, progress) for number, (begins, progress) in enumerate(crowd)]
    heapq.heapify(agenda)
    made: list[float] = []
    while agenda and agenda[0][0] < lasts:
        seconds, number, progress = heapq.heappop(agenda)

        def take(progress: AnyProgress, seconds: float = seconds) -> AnyProgress:
            made.extend([seconds] * (goal in (None, progress.GOAL)) * (3 if progress.phase is Phase.BLOCKED else 1))
            named = progress.request.naming({**progress.request.identity, "ProjectArn": PROJECT})
            return replace(progress, request=named, phase=progress.WAITS, next_check_seconds=10)

        taken = in_turn(progress, take, pace, now=after(seconds))
        assert taken.next_check_seconds is not None
        heapq.heappush(agenda, (seconds + taken.next_check_seconds, number, taken))
    return made


def most_in_ten_seconds(made: list[float]) -> int:
    """Return how many calls the busiest 10 seconds have."""
    return max(bisect_left(made, begin + 10) - place for place, begin in enumerate(made))


@pytest.mark.parametrize("spread", [0, 1, 60])
def test_two_hundred_starts_call_less_than_five_times_a_second_together(spread: int) -> None:
    crowd = [(number * spread / 200, begin()) for number in range(200)]

    made = calls_of(crowd, FakePace())

    assert most_in_ten_seconds(made) < 50
    # And not much less than they may.
    assert len(made) > 900 * 3.6


def test_two_hundred_models_that_start_at_once_are_each_seen_running_within_a_minute() -> None:
    """As the domain polls. `make bench ARGS=crowd` measures the same on the deployed machine."""
    chance, pace = Random(1), FakePace()  # noqa: S311 - the same each time
    takes = [max(30, 600 * exp(chance.gauss(0, 0.5))) for _ in range(200)]
    agenda: list[tuple[float, int, AnyProgress]] = [(0.0, number, begin()) for number in range(200)]
    up: dict[int, float] = {}
    made: list[float] = []
    lags: list[float] = []
    while agenda:
        seconds, number, progress = heapq.heappop(agenda)

        def take(progress: AnyProgress, seconds: float = seconds, number: int = number) -> AnyProgress:
            if progress.phase is Phase.BLOCKED:
                made.extend([seconds] * 3)
                up[number] = seconds + takes[number]
                named = progress.request.naming({**progress.request.identity, "ProjectArn": PROJECT})
                progress = replace(progress, request=named).accepted("STARTING", now=after(seconds))
                return progress.settled(now=after(seconds))
            made.append(seconds)
            return (
                replace(progress, phase=Phase.RUNNING)
                if seconds >= up[number]
                else progress.settled(now=after(seconds))
            )

        taken = in_turn(progress, take, pace, now=after(seconds))
        if taken.phase is Phase.RUNNING:
            lags.append(seconds - up[number])
        else:
            heapq.heappush(agenda, (seconds + taken.next_check_seconds, number, taken))

    assert len(lags) == 200
    assert most_in_ten_seconds(made) < 50
    assert sorted(lags)[190] <= 60


def test_stops_go_before_starts_that_wait_and_all_keep_the_pace_together() -> None:
    starts = [(0.0, begin()) for _ in range(100)]
    stops = [(20.0, begin_stop()) for _ in range(50)]

    made = calls_of([*starts, *stops], FakePace())

    assert most_in_ten_seconds(made) < 50
    alone = calls_of(stops, FakePace(), lasts=90)
    assert calls_of([*starts, *stops], FakePace(), lasts=90, goal=Goal.STOPPED) == alone


def test_a_lone_start_takes_its_step_at_once() -> None:
    taken = in_turn(begin(), lambda progress: progress.in_phase(Phase.STARTING, now=START), FakePace(), now=START)

    assert (taken.phase, taken.slot, taken.faults) == (Phase.STARTING, None, 0)


@pytest.mark.parametrize("trouble", [AccessDeniedError("denied"), ServiceUnavailableError("down", perhaps_done=False)])
def test_a_step_is_taken_at_once_and_counts_a_fault_where_no_turn_can_be_reserved(trouble: Exception) -> None:
    pace = FakePace()
    pace.reserve("Rekognition", 1_000, first=False, now=START)
    pace.trouble = trouble  # type: ignore[assignment]

    taken = in_turn(begin(), lambda progress: progress.in_phase(Phase.STARTING, now=START), pace, now=START)

    assert (taken.phase, taken.faults) == (Phase.STARTING, 1)


def test_nobody_waits_for_a_turn_that_a_wrong_clock_has_put_off_for_hours() -> None:
    pace = FakePace()
    pace.reserve("Rekognition", 1, first=False, now=after(10 * 3_600))
    patient = begin(StartTimeoutSeconds=86_400)

    taken = in_turn(patient, lambda each: each.in_phase(Phase.STARTING, now=START).settled(now=START), pace, now=START)

    assert (taken.phase, taken.slot) == (Phase.STARTING, None)
    assert taken.next_check_seconds is not None
    assert taken.next_check_seconds <= 60


def test_who_waits_comes_back_by_itself_in_the_phase_it_was_in() -> None:
    pace = FakePace()
    pace.reserve("Rekognition", 100, first=False, now=START)

    waits = in_turn(begin(), _never, pace, now=START)

    assert (waits.phase, waits.next_check_seconds, waits.checks) == (Phase.BLOCKED, 26, 0)
    assert in_turn(waits, lambda progress: progress, pace, now=after(26)).slot is None


def test_who_comes_much_too_late_goes_among_those_who_go_first() -> None:
    pace = FakePace()
    waits = replace(begin(), slot=pace.reserve("Rekognition", 3, first=False, now=START)[0])
    pace.reserve("Rekognition", 400, first=False, now=after(60))

    assert in_turn(waits, lambda progress: progress, pace, now=after(60)).slot is None


def test_the_last_look_of_a_start_does_not_come_after_its_deadline() -> None:
    pace = FakePace()
    pace.reserve("Rekognition", 1_000, first=False, now=START)
    waits = in_turn(begin(StartTimeoutSeconds=30), _never, pace, now=START)

    assert waits.next_check_seconds == 30
    assert in_turn(waits, lambda progress: progress.settled(now=after(30)), pace, now=after(30)).phase is Phase.OVERDUE


def test_steps_never_come_more_often_than_the_history_of_an_execution_has_room() -> None:
    pace = FakePace()
    pace.reserve("Rekognition", 12, first=False, now=START)

    assert in_turn(begin(StartTimeoutSeconds=86_400), _never, pace, now=START).next_check_seconds == 44


def test_the_next_turn_is_reserved_at_once_where_more_wait_than_until_the_next_look() -> None:
    pace = FakePace()
    pace.reserve("Rekognition", 3, first=False, now=START)
    progress = replace(begin(ProjectArn=PROJECT), phase=Phase.STARTING)

    def take(progress: AnyProgress) -> AnyProgress:
        pace.reserve("Rekognition", 100, first=False, now=START)
        return replace(progress, next_check_seconds=10)

    first = in_turn(progress, take, pace, now=START)
    second = in_turn(first, take, pace, now=after(10))

    assert first.slot is None
    assert second.slot is not None
    assert second.next_check_seconds is not None
    assert second.next_check_seconds > 10


def _never(_: AnyProgress) -> AnyProgress:
    raise AssertionError
