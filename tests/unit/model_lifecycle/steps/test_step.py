"""From a state's payload to what the next state reads."""

import json
from functools import partial
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import take_step
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary.errors import AccessDeniedError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, STOP_EXECUTION, VERSION, after


def payload(execution_input: Any, progress: Any = None) -> dict[str, Any]:
    """What the states "Start model" and "Check model" send."""
    return {
        "Goal": "RUNNING",
        "Input": execution_input,
        "Execution": {"Arn": EXECUTION, "StartTime": "2026-01-05T09:00:00.000Z"},
        "Progress": {} if progress is None else progress,
    }


def stop_payload(execution_input: Any, progress: Any = None) -> dict[str, Any]:
    """What stop-model's states "Stop model" and "Check model" send."""
    of_start = payload(execution_input, progress)
    return {**of_start, "Goal": "STOPPED", "Execution": {**of_start["Execution"], "Arn": STOP_EXECUTION}}


def stop_step(sent: dict[str, Any], model: FakeModel, *, seconds: float, checking: bool = False) -> Any:
    """Take a step of stop-model as Lambda does."""
    action = check_stop if checking else stop_model
    answer = take_step(
        json.loads(json.dumps(sent)),
        {Goal.STOPPED: partial(action, records=model.records, leases=model.leases, meter=model.meter)},
        model_of=model.named_by,
        defaults=DEFAULTS,
        home=HOME,
        now=after(seconds),
    )
    return json.loads(json.dumps(answer))


def step(sent: dict[str, Any], model: FakeModel, *, seconds: float, checking: bool = False, home: Home = HOME) -> Any:
    """Take a step as Lambda does: what it gets and what it gives is JSON."""
    answer = take_step(
        json.loads(json.dumps(sent)),
        {
            Goal.RUNNING: partial(check_model, records=model.records)
            if checking
            else partial(start_model, records=model.records, leases=model.leases)
        },
        model_of=model.named_by,
        defaults=DEFAULTS,
        home=home,
        now=after(seconds),
    )
    return json.loads(json.dumps(answer))


def test_the_first_step_reads_the_input_and_the_next_one_what_it_left() -> None:
    model = FakeModel("STOPPED", "RUNNING")

    first = step(payload({"ProjectVersionArn": VERSION}), model, seconds=1)
    assert (first["Phase"], first["NextCheckSeconds"], first["Report"]["Asked"]) == ("STARTING", 15, True)

    second = step(payload({"ProjectVersionArn": VERSION}, first), model, seconds=16, checking=True)
    assert (second["Phase"], second["Failure"]) == ("RUNNING", None)
    assert (second["Report"]["ElapsedSeconds"], second["Report"]["Checks"]) == (16, 2)


def test_what_was_looked_up_is_handed_on_to_the_next_step() -> None:
    model = FakeModel("STARTING", found={"ProjectArn": PROJECT})

    first = step(payload({"ProjectVersionArn": VERSION}), model, seconds=1)

    assert first["Request"]["ProjectArn"] == PROJECT
    second = step(payload({"ProjectVersionArn": VERSION}, first), model, seconds=16, checking=True)
    assert second["Request"] == first["Request"]


def test_limits_that_change_with_a_deploy_do_not_move_a_start_under_way() -> None:
    model = FakeModel("STARTING")
    first = step(payload({"ProjectVersionArn": VERSION}), model, seconds=1)

    assert first["Request"]["StartTimeoutSeconds"] == DEFAULTS.start_timeout_seconds
    assert first["Deadline"] == "2026-01-05T10:00:00.000Z"


@pytest.mark.parametrize("execution_input", [None, [], 5, "x", {}, {"ProjectVersionArn": 5}])
def test_an_input_that_is_not_valid_is_an_answer_and_starts_nothing(execution_input: Any) -> None:
    model = FakeModel("STOPPED")

    answer = step(payload(execution_input), model, seconds=1)

    assert (answer["Phase"], answer["Failure"]["Error"]) == ("FAILED", "InvalidRequestError")
    assert answer["Failure"]["Cause"].startswith("The execution input is ")
    assert answer["Report"] is None
    assert (model.looks, model.starts) == (0, 0)


def test_a_start_says_whether_it_is_to_be_cleaned_up() -> None:
    model = FakeModel("STOPPED", "STARTING", AccessDeniedError("no"))

    first = step(payload({"ProjectVersionArn": VERSION}), model, seconds=1)
    second = step(payload({"ProjectVersionArn": VERSION}, first), model, seconds=16, checking=True)
    third = step(payload({"ProjectVersionArn": VERSION}, second), model, seconds=31, checking=True)

    assert [answer["CleansUp"] for answer in (first, second, third)] == [False, False, True]
    assert step(payload(5), model, seconds=1)["CleansUp"] is False


