"""A start that gives up stops what it asked for, and nothing else."""

from typing import Any

import pytest

from local.network.faults import calls
from tests.deployed.lifecycle import Execution, Lifecycle
from tests.deployed.services import ServiceWords, services_in_turn
from tests.deployed.someone import Someone

service_in_turn = services_in_turn()


def clean_up_of(lifecycle: Lifecycle, start: Execution) -> Execution:
    """Return the execution of stop-model that a start has started, which its message names."""
    clean_up = lifecycle.only_message(start).document["CleanUp"]
    assert clean_up is not None
    return lifecycle.end_of(clean_up["ExecutionArn"])


def assert_not_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    assert lifecycle.stops() == []
    assert calls(service.stop) == []


@service_in_turn
def test_a_start_that_times_out_has_its_model_stopped_and_does_not_wait_for_it(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=1_000, StopSeconds=60))

    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 300, "StopTimeoutSeconds": 3_000})

    assert (start.status, start.error) == ("FAILED", "StartTimedOutError")
    assert start.states[-3:] == ["Stop model", "Notify failure", "Model not running"]
    assert start.seconds <= 315
    document = lifecycle.only_message(start).document
    assert (document["Outcome"], document["MayBill"]) == ("TimedOut", True)
    assert "The app is stopping what this start requested." in document["Summary"]
    stop = clean_up_of(lifecycle, start)
    assert stop.status == "SUCCEEDED"
    told = lifecycle.only_message(stop).document
    assert (told["Outcome"], told["Status"]) == ("Stopped", service.stopped)
    assert "Its start failed (StartTimedOutError)." in told["Reason"]
    assert told["Request"]["FailedStart"]["ExecutionArn"] == start.arn
    assert told["Request"]["FailedStart"]["Input"]["StopTimeoutSeconds"] == 3_000
    assert Someone(lifecycle.aws, service).sees() == service.stopped


@service_in_turn
def test_a_start_that_fails_after_it_asked_has_its_model_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(StartSeconds=100),
        faults=[{"Operation": service.describe, "Error": "AccessDeniedException", "Caller": "CheckModel", "Times": 1}],
    )

    start = lifecycle.run(service.model)

    assert (start.status, start.error) == ("FAILED", "AccessDeniedError")
    assert clean_up_of(lifecycle, start).status == "SUCCEEDED"
    assert Someone(lifecycle.aws, service).sees() == service.stopped


@service_in_turn
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "did not ask"])
def test_a_start_whose_function_is_dead_for_good_has_stopped_what_it_asked_for(
    lifecycle: Lifecycle, service: ServiceWords, *, asked: bool
) -> None:
    fault = {"Operation": service.describe, "Effect": "KillBefore", "Caller": "CheckModel"}
    lifecycle.given(
        service.script(Status=service.stopped if asked else service.starting, StartSeconds=100),
        faults=[{**fault, "Times": 3}],
    )

    start = lifecycle.run(service.model)

    assert (start.status, start.error) == ("FAILED", "FunctionFailedError")
    stop = clean_up_of(lifecycle, start)
    assert stop.status == "SUCCEEDED"
    if asked:
        assert lifecycle.only_message(stop).document["Outcome"] == "Stopped"
        assert Someone(lifecycle.aws, service).sees() == service.stopped
    else:
        # What the dead function knew, the record knows: it had not asked for anything.
        assert stop.states[-1] == "Model left alone"
        assert lifecycle.messages(stop.arn) == []
        assert calls(service.stop) == []
        lifecycle.pass_time(100)
        assert Someone(lifecycle.aws, service).sees() == service.running


@service_in_turn
def test_a_start_step_that_dies_for_good_after_its_call_has_its_model_stopped(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(
        service.script(StartSeconds=100),
        faults=[
            {"Operation": service.start, "Effect": "KillAfter", "Times": 1},
            {"Operation": "GetItem", "Effect": "KillBefore", "After": 2, "Times": 2, "Caller": "StartModel"},
        ],
    )

    start = lifecycle.run(service.model)

    assert (start.status, start.error) == ("FAILED", "FunctionFailedError")
    assert lifecycle.only_message(clean_up_of(lifecycle, start)).document["Outcome"] == "Stopped"
    assert Someone(lifecycle.aws, service).sees() == service.stopped


@service_in_turn
def test_a_start_that_someone_else_asked_for_is_not_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.starting, StartSeconds=1_000))

    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 300})

    assert start.error == "StartTimedOutError"
    document = lifecycle.only_message(start).document
    assert (document["MayBill"], document["CleanUp"], document["Joined"]) == (True, None, True)
    assert_not_stopped(lifecycle, service)


