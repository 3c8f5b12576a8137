"""Which schedule expressions EventBridge takes, and what is said of the others."""

from datetime import UTC, datetime

import pytest

from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.parsing import parse

OF_THE_USER_GUIDE = [
    "cron(0 10 * * ? *)",
    "cron(15 12 * * ? *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)",
    "cron(0/15 * * * ? *)",
    "cron(0/10 * ? * MON-FRI *)",
    "cron(0/5 8-17 ? * MON-FRI *)",
    "cron(15 10 ? * 6L 2019-2022)",
    "cron(0 9 ? * 2#1 *)",
    "cron(0 8 ? * WED#3 *)",
    "cron(0 0 L * ? *)",
    "cron(0 0 3W * ? *)",
    "cron(0 0 LW * ? *)",
    "cron(0 7,19 ? JAN,JUL 1-7 2026/2)",
    "rate(5 minutes)",
    "rate(1 minute)",
    "rate(1 hour)",
    "rate(12 hours)",
    "rate(1 day)",
    "rate(7 days)",
]


@pytest.mark.parametrize("expression", OF_THE_USER_GUIDE)
def test_what_the_user_guide_shows_is_taken(expression: str) -> None:
    assert parse(expression).next_after(datetime(2019, 1, 1, tzinfo=UTC)) is not None


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "allowed is cron(minutes"),
        ("0 10 * * ? *", "allowed is cron(minutes"),
        ("at(2026-01-05T09:00:00)", "allowed is cron(minutes"),
        ("rate(0 minutes)", "allowed is a positive whole number and a unit"),
        ("rate(-1 minutes)", "allowed is a positive whole number and a unit"),
        ("rate(5 seconds)", "allowed is a positive whole number and a unit"),
        ("rate(1.5 hours)", "allowed is a positive whole number and a unit"),
        ("rate(5minutes)", "allowed is a positive whole number and a unit"),
        ("rate(\N{ARABIC-INDIC DIGIT FIVE} minutes)", "allowed is a positive whole number and a unit"),
        ("Rate(5 minutes)", "allowed is cron(minutes"),
        ("rate(5 minutes) ", "allowed is cron(minutes"),
        ("rate(5 minutes)\n", "allowed is cron(minutes"),
        ("rate(1 minutes)", "allowed is rate(1 minute)"),
        ("rate(5 minute)", "allowed is rate(5 minutes)"),
        ("cron(0 10 * * ?)", "six fields"),
        ("cron(0 10 * * ? * *)", "six fields"),
        ("cron()", "six fields"),
        ("cron(60 10 * * ? *)", "its minutes is '60'"),
        ("cron(-1 10 * * ? *)", "its minutes is '-1'"),
        ("cron(0 24 * * ? *)", "its hours is '24'"),
        ("cron(0 10 0 * ? *)", "its day-of-month is '0'"),
        ("cron(0 10 32 * ? *)", "its day-of-month is '32'"),
        ("cron(0 10 32W * ? *)", "its day-of-month is '32W'"),
        ("cron(0 10 * 13 ? *)", "its month is '13'"),
        ("cron(0 10 * FOO ? *)", "its month is 'FOO'"),
        ("cron(0 10 ? * 8 *)", "its day-of-week is '8'"),
        ("cron(0 10 ? * MON#6 *)", "its day-of-week is 'MON#6'"),
        ("cron(0 10 * * ? 1969)", "its year is '1969'"),
        ("cron(0 10 * * ? 2200)", "its year is '2200'"),
        ("cron(? 10 * * ? *)", "its minutes is '?'"),
        ("cron(1,,2 10 * * ? *)", "its minutes is '1,,2'"),
        ("cron(1- 10 * * ? *)", "its minutes is '1-'"),
        ("cron(1-2-3 10 * * ? *)", "its minutes is '1-2-3'"),
        ("cron(*/0 10 * * ? *)", "its minutes is '*/0'"),
        ("cron(*/60 10 * * ? *)", "its minutes is '*/60'"),
        ("cron(0/ 10 * * ? *)", "its minutes is '0/'"),
        ("cron(\N{ARABIC-INDIC DIGIT FIVE} 10 * * ? *)", "its minutes is '"),
        ("cron(\N{SUPERSCRIPT TWO} 10 * * ? *)", "its minutes is '"),
        ("cron(0 10 * * ? 2028-2027)", "the range 2028-2027 ends before it begins"),
        ("cron(0, 7, ?, *, MON-FRI, *)", "allowed are spaces between the six fields"),
        ("cron(0,7,?,*,MON-FRI,*)", "allowed are spaces between the six fields"),
        ("cron(0 10 ? * 2/2 *)", "it takes no steps"),
        ("cron(0 10 * FOO ? *)", "'FOO' is no value; allowed is 1-12 or JAN-DEC"),
        ("rate(1000000000 days)", "allowed is a positive whole number and a unit"),
        ("cron(0 10 * * * *)", "exactly one"),
        ("cron(0 10 ? * ? *)", "exactly one"),
        ("cron(0 10 1 * MON *)", "exactly one"),
        ("cron(0 10 * * ? *", "allowed is cron(minutes"),
        ("cron((0 10 * * ? *))", "allowed is cron(minutes"),
    ],
)
def test_what_eventbridge_would_not_take_is_refused_with_what_it_would(expression: str, reason: str) -> None:
    with pytest.raises(ScheduleExpressionError, match="allowed") as caught:
        parse(expression)

    assert reason in str(caught.value)


@pytest.mark.parametrize("expression", ["at(tomorrow)", "at(2026-02-30T12:00:00)", "at(2026-01-05T12:00:00Z)"])
def test_a_time_that_is_none_is_refused(expression: str) -> None:
    with pytest.raises(ScheduleExpressionError, match="allowed"):
        parse(expression, one_time=True)


def test_one_time_is_of_schedules_and_not_of_rules() -> None:
    assert parse("at(2026-01-05T09:00:00)", one_time=True)
    with pytest.raises(ScheduleExpressionError) as caught:
        parse("at(2026-01-05T09:00:00)")

    assert "at(" not in str(caught.value)
