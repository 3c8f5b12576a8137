"""Lists that are too long for AWS are refused, with the number that fits."""

from typing import Any

import pytest

from settings.limits import MOST_ARN_CHARACTERS, MOST_RESOURCES
from tests.unit.settings.given import MORNING, PROJECT, VERSION, refusal, settings

PAIR = {"start": "cron(0 7 * * ? *)", "stop": "cron(0 8 * * ? *)", "model": {"ProjectVersionArn": VERSION}}


def addresses(number: int) -> list[str]:
    return [f"{number}@example.com" for number in range(number)]


def pairs(number: int) -> list[dict[str, Any]]:
    return [PAIR | {"name": f"pair-{number}"} for number in range(number)]


def projects(number: int) -> list[str]:
    return [PROJECT.replace("parts", f"parts-{number:04}") for number in range(number)]


def stops(number: int, reason: str) -> list[dict[str, Any]]:
    one = MORNING | {"action": "stop", "input": {"ProjectVersionArn": VERSION, "Reason": reason}}
    return [one | {"name": f"stop-{number}"} for number in range(number)]


FITTING = (MOST_ARN_CHARACTERS + 1) // (len(projects(1)[0]) + 1)


@pytest.mark.parametrize(
    "fitting",
    [
        {"notification_emails": addresses(MOST_RESOURCES)},
        {"notification_emails": addresses(100), "schedules": pairs((MOST_RESOURCES - 100) // 2)},
        {"project_arns": projects(FITTING)},
        {"schedules": stops(MOST_RESOURCES, "r" * 800)},
    ],
)
def test_what_fits_is_taken(fitting: dict[str, Any]) -> None:
    settings(**fitting)


@pytest.mark.parametrize(
    ("too_much", "said"),
    [
        ({"notification_emails": addresses(400)}, "must be at most 350 addresses, got 400"),
        (
            {"notification_emails": addresses(101), "schedules": pairs(140)},
            "249 starts and stops beside the e-mail addresses, got 280: the first 124 of 140 schedules fit",
        ),
        ({"project_arns": projects(FITTING + 1)}, f": the first {FITTING} of {FITTING + 1} fit"),
        (
            {"schedules": stops(300, "\N{SNOWMAN}" * 1_000)},
            "inputs together, got 943,200: the first 114 of 300 schedules",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_the_number_that_does(too_much: dict[str, Any], said: str) -> None:
    assert said in refusal(**too_much)
