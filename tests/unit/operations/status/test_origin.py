"""What started an execution, by its name, its moment and its input."""

import pytest

from model_lifecycle.vocabulary.machines import START_MODEL
from operations.status.origin import By, origin
from tests.fakes.given import HOME, STOP_EXECUTION
from tests.unit.operations.status.seeing import HOUR, NOW, model, schedule

ONE = "2f1c7a52-8f0e-4c4d-9a51-0d5f4f6f3b11"
TWO = f"{ONE}_7d0b8e1c-3a64-4f4e-8c8a-5b1f0a9d2e77"
AT_NOON = "cron(0 12 ? * * *)"


@pytest.mark.parametrize(
    ("name", "late", "parent", "by"),
    [
        (ONE, 0, None, By.SCHEDULE),
        (TWO, 61, None, By.SCHEDULE),
        (ONE, -1, None, By.CALLER),
        (ONE, 300, None, By.CALLER),
        (TWO, 300, None, By.EVENT),
        ("morning", 0, None, By.CALLER),
        (ONE, 300, STOP_EXECUTION, By.EXECUTION),
    ],
)
def test_a_name_and_a_moment_tell_what_started_an_execution(name: str, late: float, parent: str | None, by: By) -> None:
    one = model()
    schedules = [schedule(one, "start", AT_NOON), schedule(one, "stop", "rate(1 minute)", name="other")]

    found = origin(
        START_MODEL.execution(name, HOME),
        began=NOW + late * HOUR / 3_600,
        model_id=one.request.model_id,
        schedules=schedules,
        parent=parent,
    )

    assert (found.by, found.name) == (by, {By.SCHEDULE: "weekdays", By.EXECUTION: parent}.get(by))


def test_a_schedule_of_another_model_or_at_an_unknown_moment_is_not_taken_for_it() -> None:
    one, other = model(), model(name="other")
    arn = START_MODEL.execution(ONE, HOME)

    for began, schedules in ((NOW, [schedule(other, "start", AT_NOON)]), (None, [schedule(one, "start", AT_NOON)])):
        found = origin(arn, began=began, model_id=one.request.model_id, schedules=schedules, parent=None)

        assert found.by is By.CALLER


@pytest.mark.parametrize(
    ("name", "parent", "words"),
    [
        (ONE, None, f'the schedule "weekdays" (execution start-model/{ONE})'),
        ("morning", None, "a person or a program (execution start-model/morning)"),
        ("morning", STOP_EXECUTION, "execution stop-model/evening (execution start-model/morning)"),
    ],
)
def test_it_is_said_in_words(name: str, parent: str | None, words: str) -> None:
    one = model()
    schedules = [schedule(one, "start", AT_NOON)]

    arn = START_MODEL.execution(name, HOME)

    assert str(origin(arn, began=NOW, model_id=one.request.model_id, schedules=schedules, parent=parent)) == words
