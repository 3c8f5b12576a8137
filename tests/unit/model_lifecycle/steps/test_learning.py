"""What a start leaves of how long it took, and what the next one makes of it."""

from dataclasses import replace
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usual_start import UsualStart
from model_lifecycle.steps.start_progress import StartProgress
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import after, begin
from tests.fakes.machines import ANOTHER, THROTTLED
from tests.fakes.state_machine import drive

TEN = (600,) * 10


def model_that_remembers(*looks: Any, record: ModelRecord | None = None, **script: Any) -> FakeModel:
    """Return a model with that record."""
    model = FakeModel(*looks, **script)
    model.records.record = record or ModelRecord()
    return model


def waits(*looks: Any, record: ModelRecord, first: StartProgress | None = None) -> list[int | None]:
    """Return the waits of a start of a model with that record."""
    return [last.next_check_seconds for _, last in drive(first or begin(), model_that_remembers(*looks, record=record))]


def test_a_start_leaves_the_seconds_from_its_call_until_the_model_was_seen_running() -> None:
    model = model_that_remembers("STOPPED", "STARTING", "STARTING", "RUNNING")

    *_, (when, _) = drive(begin(PollIntervalSeconds=20), model)

    assert when == after(60)
    assert model.records.record.start_seconds == (60,)


def test_the_last_ten_are_remembered() -> None:
    model = model_that_remembers("STOPPED", "RUNNING", record=ModelRecord(start_seconds=tuple(range(1, 11))))

    drive(begin(PollIntervalSeconds=20), model)

    assert model.records.record.start_seconds == (*range(2, 11), 20)


@pytest.mark.parametrize(
    ("looks", "fields"),
    [
        pytest.param(["STARTING", "RUNNING"], {}, id="it was joined"),
        pytest.param(["RUNNING"], {}, id="it ran already"),
        pytest.param(["STOPPED", "STARTING", "RUNNING"], {"PollIntervalSeconds": 300}, id="it was looked at rarely"),
        pytest.param(
            ["STOPPED", "STARTING", *[THROTTLED] * 5, "RUNNING"], {"PollIntervalSeconds": 20}, id="nobody could look"
        ),
    ],
)
def test_a_start_that_says_little_of_how_long_one_takes_does_not_count(
    looks: list[Any], fields: dict[str, Any]
) -> None:
    model = model_that_remembers(*looks, record=ModelRecord(start_seconds=(600,)))

    *_, (_, last) = drive(begin(**fields), model)

    assert last.running_at is not None
    assert model.records.record.start_seconds == (600,)


def test_a_start_looks_rarely_before_its_model_is_usually_up_and_often_then() -> None:
    starting = ["STOPPED", *["STARTING"] * 200]
    knows, guesses = (waits(*starting, "RUNNING", record=ModelRecord(start_seconds=each)) for each in (TEN, ()))

    assert knows[:5] == [60] * 5
    assert guesses[0] == 60
    assert min(wait for wait in knows if wait) < min(wait for wait in guesses if wait)


def test_who_joins_a_start_counts_from_when_that_was_asked_for() -> None:
    under_way = ModelRecord(asked_by=ANOTHER, asked_at=after(-600), status_when_asked="STOPPED", start_seconds=TEN)

    first, *_ = waits("STARTING", "RUNNING", record=under_way)

    assert first is not None
    assert first <= 5


@pytest.mark.parametrize("of_before", [{"ran_at": after(-300)}, {"stopped_at": after(-60)}], ids=["ran", "stopped"])
def test_who_joins_a_start_that_nobody_here_asked_for_counts_from_its_own_first_look(of_before: dict[str, Any]) -> None:
    of_earlier = ModelRecord(asked_by=ANOTHER, asked_at=after(-600), status_when_asked="STOPPED", start_seconds=TEN)

    first, *_ = waits("STARTING", "RUNNING", record=replace(of_earlier, **of_before))

    assert first == 60


@pytest.mark.parametrize("poison", [0, -1, 10**30])
def test_what_cannot_be_the_duration_of_a_start_is_left_out(poison: int) -> None:
    poisoned, right = (ModelRecord(start_seconds=each) for each in ((*TEN, poison), TEN))

    assert waits("STOPPED", "RUNNING", record=poisoned) == waits("STOPPED", "RUNNING", record=right)


def test_more_units_cost_more_and_are_looked_at_more_often() -> None:
    def waited(units: int) -> int:
        looks = ["STOPPED", *["STARTING"] * 40, "RUNNING"]
        return sum(wait or 0 for wait in waits(*looks, record=ModelRecord(), first=begin(MinInferenceUnits=units)))

    assert waited(5) < waited(2) < waited(1)


USUAL = ModelRecord(start_seconds=(540, 600, 720))
"""Clearly longer than any of them is what takes more than 900 s."""


def tells(*looks: Any, record: ModelRecord = USUAL, said: bool = False, **script: Any) -> list[float]:
    """Return after how many seconds a start wants to say that it still goes on."""
    first = replace(begin(PollIntervalSeconds=100, StartTimeoutSeconds=2_000), said_still_starting=said)
    taken = drive(first, model_that_remembers(*looks, record=record, **script))
    return [(when - after(0)).total_seconds() for when, progress in taken if progress.tells]


STARTING = ("STARTING",) * 14


def test_a_start_that_takes_clearly_longer_than_any_before_says_so_until_that_is_noted() -> None:
    assert tells("STOPPED", *STARTING, "RUNNING") == [1_000, 1_100, 1_200, 1_300, 1_400]
    assert tells("STOPPED", *STARTING, "RUNNING", said=True) == []


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(("STOPPED", *STARTING[:8], "RUNNING"), id="it came up in time"),
        pytest.param(STARTING, id="another has asked for it, and says so"),
        pytest.param(
            ("STOPPED", *STARTING[:8], *[THROTTLED] * 5, "RUNNING"), id="nobody knows whether it still starts"
        ),
    ],
)
def test_no_other_start_says_so(looks: tuple[Any, ...]) -> None:
    assert tells(*looks) == []


def test_of_a_model_with_fewer_than_three_starts_nothing_is_too_long() -> None:
    assert tells("STOPPED", *STARTING, "RUNNING", record=ModelRecord(start_seconds=(600, 600))) == []


def test_the_report_says_how_long_the_start_took_and_what_is_usual() -> None:
    *_, (now, last) = drive(begin(PollIntervalSeconds=20), model_that_remembers("STOPPED", "RUNNING", record=USUAL))
    report = last.report(now=now)

    assert report.start_took_seconds == 20
    assert report.usual_start == UsualStart(least_seconds=540, most_seconds=720, starts=3)


def test_a_report_says_nothing_of_the_start_of_a_model_that_ran_already() -> None:
    *_, (now, last) = drive(begin(), model_that_remembers("RUNNING", record=USUAL))

    assert last.report(now=now).start_took_seconds is None
