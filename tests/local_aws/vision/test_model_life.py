"""The life of one model, as a function of its script, the calls about it and the moment."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.scenario.scenario import Scenario
from local.vision.model_life import ModelLife

BOOT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.1/1767603600000"


def life(**script: Any) -> ModelLife:
    """Make a Rekognition model that takes 5 s to start and 2 s to stop."""
    return ModelLife(Scenario.parse(json.dumps({"Models": [{"ProjectVersionArn": ARN, **script}]})).models[0], BOOT)


def after(seconds: float) -> datetime:
    """Return the moment so many seconds after boot."""
    return BOOT + timedelta(seconds=seconds)


def started(model: ModelLife, seconds: float, units: int = 1) -> ModelLife:
    """Start a model so many seconds after boot."""
    return model.started(after(seconds), min_units=units, max_units=None)


def status(model: ModelLife, seconds: float) -> str:
    """Return a model's status so many seconds after boot."""
    return model.at(after(seconds)).status


def test_a_stopped_model_stays_so_until_it_is_started() -> None:
    assert status(life(), 10**6) == "STOPPED"


def test_a_started_model_runs_when_its_time_is_over() -> None:
    model = started(life(), 10)

    assert [status(model, seconds) for seconds in (10, 14.9, 15, 10**6)] == ["STARTING", "STARTING", *["RUNNING"] * 2]


def test_a_stopped_model_is_stopping_first() -> None:
    model = started(life(), 0).stopped(after(20))

    assert [status(model, seconds) for seconds in (20, 21.9, 22)] == ["STOPPING", "STOPPING", "STOPPED"]


def test_a_start_can_end_in_failure_and_be_tried_again() -> None:
    model = started(life(StartEndsIn="FAILED"), 0)

    assert status(model, 5) == "FAILED"
    assert model.startable_at(after(5))
    assert status(started(model, 8), 8) == "STARTING"


def test_a_start_can_take_for_ever() -> None:
    assert status(started(life(StartEndsIn="STARTING"), 0), 10**6) == "STARTING"


@pytest.mark.parametrize(("first", "seconds", "then"), [("STARTING", 5, "RUNNING"), ("STOPPING", 2, "STOPPED")])
def test_what_is_under_way_at_boot_ends_by_itself(first: str, seconds: float, then: str) -> None:
    model = life(Status=first)

    assert [status(model, seconds - 0.1), status(model, seconds)] == [first, then]


@pytest.mark.parametrize("turn", ["STOPPED", "FAILED", "DELETING", "EXPIRED", "TRAINING_IN_PROGRESS"])
def test_what_befalls_a_model_is_counted_from_its_first_accepted_start(turn: str) -> None:
    model = life(Then=[{"AfterSeconds": 3, "Status": turn, "StatusMessage": "So it goes."}])

    assert status(model, 100) == "STOPPED"
    model = started(model, 100)
    assert [status(model, seconds) for seconds in (102.9, 103, 200)] == ["STARTING", turn, turn]
    assert model.at(after(103)).message == "So it goes."


def test_what_befell_a_model_does_not_befall_its_second_start() -> None:
    model = started(life(Then=[{"AfterSeconds": 3, "Status": "STOPPED"}]), 0)

    model = started(model, 10)

    assert [status(model, seconds) for seconds in (13, 15, 99)] == ["STARTING", "RUNNING", "RUNNING"]


def test_what_befalls_a_model_runs_its_course_like_everything_else() -> None:
    turns = [{"AfterSeconds": 20, "Status": "STARTING"}, {"AfterSeconds": 10, "Status": "STOPPING"}]
    model = started(life(Then=turns), 0)

    assert [status(model, seconds) for seconds in (9, 10, 12, 20, 25)] == [
        "RUNNING",
        "STOPPING",
        "STOPPED",
        "STARTING",
        "RUNNING",
    ]


def test_a_start_that_takes_no_time_is_still_accepted_as_starting() -> None:
    model = started(life(StartSeconds=0), 1)

    assert model.accepted().status == "STARTING"
    assert status(model, 1) == "RUNNING"


def test_units_are_in_force_from_the_start_to_the_end_of_the_stop() -> None:
    model = started(life(), 0, units=3).stopped(after(20))

    assert [model.at(after(seconds)).min_units for seconds in (0, 10, 21, 22)] == [3, 3, 3, None]


def test_a_model_that_runs_from_boot_has_the_units_of_its_script() -> None:
    condition = life(Status="RUNNING", MinInferenceUnits=2, MaxInferenceUnits=4).at(BOOT)

    assert (condition.min_units, condition.max_units) == (2, 4)


def test_a_script_s_message_is_that_of_the_first_status() -> None:
    model = started(life(StatusMessage="Idle."), 10)

    assert [model.at(after(seconds)).message for seconds in (10, 15)] != ["Idle.", "Idle."]
    assert life(StatusMessage="Idle.").at(BOOT).message == "Idle."
    assert model.at(after(15)).message == "The model is running."


@pytest.mark.parametrize("first", ["TRAINING_IN_PROGRESS", "RUNNING", "STARTING", "DELETING", "EXPIRED"])
def test_what_is_not_startable_is_not_startable(first: str) -> None:
    assert not life(Status=first).startable_at(BOOT)


def test_only_a_running_model_can_be_stopped() -> None:
    model = started(life(), 0)

    assert not model.stoppable_at(after(4))
    assert model.stoppable_at(after(5))
