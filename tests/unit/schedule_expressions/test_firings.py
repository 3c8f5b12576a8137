"""When schedule expressions fire."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedule_expressions.local_time import moments
from schedule_expressions.parsing import parse

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
        # The 31st of January 2026 is a Saturday, the 28th of February as well.
        ("cron(0 0 LW * ? *)", "2026-01-05T00:00", ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-31 00:00"]),
        ("cron(0 0 ? * 6L *)", "2026-01-05T00:00", ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-27 00:00"]),
        ("cron(0 0 ? * L *)", "2026-01-05T00:00", ["2026-01-10 00:00", "2026-01-17 00:00", "2026-01-24 00:00"]),
        ("cron(0 0 ? * MON#1 *)", "2026-01-05T00:00", ["2026-02-02 00:00", "2026-03-02 00:00", "2026-04-06 00:00"]),
        ("cron(0 0 ? * 1#5 *)", "2026-01-05T00:00", ["2026-03-29 00:00", "2026-05-31 00:00", "2026-08-30 00:00"]),
        ("cron(0 0 29 FEB ? *)", "2026-01-05T00:00", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("cron(0 0 1 jan ? 2027-2028)", "2026-01-05T00:00", ["2027-01-01 00:00", "2028-01-01 00:00"]),
        (
            "cron(0/30 20-2 ? * MON-FRI *)",
            "2026-01-05T01:45",
            ["2026-01-05 02:00", "2026-01-05 02:30", "2026-01-05 20:00"],
        ),
        ("cron(0 20-2/3 * * ? *)", "2026-01-05T03:00", ["2026-01-05 20:00", "2026-01-05 23:00", "2026-01-06 02:00"]),
        ("cron(50-10/10 0 1 * ? *)", "2026-01-05T00:00", ["2026-02-01 00:00", "2026-02-01 00:10", "2026-02-01 00:50"]),
        ("cron(0 8 ? * MON-SUN *)", "2026-01-09T08:00", ["2026-01-10 08:00", "2026-01-11 08:00", "2026-01-12 08:00"]),
        ("cron(0 8 ? * SAT-SUN *)", "2026-01-05T00:00", ["2026-01-10 08:00", "2026-01-11 08:00", "2026-01-17 08:00"]),
        ("cron(0 8 ? * FRI-MON *)", "2026-01-05T09:00", ["2026-01-09 08:00", "2026-01-10 08:00", "2026-01-11 08:00"]),
        ("cron(0 0 1 NOV-FEB ? *)", "2026-01-05T00:00", ["2026-02-01 00:00", "2026-11-01 00:00", "2026-12-01 00:00"]),
        ("cron(0 0 30-2 * ? *)", "2026-01-05T00:00", ["2026-01-30 00:00", "2026-01-31 00:00", "2026-02-01 00:00"]),
        ("cron(0 0 1 1 ? 2020)", "2026-01-05T00:00", []),
        ("cron(0 0 30 2 ? *)", "2026-01-05T00:00", []),
        ("rate(1 minute)", "2026-01-05T00:00", ["2026-01-05 00:01", "2026-01-05 00:02", "2026-01-05 00:03"]),
        ("rate(36 hours)", "2026-01-05T00:00", ["2026-01-06 12:00", "2026-01-08 00:00", "2026-01-09 12:00"]),
        ("at(2026-01-05T12:30:00)", "2026-01-05T00:00", ["2026-01-05 12:30"]),
        ("rate(999999999 days)", "2026-01-05T00:00", []),
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


def test_a_day_of_a_rate_is_24_hours_whatever_the_clocks_do() -> None:
    first = parse("rate(1 day)").next_after(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), BERLIN)

    assert first == datetime(2026, 10, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "shown"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", []),
        ("2026-03-29T03:00", "Europe/Berlin", ["2026-03-29T01:00"]),
        ("2026-10-25T02:30", "Europe/Berlin", ["2026-10-25T00:30", "2026-10-25T01:30"]),
        ("2026-10-25T03:00", "Europe/Berlin", ["2026-10-25T02:00"]),
        # Half an hour forth and back.
        ("2026-04-05T01:45", "Australia/Lord_Howe", ["2026-04-04T14:45", "2026-04-04T15:15"]),
        # A whole day was left out.
        ("2011-12-30T12:00", "Pacific/Apia", []),
        ("2026-10-25T02:30", "UTC", ["2026-10-25T02:30"]),
    ],
)
def test_a_clock_shows_a_local_time_never_once_or_twice(local: str, zone: str, shown: list[str]) -> None:
    found = moments(datetime.fromisoformat(local), ZoneInfo(zone))

    assert [f"{moment:%Y-%m-%dT%H:%M}" for moment in found] == shown


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
