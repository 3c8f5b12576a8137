"""When to check again."""

from math import ceil, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.requests.model_request import MAX_TIMEOUT_SECONDS
from model_lifecycle.steps.polling import MAX_CHECKS, next_check_seconds, usual_interval

TIMEOUTS = st.integers(1, MAX_TIMEOUT_SECONDS)
INTERVALS = st.integers(1, 3_600)
HISTORY_EVENTS = 25_000
EVENTS_OF_A_CHECK = 9


@given(remaining=st.floats(-MAX_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS), timeout=TIMEOUTS, interval=INTERVALS)
def test_a_wait_is_whole_seconds_and_ends_at_most_a_second_past_the_deadline(
    remaining: float, timeout: int, interval: int
) -> None:
    seconds = next_check_seconds(interval, remaining=remaining, timeout_seconds=timeout)

    assert isinstance(seconds, int)
    assert 1 <= seconds <= max(1, ceil(remaining))


def waits(timeout: int, fixed: int | None, *, first_seen_again_every: float = inf) -> list[int]:
    """Every wait of an execution whose steps take no time and whose model never comes up."""
    now, since, found = 0, 0, []
    while now < timeout:
        if now - since >= first_seen_again_every:
            since = now
        interval = fixed or usual_interval(now - since)
        found.append(next_check_seconds(interval, remaining=timeout - now, timeout_seconds=timeout))
        now += found[-1]
    assert now == timeout
    return found


@pytest.mark.parametrize("fixed", [None, 1, 2, 43, 44, 3_600])
@pytest.mark.parametrize(
    "timeout", [1, 14, 15, 1_999, 2_000, 2_001, 3_999, 4_000, 4_001, 20_000, 20_001, 86_399, 86_400]
)
def test_an_execution_looks_no_more_than_2000_times_and_last_on_its_deadline(timeout: int, fixed: int | None) -> None:
    assert len(waits(timeout, fixed)) <= MAX_CHECKS


@given(timeout=TIMEOUTS, fixed=st.none() | INTERVALS, swings=st.integers(1, 3_600))
def test_a_model_that_swings_between_phases_is_not_looked_at_more_often_than_that(
    timeout: int, fixed: int | None, swings: int
) -> None:
    assert len(waits(timeout, fixed, first_seen_again_every=swings)) <= MAX_CHECKS


def test_all_looks_fit_into_an_execution_s_history_with_room_for_retries() -> None:
    assert MAX_CHECKS * EVENTS_OF_A_CHECK <= 0.75 * HISTORY_EVENTS


@given(interval=INTERVALS, timeout=st.integers(1, MAX_CHECKS))
def test_an_interval_that_leaves_room_is_every_wait_but_the_last(interval: int, timeout: int) -> None:
    assert next_check_seconds(interval, remaining=10**6, timeout_seconds=timeout) == interval


def test_an_interval_that_asks_for_too_many_looks_is_stretched_no_further_than_needed() -> None:
    assert next_check_seconds(1, remaining=86_400, timeout_seconds=86_400) == 44
    assert len(waits(86_400, 1)) > MAX_CHECKS * 0.95
