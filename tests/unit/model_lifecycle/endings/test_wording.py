"""Moments and durations as people read them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.endings.wording import duration, in_both
from tests.fakes.given import after

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3_599, "59 min 59 s"),
        (3_600, "1 h 0 min"),
        (3_661, "1 h 1 min"),
        (86_400, "24 h 0 min"),
        (10**7, "2,777 h 46 min"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_moment_is_said_in_utc_and_in_the_readers_time() -> None:
    assert in_both(after(0), BERLIN) == "2026-01-05 09:00:00 UTC (2026-01-05 10:00:00 Europe/Berlin)"


def test_a_moment_is_said_once_where_the_readers_time_is_utc() -> None:
    assert in_both(after(0), ZoneInfo("UTC")) == "2026-01-05 09:00:00 UTC"


def test_a_moment_of_another_offset_is_said_in_utc_first() -> None:
    assert in_both(after(0).astimezone(BERLIN), BERLIN).startswith("2026-01-05 09:00:00 UTC ")


@given(st.integers(0, 366 * 86_400))
def test_a_moment_s_two_readings_are_as_far_apart_as_the_offset(seconds: int) -> None:
    moment = after(seconds)

    utc, _, local = in_both(moment, BERLIN).removesuffix(" Europe/Berlin)").partition(" UTC (")

    assert utc == f"{moment:%Y-%m-%d %H:%M:%S}"
    assert local == f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M:%S}"
    assert moment.astimezone(BERLIN).utcoffset() in (timedelta(hours=1), timedelta(hours=2))
