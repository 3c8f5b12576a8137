"""A start that is to have its model running by a time: it waits, asks, and says how late it was."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.vocabulary.errors import ServiceUnavailableError
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import START, STOP_EXECUTION, after, begin
from tests.fakes.machines import ANOTHER
from tests.fakes.state_machine import drive
from tests.fakes.told import told

HOUR = 3_600
USUAL = ModelRecord(start_seconds=(540, 600, 720))
READY = to_instant(after(HOUR))
LATER = {"ReadyBy": READY, "PollIntervalSeconds": 60}


def model(*looks: Any, record: ModelRecord = USUAL, **script: Any) -> FakeModel:
    """Return a model with that record."""
    made = FakeModel(*looks, **script)
    made.records.record = record
    return made


def lived(one: FakeModel, **fields: Any) -> list[tuple[datetime, StartProgress]]:
    """Return the steps of a start that is to be ready an hour after it began."""
    return drive(begin(**{**LATER, **fields}), one)


def asked(steps: list[tuple[datetime, StartProgress]]) -> tuple[datetime, StartProgress]:
    """Return the step that asked."""
    return next(step for step in steps if step[1].asked)


def test_it_waits_until_as_long_before_its_time_as_its_starts_take_and_asks_nobody_before() -> None:
    one = model("STOPPED", *["STARTING"] * 11, "RUNNING")

    steps = lived(one)
    (first, waits), *_, (_, last) = steps
    asked_at, asks = asked(steps)

    assert (first, waits.phase, waits.next_check_seconds, waits.tells) == (START, Phase.BLOCKED, 300, False)
    assert (asked_at, asks.phase, asks.asked_at) == (after(HOUR - 720), Phase.STARTING, after(HOUR - 720))
    assert (one.looks, last.checks) == (13, 13)
    assert one.records.record.start_seconds == (540, 600, 720, 720)
    assert last.report(now=after(HOUR)).late_seconds == 0


@pytest.mark.parametrize(("known", "lead"), [((), 1_500), ((600, 600), 1_500), ((86_400,) * 10, HOUR), ((5,) * 3, 5)])
def test_it_waits_less_where_little_is_known_and_asks_an_hour_early_at_most(known: tuple[int, ...], lead: int) -> None:
    steps = lived(model("STOPPED", "RUNNING", record=ModelRecord(start_seconds=known)))

    assert asked(steps)[0] == after(HOUR - lead)


def test_it_looks_every_five_minutes_whether_it_was_called_off_and_no_redrive_makes_it_later_than_that() -> None:
    waits = [progress.next_check_seconds for _, progress in lived(model("STOPPED", "RUNNING")) if not progress.asked]

    assert waits == [300] * 9 + [180]


def test_what_it_learns_meanwhile_counts() -> None:
    one = model("STOPPED", "RUNNING")
    first = lived(model("STOPPED", "RUNNING"))[0][1]
    one.records.record = ModelRecord(start_seconds=(60, 60, 60))

    assert asked(drive(first, one))[0] == after(HOUR - 60)


def test_its_lease_and_its_deadline_count_from_its_time() -> None:
    first = begin(**LATER, StopAfterSeconds=HOUR, StartTimeoutSeconds=1_800)

    assert (first.wanted_lease_end, first.deadline) == (after(2 * HOUR), after(HOUR + 1_800))
    assert begin(ReadyBy=to_instant(after(-60)), StopAfterSeconds=HOUR).wanted_lease_end == after(HOUR)
    assert begin(**LATER, StartTimeoutSeconds=86_400).deadline == after(86_400)


def test_a_start_that_fails_says_how_long_it_tried() -> None:
    *_, (ended, last) = lived(model("STOPPED", "STARTING"), StartTimeoutSeconds=900)

    assert (ended, last.phase) == (after(HOUR + 900), Phase.OVERDUE)
    assert "was not running after 27 min" in str(last.failure)


@pytest.mark.parametrize("noted", [{}, {"stopping": STOP_EXECUTION, "stop_asked_at": after(-HOUR)}])
def test_a_stop_that_finds_nothing_running_calls_it_off(noted: dict[str, Any]) -> None:
    called_off = replace(USUAL, unwanted_at=after(600), unwanted_by=STOP_EXECUTION, **noted)

    *_, (ended, last) = lived(model("STOPPED", record=called_off))

    assert (ended, last.failure and last.failure.name) == (START, "ModelStoppedError")


@pytest.mark.parametrize(("at", "phase"), [(600, Phase.RUNNING), (HOUR - 700, Phase.FAILED)])
def test_the_stop_of_an_earlier_run_calls_it_off_only_once_its_time_has_come(at: float, phase: Phase) -> None:
    unwanted = replace(USUAL, unwanted_at=after(at), unwanted_by=STOP_EXECUTION)
    of_a_run = replace(unwanted, stopping=STOP_EXECUTION, stop_asked_at=after(at + 1), stopped_at=after(at + 60))

    *_, (_, last) = lived(model("STOPPED", "RUNNING", record=of_a_run))

    assert last.phase is phase


def test_a_model_that_runs_already_is_left_to_others_until_then() -> None:
    runs = replace(USUAL, asked_by=ANOTHER, asked_at=after(-HOUR), ran_at=after(-HOUR + 600), latest_start=ANOTHER)
    one = model("RUNNING", record=runs)

    (_, waits), *_, (found, last) = lived(one)

    assert (waits.phase, found, last.already_running) == (Phase.BLOCKED, after(HOUR - 720), True)
    assert one.records.record.latest_start == last.execution_arn


def test_a_record_that_cannot_be_read_for_a_while_changes_nothing() -> None:
    one = model("STOPPED", "STOPPED", "RUNNING")
    one.records.trouble = ServiceUnavailableError("It is throttled.", perhaps_done=False)
    (_, first), *_ = drive(begin(**LATER), one, until=after(0))
    one.records.trouble = None

    asked_at, _ = asked(drive(first, one))

    assert (first.next_check_seconds, asked_at, one.starts) == (60, after(HOUR - 720), 1)


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        (("STOPPED", *["STARTING"] * 11, "RUNNING"), "It was ready just in time for"),
        (("STOPPED", *["STARTING"] * 7, "RUNNING"), "It was ready 4 min early for"),
        (("STOPPED", *["STARTING"] * 13, "RUNNING"), "It was ready 2 min late for"),
        (("RUNNING",), "was already running. It was ready 12 min early for"),
    ],
)
def test_the_message_says_by_how_much_it_was_early_or_late(looks: tuple[str, ...], said: str) -> None:
    message = told(model(*looks), begin(**LATER))

    assert f"{said} Mon 5 Jan 2026 at 10:00 UTC." in message.document["Summary"]
    assert "took 1 h" not in message.text
    assert message.document["ReadyBy"] == READY