@pytest.mark.parametrize("ends", ["2026-01-05T09:00:00Z", "2028-01-05T09:00:00Z"])
def test_a_lease_that_no_start_can_have_is_an_answer_and_starts_nothing(ends: str) -> None:
    model = FakeModel("STOPPED")

    answer = step(payload({"ProjectVersionArn": VERSION, "StopAt": ends}), model, seconds=1)

    assert (answer["Phase"], answer["Failure"]["Error"], answer["Report"]) == ("FAILED", "InvalidRequestError", None)
    assert (model.looks, model.starts) == (0, 0)


def test_a_lease_of_the_settings_does_not_change_for_a_start_under_way() -> None:
    model = FakeModel("STOPPED", "RUNNING")
    sent = payload({"ProjectVersionArn": VERSION, "StopAfterSeconds": 600})

    first = step(sent, model, seconds=1)
    second = step({**sent, "Progress": first}, model, seconds=16, checking=True)

    assert first["Request"]["StopAfterSeconds"] == second["Request"]["StopAfterSeconds"] == 600
    assert second["Report"]["Lease"]["EndsAt"] == "2026-01-05T09:10:00.000Z"


@pytest.mark.parametrize(
    "execution_input",
    [
        {"ProjectVersionArn": VERSION},
        {"FailedStart": {"ExecutionArn": EXECUTION, "Input": {"ProjectVersionArn": VERSION}}, "Reason": "It gave up."},
        {"ProjectVersionArn": VERSION, "LatestStart": EXECUTION},
        {"ProjectVersionArn": VERSION, "LeaseEndsAt": "2026-01-05T09:00:00+00:00"},
    ],
    ids=["plain", "failed start", "latest start", "lease"],
)
def test_a_stop_goes_from_step_to_step_as_json(execution_input: dict[str, Any]) -> None:
    model = FakeModel("RUNNING", "STOPPED")
    model.records.record = ModelRecord(
        latest_start=EXECUTION, asked_by=EXECUTION, lease_ends_at=after(0), leased_by=EXECUTION
    )

    first = stop_step(stop_payload(execution_input), model, seconds=1)
    assert (first["Phase"], first["NextCheckSeconds"], first["Report"]["Asked"]) == ("STOPPING", 15, True)

    second = stop_step(stop_payload(execution_input, first), model, seconds=16, checking=True)
    assert (second["Phase"], second["Failure"], second["CleansUp"]) == ("STOPPED", None, False)
    assert second["Report"]["StoppedAt"] == "2026-01-05T09:00:16.000Z"
    assert second["Request"] == first["Request"]


def test_a_stop_that_is_not_wanted_any_more_says_so_in_its_report() -> None:
    answer = stop_step(
        stop_payload({"ProjectVersionArn": VERSION, "LatestStart": EXECUTION}), FakeModel("RUNNING"), seconds=1
    )

    assert (answer["Phase"], answer["Report"]["Superseded"], answer["Failure"]) == ("SUPERSEDED", True, None)


@pytest.mark.parametrize("execution_input", [None, [], 5, {}, {"ProjectVersionArn": 5}, {"FailedStart": 5}])
def test_an_input_of_a_stop_that_is_not_valid_is_an_answer_and_stops_nothing(execution_input: Any) -> None:
    model = FakeModel("RUNNING")

    answer = stop_step(stop_payload(execution_input), model, seconds=1)

    assert (answer["Phase"], answer["Failure"]["Error"], answer["Report"]) == ("FAILED", "InvalidRequestError", None)
    assert (model.looks, model.stops) == (0, 0)


def test_a_model_of_another_region_is_refused_before_anything_is_called() -> None:
    model = FakeModel("STOPPED")

    answer = step(
        payload({"ProjectVersionArn": VERSION}), model, seconds=1, home=Home("aws", "eu-west-1", "123456789012")
    )

    assert answer["Failure"]["Error"] == "InvalidRequestError"
    assert "where this function acts" in answer["Failure"]["Cause"]
    assert model.looks == 0


def test_a_function_knows_from_its_own_arn_where_it_acts() -> None:
    assert Home.of("arn:aws-cn:lambda:cn-north-1:123456789012:function:x:y") == Home(
        "aws-cn", "cn-north-1", "123456789012"
    )
