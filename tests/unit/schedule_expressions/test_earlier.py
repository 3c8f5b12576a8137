"""The expression that fires an hour or more before another one."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from model_lifecycle.requests.ready_by import moment_of, of_schedule
from model_lifecycle.vocabulary.instant import to_instant
from schedule_expressions.earlier import earlier
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.expression import LocalTimes
from schedule_expressions.local_time import firing
from schedule_expressions.parsing import parse

BERLIN = "Europe/Berlin"
POSSIBLE = [
    ("cron(0 9 ? * MON-FRI *)", BERLIN, "cron(0 8 ? * MON-FRI *)", 1),
    ("cron(15,45 9,17 1 1/3 ? 2027)", BERLIN, "cron(15,45 8,16 1 1/3 ? 2027)", 1),
    ("cron(30 2 * * ? *)", BERLIN, "cron(30 1 * * ? *)", 1),
    ("cron(30 3 * * ? *)", BERLIN, "cron(30 1 * * ? *)", 2),
    ("cron(0 4 * * ? *)", BERLIN, "cron(0 3 * * ? *)", 1),
    ("cron(0 0,12 * * ? *)", "America/New_York", "cron(0 11,23 * * ? *)", 1),
    ("cron(30 0 ? * MON-FRI *)", "UTC", "cron(30 23 ? * 1,2,3,4,5 *)", 1),
    ("cron(0 1 ? * SUN *)", "America/Santiago", "cron(0 23 ? * 7 *)", 2),
    ("cron(15 3 * * ? *)", "Australia/Lord_Howe", "cron(15 1 * * ? *)", 2),
    ("at(2026-03-01T00:30:00)", "UTC", "at(2026-02-28T23:30:00)", 1),
    ("at(2026-03-29T03:30:00)", BERLIN, "at(2026-03-29T01:30:00)", 2),
]


@pytest.mark.parametrize(("expression", "zone", "moved", "hours"), POSSIBLE)
def test_it_is_as_little_earlier_as_clocks_allow(expression: str, zone: str, moved: str, hours: int) -> None:
    assert earlier(expression, ZoneInfo(zone)) == (moved, hours)


@pytest.mark.parametrize(("expression", "zone"), [(expression, zone) for expression, zone, *_ in POSSIBLE])
def test_each_firing_means_one_time_of_the_other_expression_an_hour_ahead_or_more(expression: str, zone: str) -> None:
    there, begin = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    moved, hours = earlier(expression, there)
    fires, moment = parse(moved, one_time=True), begin
    meant: list[datetime] = []
    while len(meant) < 400 and (fired := fires.next_after(moment, there)) is not None:
        field = of_schedule(hours_later=hours, time_zone=zone)
        meant.append(moment_of({**field, "ScheduledAt": to_instant(fired)}))
        assert meant[-1] - fired >= timedelta(hours=1)
        moment = fired

    other = parse(expression, one_time=True)
    assert isinstance(other, LocalTimes)
    locals_of = other.local_times(begin.astimezone(there).replace(tzinfo=None))
    wanted = (firing(local, there) or local.replace(tzinfo=there).astimezone(UTC) for local in locals_of)
    assert meant == list(islice((moment for moment in wanted if moment >= meant[0]), len(meant)))
    assert meant[0] <= (firing(next(other.local_times(begin.replace(tzinfo=None))), there) or begin) + timedelta(days=1)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("rate(1 day)", "it must be cron(...) or at(...)"),
        ("cron(30 0 1 * ? *)", "times before 01:00 must be of every day"),
        ("cron(30 0 ? * MON#1 *)", "times before 01:00 must be of every day"),
        ("cron(30 0 ? * 6L *)", "times before 01:00 must be of every day"),
        ("cron(30 0 ? JAN MON *)", "in every month and year"),
        ("cron(0 0,9 ? * MON *)", "times before 01:00 must be of every day"),
        ("cron(0 9 * * *)", "there must be six fields"),
    ],
)
def test_what_no_expression_says_is_refused(expression: str, why: str) -> None:
    with pytest.raises(ScheduleExpressionError) as caught:
        earlier(expression, ZoneInfo("UTC"))

    assert why in str(caught.value)
