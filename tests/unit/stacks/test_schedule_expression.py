"""Schedule expressions as EventBridge takes them."""

import pytest

from stacks.schedule_expression import check_schedule_expression

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
def test_what_the_user_guide_shows_is_taken_as_it_stands(expression: str) -> None:
    assert check_schedule_expression(expression) == expression


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "allowed is rate"),
        ("0 10 * * ? *", "allowed is rate"),
        ("at(2026-01-05T09:00:00)", "allowed is rate"),
        ("rate(0 minutes)", "allowed is rate"),
        ("rate(-1 minutes)", "allowed is rate"),
        ("rate(5 seconds)", "allowed is rate"),
        ("rate(1.5 hours)", "allowed is rate"),
        ("rate(5minutes)", "allowed is rate"),
        ("rate(\N{ARABIC-INDIC DIGIT FIVE} minutes)", "allowed is rate"),
        ("Rate(5 minutes)", "allowed is rate"),
        ("rate(5 minutes) ", "allowed is rate"),
        ("rate(5 minutes)\n", "allowed is rate"),
        ("rate(1 minutes)", "singular unit for 1"),
        ("rate(5 minute)", "plural one otherwise"),
        ("cron(0 10 * * ?)", "six fields"),
        ("cron(0 10 * * ? * *)", "six fields"),
        ("cron()", "six fields"),
        ("cron(60 10 * * ? *)", "minutes is 60"),
        ("cron(-1 10 * * ? *)", "minutes is -1"),
        ("cron(0 24 * * ? *)", "hours is 24"),
        ("cron(0 10 0 * ? *)", "day-of-month is 0"),
        ("cron(0 10 32 * ? *)", "day-of-month is 32"),
        ("cron(0 10 32W * ? *)", "day-of-month is 32W"),
        ("cron(0 10 * 13 ? *)", "month is 13"),
        ("cron(0 10 * FOO ? *)", "month is FOO"),
        ("cron(0 10 ? * 8 *)", "day-of-week is 8"),
        ("cron(0 10 ? * MON#6 *)", "day-of-week is MON#6"),
        ("cron(0 10 * * ? 1969)", "year is 1969"),
        ("cron(0 10 * * ? 2200)", "year is 2200"),
        ("cron(? 10 * * ? *)", "minutes is ?"),
        ("cron(1,,2 10 * * ? *)", "minutes is 1,,2"),
        ("cron(1- 10 * * ? *)", "minutes is 1-"),
        ("cron(1-2-3 10 * * ? *)", "minutes is 1-2-3"),
        ("cron(*/0 10 * * ? *)", "minutes is */0"),
        ("cron(*/60 10 * * ? *)", "minutes is */60"),
        ("cron(0/ 10 * * ? *)", "minutes is 0/"),
        ("cron(\N{ARABIC-INDIC DIGIT FIVE} 10 * * ? *)", "minutes is"),
        ("cron(\N{SUPERSCRIPT TWO} 10 * * ? *)", "minutes is"),
        ("cron(0 10 * * * *)", "exactly one"),
        ("cron(0 10 ? * ? *)", "exactly one"),
        ("cron(0 10 1 * MON *)", "exactly one"),
        ("cron(0 10 * * ? *", "allowed is rate"),
        ("cron((0 10 * * ? *))", "allowed is rate"),
    ],
)
def test_what_eventbridge_would_not_take_is_refused_with_what_it_would(expression: str, reason: str) -> None:
    with pytest.raises(ValueError, match="allowed") as caught:
        check_schedule_expression(expression)

    assert reason in str(caught.value)
