"""Moments, durations, executions and the ends of sentences, as people read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.vocabulary.wording import between, duration, execution, sentence, someone, when
from tests.fakes.given import EXECUTION, after

BERLIN, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3_599, "59 min 59 s"),
        (3_600, "1 h"),
        (3_661, "1 h 1 min"),
        (86_400, "24 h"),
        (48 * 3_600 - 1, "47 h 59 min"),
        (48 * 3_600, "2 days"),
        (10**7, "115 days 17 h"),
        (10**9, "11,574 days 1 h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (40, 40, "about 40 s"),
        (40, 119, "40 to 119 s"),
        (100, 130, "1 min 40 s to 2 min 10 s"),
        (541, 719, "9 to 12 min"),
        (595, 610, "about 10 min"),
        (3_600, 9_000, "1 h to 2 h 30 min"),
    ],
)
def test_a_range_is_said_in_one_unit_where_that_says_enough(least: int, most: int, words: str) -> None:
    assert between(least, most) == words


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (after(0), UTC, "Mon 5 Jan 2026 at 09:00 UTC"),
        (after(5), UTC, "Mon 5 Jan 2026 at 09:00:05 UTC"),
        (after(0).astimezone(BERLIN), UTC, "Mon 5 Jan 2026 at 09:00 UTC"),
        (after(0), BERLIN, "Mon 5 Jan 2026 at 10:00 Europe/Berlin (09:00 UTC)"),
        (after(14.5 * 3_600), BERLIN, "Tue 6 Jan 2026 at 00:30 Europe/Berlin (Mon 5 Jan 2026 at 23:30 UTC)"),
    ],
)
def test_a_moment_is_said_in_the_readers_time_and_in_utc(moment: datetime, zone: ZoneInfo, words: str) -> None:
    assert when(moment, zone) == words


@given(st.integers(0, 366 * 86_400))
def test_a_moment_s_two_readings_are_as_far_apart_as_the_offset(seconds: int) -> None:
    moment = after(seconds)

    local, _, utc = when(moment, BERLIN).removesuffix(" UTC)").partition(" Europe/Berlin (")

    assert local == when(moment.astimezone(BERLIN).replace(tzinfo=UTC), UTC).removesuffix(" UTC")
    assert local.endswith(when(moment, UTC).removesuffix(" UTC")) is False
    assert when(moment, UTC).removesuffix(" UTC").endswith(utc)
    assert moment.astimezone(BERLIN).utcoffset() in (timedelta(hours=1), timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("It broke", "It broke."),
        ("It broke.", "It broke."),
        ('It said: "No"', 'It said: "No".'),
        ('It said: "No."', 'It said: "No."'),
        ('It said: "Why?"', 'It said: "Why?"'),
    ],
)
def test_a_sentence_ends_in_one_full_stop(text: str, closed: str) -> None:
    assert sentence(text) == closed


def test_an_execution_is_named_by_its_machine_and_its_own_name() -> None:
    assert execution(EXECUTION) == "execution start-model/morning"
    assert someone(EXECUTION) == "Execution start-model/morning"
    assert someone(None) == "Someone"
    assert execution("no ARN\nat all") == 'execution "no ARN at all"'