@service_in_turn
def test_a_start_that_fails_with_nothing_that_bills_starts_no_stop(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=60, StartEndsIn=service.failed))

    start = lifecycle.run(service.model)

    assert start.error == "ModelFailedError"
    assert lifecycle.only_message(start).document["CleanUp"] is None
    assert_not_stopped(lifecycle, service)


@service_in_turn
def test_a_model_that_a_later_start_wants_is_not_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=1_000))
    with lifecycle.clock.running():
        first = lifecycle.start({**service.model, "StartTimeoutSeconds": 300})
        lifecycle.pass_time(100)
        second = lifecycle.start(service.model)

    first_ended = lifecycle.end_of(first)

    assert first_ended.error == "StartTimedOutError"
    stop = clean_up_of(lifecycle, first_ended)
    assert (stop.status, stop.states[-1]) == ("SUCCEEDED", "Model left alone")
    assert lifecycle.messages(stop.arn) == []
    assert calls(service.stop) == []
    assert lifecycle.only_message(lifecycle.end_of(second)).document["Outcome"] == "Running"
    assert Someone(lifecycle.aws, service).sees() == service.running


@service_in_turn
def test_a_model_that_a_later_start_wants_while_its_clean_up_waits_is_not_stopped(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=1_000))
    with lifecycle.clock.running():
        first = lifecycle.start({**service.model, "StartTimeoutSeconds": 300})
        lifecycle.pass_time(400)
        later = lifecycle.start(service.model)

    second = lifecycle.end_of(later)

    stop = clean_up_of(lifecycle, lifecycle.end_of(first))
    assert "Wait to retry" in stop.states
    assert stop.states[-1] == "Model left alone"
    assert calls(service.stop) == []
    assert lifecycle.only_message(second).document["Outcome"] == "Running"
    assert Someone(lifecycle.aws, service).sees() == service.running


@service_in_turn
def test_a_stop_that_cannot_be_started_is_said(lifecycle: Lifecycle, service: ServiceWords) -> None:
    fault: dict[str, Any] = {"Operation": "StartExecution", "Error": "StateMachineDoesNotExist", "After": 1}
    lifecycle.given(service.script(StartSeconds=3_000), faults=[fault])

    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 60})

    assert start.error == "StartTimedOutError"
    document = lifecycle.only_message(start).document
    assert document["MayBill"] is True
    assert list(document["CleanUp"]) == ["Error"]
    assert "the app could not start its stop" in document["Summary"]
    assert "Stop it yourself" in document["Summary"]
    assert lifecycle.stops() == []


@service_in_turn
def test_a_stop_that_can_be_started_only_later_is_started_once(lifecycle: Lifecycle, service: ServiceWords) -> None:
    fault: dict[str, Any] = {"Operation": "StartExecution", "After": 1, "Times": 1}
    lifecycle.given(
        service.script(StartSeconds=300),
        faults=[
            {**fault, "Error": "ThrottlingException"},
            {**fault, "Effect": "LoseAnswer", "After": 2},
        ],
    )

    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 60})

    [stop] = lifecycle.stops()
    assert clean_up_of(lifecycle, start).arn == stop
    assert Someone(lifecycle.aws, service).sees() == service.stopped


@service_in_turn
def test_a_stop_that_was_started_unheard_of_and_has_ended_is_not_tried_again(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lost = {"Operation": "StartExecution", "Effect": "LoseAnswer", "After": 1, "Times": 1}
    lifecycle.given(service.script(StartSeconds=300), faults=[lost])

    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 60, "StopTimeoutSeconds": 1})

    [stop] = lifecycle.stops()
    assert lifecycle.only_message(start).document["CleanUp"] == {"ExecutionArn": stop}
    assert "Stop it yourself" not in lifecycle.only_message(start).document["Summary"]
    assert len(calls("StartExecution")) == 3
    assert start.seconds < 90


@service_in_turn
def test_a_clean_up_that_does_not_take_is_told_to_bill_still(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartEndsIn=service.starting))

    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 60, "StopTimeoutSeconds": 120})

    stop = clean_up_of(lifecycle, start)
    assert (stop.status, stop.error) == ("FAILED", "StopTimedOutError")
    document = lifecycle.only_message(stop).document
    assert (document["Outcome"], document["Status"]) == ("StillBilling", service.starting)
    assert ") is still billing" in document["Cause"]


@service_in_turn
def test_a_start_that_is_redriven_after_its_clean_up_starts_nothing_behind_anyone_s_back(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=1_000))
    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 60})
    assert clean_up_of(lifecycle, start).status == "SUCCEEDED"
    before = lifecycle.stops()

    lifecycle.redrive(start.arn)
    again = lifecycle.end_of(start.arn)

    assert again.status == "FAILED"
    assert len(calls(service.start)) == 1
    assert lifecycle.stops() == before
    lifecycle.only_message(again)
