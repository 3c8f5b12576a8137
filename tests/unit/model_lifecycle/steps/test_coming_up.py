"""How often to look at a model that comes up: what is remembered of it helps, and never harms."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.requests.model_request import MAX_TIMEOUT_SECONDS
from model_lifecycle.steps.coming_up import LONGEST_WAIT, ComingUp

USD = 4.0
STARTS = st.lists(st.integers(1, MAX_TIMEOUT_SECONDS), max_size=10)
TEN_MINUTES = [560, 590, 600, 610, 640]


def looks(remembered: list[int], *, until: float, usd_per_hour: float = USD) -> list[float]:
    """Return the moments of all looks, in seconds since the start was asked for."""
    coming_up, made = ComingUp(remembered), [0.0]
    while made[-1] < until:
        made.append(made[-1] + coming_up.seconds_to_next_look(made[-1], usd_per_hour=usd_per_hour))
    return made[1:]


def most_lag(remembered: list[int], first: int, last: int) -> float:
    """Say how late a model is found at most that comes up in these seconds."""
    made = looks(remembered, until=last)
    return max(made[bisect_left(made, took)] - took for took in range(first, last))


@given(
    remembered=STARTS,
    waited=st.floats(-60, 20 * MAX_TIMEOUT_SECONDS),
    usd=st.floats(0.0001, 10_000),
)
def test_whatever_is_remembered_a_wait_is_whole_seconds_and_bounded(
    remembered: list[int], waited: float, usd: float
) -> None:
    seconds = ComingUp(remembered).seconds_to_next_look(waited, usd_per_hour=usd)

    assert isinstance(seconds, int)
    assert 1 <= seconds <= LONGEST_WAIT


@given(remembered=STARTS, waited=st.floats(0.5, 20 * MAX_TIMEOUT_SECONDS))
def test_a_model_can_come_up_at_any_time(remembered: list[int], waited: float) -> None:
    assert 0 < ComingUp(remembered).hazard(waited) < float("inf")


def test_looks_are_rare_before_a_model_can_be_up_and_frequent_when_it_usually_is() -> None:
    def made(first: float, last: float) -> int:
        return len([look for look in looks(TEN_MINUTES, until=last) if first <= look])

    assert made(0, 300) <= 6
    assert made(550, 650) >= 15


def test_ten_remembered_starts_find_a_model_sooner_and_with_fewer_looks() -> None:
    remembered = TEN_MINUTES + TEN_MINUTES

    assert len(looks(remembered, until=600)) < 0.7 * len(looks([], until=600))
    assert most_lag(remembered, 560, 640) < most_lag([], 560, 640)


@pytest.mark.parametrize("usual", [20, 60, 300, 600, 3_600])
@pytest.mark.parametrize("known", [1, 3, 10])
def test_a_start_that_suddenly_takes_three_times_as_long_is_found_within_30_seconds(usual: int, known: int) -> None:
    assert most_lag([usual] * known, 3 * usual, 3 * usual + 60) <= 30


@pytest.mark.parametrize(
    "poisoned", [[86_400], [86_400] * 10, [1], [1] * 10, [*TEN_MINUTES, *TEN_MINUTES[1:], 86_400], [1, 86_400]]
)
def test_a_wrong_memory_costs_at_most_a_look_a_minute_more_or_a_minute_of_lag(poisoned: list[int]) -> None:
    """Even one that remembers a start of a day, or of a second, for each of its ten."""
    assert most_lag(poisoned, 400, 900) <= 60
    assert len(looks(poisoned, until=900)) <= len(looks([], until=900)) + 15


def test_one_start_that_is_far_off_changes_little_of_what_ten_say() -> None:
    right, one_wrong = TEN_MINUTES + TEN_MINUTES, [*TEN_MINUTES, *TEN_MINUTES[1:], 86_400]

    assert most_lag(one_wrong, 560, 640) <= most_lag(right, 560, 640) + 2


def test_what_costs_more_is_looked_at_more_often() -> None:
    found = [len(looks([], until=900, usd_per_hour=units * USD)) for units in (1, 2, 5)]

    assert found == sorted(found)
    assert found[0] < found[1] < found[2]
