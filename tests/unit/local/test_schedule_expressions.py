"""AWS's schedule expressions."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.schedule_expressions import ScheduleExpressionError, parse

BERLIN = ZoneInfo("Europe/Berlin")


def firings(expression: str, after: str, count: int = 3, zone: str = "UTC") -> list[str]:
    """List the next firings by the local clock."""
    moment, found = datetime.fromisoformat(after).replace(tzinfo=UTC), []
    schedule = parse(expression, one_time=True)
    for _ in range(count):
        following = schedule.next_after(moment, ZoneInfo(zone))
        if following is None:
            break
        assert following > moment
        moment = following
        found.append(f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        # 2026-01-05 is a Monday.
        ("cron(0 8 ? * MON-FRI *)", "2026-01-08T08:00", ["2026-01-09 08:00", "2026-01-12 08:00", "2026-01-13 08:00"]),
        ("cron(0 8 ? * 2-6 *)", "2026-01-09T08:00", ["2026-01-12 08:00", "2026-01-13 08:00", "2026-01-14 08:00"]),
        ("cron(0/20 9 * * ? *)", "2026-01-05T09:10", ["2026-01-05 09:20", "2026-01-05 09:40", "2026-01-06 09:00"]),
        ("cron(*/30 9,17 * * ? *)", "2026-01-05T09:10", ["2026-01-05 09:30", "2026-01-05 17:00", "2026-01-05 17:30"]),
        ("cron(10-50/20 0 1 * ? *)", "2026-01-05T00:00", ["2026-02-01 00:10", "2026-02-01 00:30", "2026-02-01 00:50"]),
        ("cron(0 0 L * ? *)", "2026-01-05T00:00", ["2026-01-31 00:00", "2026-02-28 00:00", "2026-03-31 00:00"]),
        ("cron(0 0 31 * ? *)", "2026-01-05T00:00", ["2026-01-31 00:00", "2026-03-31 00:00", "2026-05-31 00:00"]),
        # The 15th of February 2026 is a Sunday, that of August a Saturday.
        ("cron(0 0 15W FEB,AUG ? *)", "2026-01-05T00:00", ["2026-02-16 00:00", "2026-08-14 00:00", "2027-02-15 00:00"]),
        # The first of August 2026 is a Saturday: not into July.
        ("cron(0 0 1W 8 ? 2026)", "2026-01-05T00:00", ["2026-08-03 00:00"]),
        # The 31st of January 2027 is a Sunday: not into February.
        ("cron(0 0 31W 1 ? 2027)", "2026-01-05T00:00", ["2027-01-29 00:00"]),
        ("cron(0 0 ? * 6L *)", "2026-01-05T00:00", ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-27 00:00"]),
        ("cron(0 0 ? * L *)", "2026-01-05T00:00", ["2026-01-10 00:00", "2026-01-17 00:00", "2026-01-24 00:00"]),
        ("cron(0 0 ? * MON#1 *)", "2026-01-05T00:00", ["2026-02-02 00:00", "2026-03-02 00:00", "2026-04-06 00:00"]),
        ("cron(0 0 ? * 1#5 *)", "2026-01-05T00:00", ["2026-03-29 00:00", "2026-05-31 00:00", "2026-08-30 00:00"]),
        ("cron(0 0 29 FEB ? *)", "2026-01-05T00:00", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("cron(0 0 1 jan ? 2027-2028)", "2026-01-05T00:00", ["2027-01-01 00:00", "2028-01-01 00:00"]),
        ("cron(0 0 1 1 ? 2020)", "2026-01-05T00:00", []),
        ("cron(0 0 30 2 ? *)", "2026-01-05T00:00", []),
        ("rate(1 minute)", "2026-01-05T00:00", ["2026-01-05 00:01", "2026-01-05 00:02", "2026-01-05 00:03"]),
        ("rate(36 hours)", "2026-01-05T00:00", ["2026-01-06 12:00", "2026-01-08 00:00", "2026-01-09 12:00"]),
        ("at(2026-01-05T12:30:00)", "2026-01-05T00:00", ["2026-01-05 12:30"]),
        ("at(2026-01-05T12:30:00)", "2026-01-05T12:30", []),
    ],
)
def test_a_schedule_fires_when_aws_says(expression: str, after: str, expected: list[str]) -> None:
    assert firings(expression, after) == expected


def test_a_local_time_that_daylight_saving_skips_does_not_fire() -> None:
    # On 2026-03-29 Berlin's clocks go from 02:00 to 03:00.
    assert firings("cron(30 2 * * ? *)", "2026-03-27T12:00", zone="Europe/Berlin") == [
        "2026-03-28 02:30",
        "2026-03-30 02:30",
        "2026-03-31 02:30",
    ]
    assert firings("at(2026-03-29T02:30:00)", "2026-03-27T12:00", zone="Europe/Berlin") == []


def test_a_local_time_that_daylight_saving_doubles_fires_once() -> None:
    # On 2026-10-25 Berlin's clocks go from 03:00 back to 02:00.
    schedule = parse("cron(30 2 * * ? *)")
    first = schedule.next_after(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), BERLIN)

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert schedule.next_after(first, BERLIN) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@settings(deadline=None, max_examples=50)
@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
)
def test_time_only_ever_goes_forward(moment: datetime, zone: str) -> None:
    schedule, tz = parse("cron(0/15 0-4 * * ? *)"), ZoneInfo(zone)
    moments = [moment.replace(tzinfo=UTC)]
    for _ in range(40):
        following = schedule.next_after(moments[-1], tz)
        assert following is not None
        moments.append(following)

    assert all(timedelta(0) < after - before <= timedelta(hours=50) for before, after in pairwise(moments))


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("every day", "'every day' is not of the form cron(...) or rate(...)"),
        ("at(2026-01-05T12:30:00)", "is not of the form cron(...) or rate(...)"),
        ("cron(0 8 * * MON-FRI *)", "must have ? in exactly one of the fields day-of-month (*) and day-of-week"),
        ("cron(0 8 ? * ? *)", "must have ? in exactly one of the fields"),
        ("cron(0 8 ? * MON-FRI)", "has 5 fields instead of 6"),
        ("cron(60 8 * * ? *)", "the minutes field is '60': 60 is out of range (allowed is 0-59)"),
        ("cron(0 24 * * ? *)", "the hours field is '24': 24 is out of range"),
        ("cron(0 0 0 * ? *)", "the day-of-month field is '0': 0 is out of range"),
        ("cron(0 0 1 FOO ? *)", "the month field is 'FOO': 'FOO' is no value (allowed is 1-12 or JAN-DEC)"),
        ("cron(0 0 ? * 8 *)", "the day-of-week field is '8': 8 is out of range (allowed is 1-7 or SUN-SAT)"),
        ("cron(0 0 ? * MON#6 *)", "'6' after # is no number from 1 to 5"),
        ("cron(0 0 ? * 2/2 *)", "the day-of-week field is '2/2': it takes no steps"),
        ("cron(0 0 1 1 ? 1969)", "the year field is '1969': 1969 is out of range (allowed is 1970-2199)"),
        ("cron(*/0 0 1 1 ? *)", "the step '0' is no number from 1 to 59"),
        ("cron(5-1 0 1 1 ? *)", "the range 5-1 ends before it begins"),
        ("cron(1, 0 1 1 ? *)", "a value is missing"),
        ("cron(? 0 1 1 ? *)", "the minutes field is '?'"),
        ("rate(1 minutes)", "must be written rate(1 minute)"),
        ("rate(5 minute)", "must be written rate(5 minutes)"),
        ("rate(0 minutes)", "must have a number greater than 0"),
        ("rate(1.5 hours)", "must be a positive whole number and a unit"),
        ("rate(10000000000 days)", "is too long"),
    ],
)
def test_what_aws_does_not_take_is_refused_with_the_reason(expression: str, why: str) -> None:
    with pytest.raises(ScheduleExpressionError) as error:
        parse(expression)

    assert why in str(error.value)


@pytest.mark.parametrize("expression", ["at(tomorrow)", "at(2026-02-30T12:00:00)", "at(2026-01-05T12:00:00Z)"])
def test_a_time_that_is_none_is_refused(expression: str) -> None:
    with pytest.raises(ScheduleExpressionError):
        parse(expression, one_time=True)
