"""The schedule expressions that EventBridge accepts, and the refusals of others."""

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
        ("", "it must be cron(minutes"),
        ("0 10 * * ? *", "it must be cron(minutes"),
        ("at(2026-01-05T09:00:00)", "it must be cron(minutes"),
        ("rate(0 minutes)", "it must be a positive whole number and a unit"),
        ("rate(-1 minutes)", "it must be a positive whole number and a unit"),
        ("rate(5 seconds)", "it must be a positive whole number and a unit"),
        ("rate(1.5 hours)", "it must be a positive whole number and a unit"),
        ("rate(5minutes)", "it must be a positive whole number and a unit"),
        ("rate(\N{ARABIC-INDIC DIGIT FIVE} minutes)", "it must be a positive whole number and a unit"),
        ("Rate(5 minutes)", "it must be cron(minutes"),
        ("rate(5 minutes) ", "it must be cron(minutes"),
        ("rate(5 minutes)\n", "it must be cron(minutes"),
        ("rate(1 minutes)", "it must be rate(1 minute)"),
        ("rate(5 minute)", "it must be rate(5 minutes)"),
        ("cron(0 10 * * ?)", "six fields"),
        ("cron(0 10 * * ? * *)", "six fields"),
        ("cron()", "six fields"),
        ("cron(60 10 * * ? *)", "minutes must be within 0-59, got '60'"),
        ("cron(-1 10 * * ? *)", "minutes must be within 0-59, got '-1'"),
        ("cron(0 24 * * ? *)", "hours must be within 0-23, got '24'"),
        ("cron(0 10 0 * ? *)", "day-of-month must be within 1-31, got '0'"),
        ("cron(0 10 32 * ? *)", "day-of-month must be within 1-31, got '32'"),
        ("cron(0 10 32W * ? *)", "day-of-month must be within 1-31, got '32W'"),
        ("cron(0 10 * 13 ? *)", "month must be within 1-12 or JAN-DEC, got '13'"),
        ("cron(0 10 * FOO ? *)", "month must be within 1-12 or JAN-DEC, got 'FOO'"),
        ("cron(0 10 ? * 8 *)", "day-of-week must be within 1-7 or SUN-SAT, got '8'"),
        ("cron(0 10 ? * MON#6 *)", "day-of-week must be within 1-7 or SUN-SAT, got 'MON#6'"),
        ("cron(0 10 * * ? 1969)", "year must be within 1970-2199, got '1969'"),
        ("cron(0 10 * * ? 2200)", "year must be within 1970-2199, got '2200'"),
        ("cron(? 10 * * ? *)", "minutes must be within 0-59, got '?'"),
        ("cron(1,,2 10 * * ? *)", "minutes must be within 0-59, got '1,,2'"),
        ("cron(1- 10 * * ? *)", "minutes must be within 0-59, got '1-'"),
        ("cron(1-2-3 10 * * ? *)", "minutes must be within 0-59, got '1-2-3'"),
        ("cron(*/0 10 * * ? *)", "minutes must be within 0-59, got '*/0'"),
        ("cron(*/60 10 * * ? *)", "minutes must be within 0-59, got '*/60'"),
        ("cron(0/ 10 * * ? *)", "minutes must be within 0-59, got '0/'"),
        ("cron(\N{ARABIC-INDIC DIGIT FIVE} 10 * * ? *)", "minutes must be within 0-59, got '"),
        ("cron(\N{SUPERSCRIPT TWO} 10 * * ? *)", "minutes must be within 0-59, got '"),
        ("cron(0 10 * * ? 2028-2027)", "the range 2028-2027 ends before it begins"),
        ("cron(0, 7, ?, *, MON-FRI, *)", "the six fields must be separated by spaces"),
        ("cron(0,7,?,*,MON-FRI,*)", "the six fields must be separated by spaces"),
        ("cron(0 7,?,*,MON,FRI,*)", "the six fields must be separated by spaces"),
        ("cron(0;7;?;*;MON;*)", "the six fields must be separated by spaces"),
        ("cron(0 7 ?,* MON *)", "the six fields must be separated by spaces"),
        ("cron(0,30 7 * * ?)", "got 5, and commas are for lists within a field, such as 7,19. Unlike in Unix"),
        ("cron(0 10 ? * 2/2 *)", "steps are not possible here"),
        ("cron(0 10 * MAY,FOO ? *)", "month must be within 1-12 or JAN-DEC, got 'MAY,FOO': 'FOO' is not a value"),
        ("cron(0 10,25 * * ? *)", "hours must be within 0-23, got '10,25': 25 is out of range"),
        ("rate(1000000000 days)", "it must be a positive whole number and a unit"),
        ("cron(0 10 * * * *)", "exactly one"),
        ("cron(0 10 ? * ? *)", "exactly one"),
        ("cron(0 10 1 * MON *)", "exactly one"),
        ("cron(0 10 * * ? *", "it must be cron(minutes"),
        ("cron((0 10 * * ? *))", "it must be cron(minutes"),
    ],
)
def test_what_eventbridge_would_not_take_is_refused_with_what_it_would(expression: str, reason: str) -> None:
    with pytest.raises(ScheduleExpressionError, match="must") as caught:
        parse(expression)

    assert reason in str(caught.value)


@pytest.mark.parametrize("expression", ["at(tomorrow)", "at(2026-02-30T12:00:00)", "at(2026-01-05T12:00:00Z)"])
def test_a_time_that_is_none_is_refused(expression: str) -> None:
    with pytest.raises(ScheduleExpressionError, match="must"):
        parse(expression, one_time=True)


def test_one_time_is_of_schedules_and_not_of_rules() -> None:
    assert parse("at(2026-01-05T09:00:00)", one_time=True)
    with pytest.raises(ScheduleExpressionError) as caught:
        parse("at(2026-01-05T09:00:00)")

    assert "at(" not in str(caught.value)
