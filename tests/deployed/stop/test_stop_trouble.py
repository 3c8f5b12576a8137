"""Trouble during a stop: the stop is not lost, not repeated, and announced once and truthfully."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest

from tests.deployed.lifecycle import Lifecycle, carried_out
from tests.deployed.many_lives import Life, Lived
from tests.deployed.services import BOTH, LOOKOUT_VISION, REKOGNITION, ServiceWords, services_in_turn
from tests.deployed.someone import Someone
from tests.deployed.trouble.documented_errors import errors_of
from tests.deployed.trouble.test_faults_anywhere import ERRORS, IN_USE, PASSES
from tests.soak import covering

service_in_turn = services_in_turn()
HOUR = 3_600


def words_of(operation: str, service: ServiceWords) -> str:
    """Return the operation that a test calls `describe` or `stop`."""
    return {"describe": service.describe, "stop": service.stop}.get(operation, operation)


def stop_with(service: ServiceWords, operation: str, error: str, **more: Any) -> Life:
    """Return a stop of a model that runs, with an operation of which something is wrong."""
    script = {"Status": service.running, "StopSeconds": 40}
    return Life(**{"service": service, "operation": operation, "error": error, "script": script, "stops": True, **more})


def step_cases(*effects: str, **more: Any) -> Iterator[Life]:
    """Each call of a stop's first step, with each of these effects; the records are the same for both services."""
    for service in BOTH:
        records = ("GetItem", "PutItem") if service is REKOGNITION else ()
        for operation, effect in product((service.describe, service.stop, *records), effects):
            life = stop_with(service, operation, effect, **more)
            yield life.with_faults({"Times": 1, "Caller": "StopModel"})


LEASED = {"before": {"StopAfterSeconds": HOUR}, "script": {"StartSeconds": 0, "StopSeconds": 100}}


@pytest.mark.parametrize("life", covering(step_cases("KillBefore", "KillAfter", **LEASED), one_in=3), ids=str)
def test_a_stop_step_that_dies_at_a_call_is_taken_again(lived: Lived) -> None:
    document, service = lived.document, lived.service
    assert lived.execution.status == "SUCCEEDED"
    assert (document["Outcome"], document["Status"], document["Asked"]) == ("Stopped", service.stopped, True)
    assert (document["AlreadyStopped"], document["StartedAgain"]) == (False, False)
    assert lived.carried_out(service.stop) == 1
    assert lived.armed == []


CHECKS = [
    *product(BOTH, ["describe"]),
    *product([REKOGNITION], ["GetItem", "GetMetricData", "PutItem", "DeleteSchedule"]),
]


@pytest.mark.parametrize(
    ("service", "call", "effect"),
    covering([(*check, effect) for check, effect in product(CHECKS, ["KillBefore", "KillAfter"])], one_in=3),
    ids=str,
)
def test_a_check_step_of_a_stop_that_dies_at_a_call_is_taken_again(
    lifecycle: Lifecycle, service: ServiceWords, call: str, effect: str
) -> None:
    lifecycle.given(service.script(StartSeconds=0, StopSeconds=100))
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})
    fault = {"Operation": words_of(call, service), "Effect": effect, "Times": 1, "Caller": "CheckModel"}
    lifecycle.given_faults(fault)

    execution = lifecycle.run_stop(service.model)

    assert execution.status == "SUCCEEDED"
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Status"], document["StartedAgain"]) == ("Stopped", service.stopped, False)
    assert carried_out(service.stop) == 1
    # One that dies between the record and the schedule leaves a stop armed that stops nothing.
    lifecycle.pass_time(HOUR)
    fired = [lifecycle.end_of(arn) for arn in set(lifecycle.stops()) - {execution.arn}]
    assert all(stop.states[-1] == "Model left alone" and lifecycle.messages(stop.arn) == [] for stop in fired)
    assert lifecycle.armed() == []


# The last takes the seconds of a real clock.
LOST = [*step_cases("LoseAnswer", "Refuse"), next(step_cases("Timeout"))]


@pytest.mark.parametrize("life", covering(LOST, one_in=2), ids=str)
def test_an_answer_that_is_lost_delays_a_stop_and_nothing_else(lived: Lived) -> None:
    document, service = lived.document, lived.service
    assert lived.execution.status == "SUCCEEDED"
    assert (document["Outcome"], document["Status"], document["StartedAgain"]) == ("Stopped", service.stopped, False)
    assert lived.carried_out(service.stop) == 1


def error_cases() -> Iterator[Life]:
    for service in BOTH:
        for operation in (service.stop, service.describe):
            for error in errors_of(service.name.lower(), operation):
                life = stop_with(service, operation, error, fields={"StopTimeoutSeconds": 300})
                yield life.with_faults({"Times": 1, "Caller": "StopModel"})


@pytest.mark.parametrize("life", covering(error_cases(), one_in=2), ids=str)
def test_an_error_of_the_first_call_of_a_stop(life: Life, lived: Lived) -> None:
    execution, document = lived.execution, lived.document
    passes = life.error in PASSES or life.error in IN_USE
    expected = ("SUCCEEDED", None) if passes else ("FAILED", ERRORS[life.error])
    assert (execution.status, execution.error) == expected, execution.cause
    if passes:
        assert (document["Outcome"], document["StartedAgain"]) == ("Stopped", False)
        assert lived.carried_out(life.service.stop) == 1
    elif (life.error, life.operation) == ("ResourceNotFoundException", life.service.describe):
        assert (document["Outcome"], document["MayBill"]) == ("Failed", False)
    else:
        assert (document["Outcome"], document["MayBill"]) == ("StillBilling", True)
        assert (document["Error"], document["Cause"]) == (execution.error, execution.cause)


def forgetful_cases() -> Iterator[Life]:
    for operation, (service, error) in product(
        ("GetItem", "PutItem"),
        (
            (REKOGNITION, "AccessDeniedException"),
            (LOOKOUT_VISION, "ResourceNotFoundException"),
            (REKOGNITION, "InternalServerError"),
        ),
    ):
        life = stop_with(service, operation, error, fields={"StopTimeoutSeconds": 300})
        yield life.with_faults({"Caller": "StopModel"}, {"Caller": "CheckModel"})


@pytest.mark.parametrize("life", list(forgetful_cases()), ids=str)
def test_a_model_is_stopped_though_nothing_can_be_remembered_of_it(lived: Lived) -> None:
    document, service = lived.document, lived.service
    assert lived.carried_out(service.stop) == 1
    assert lived.says == service.stopped
    assert (document["Outcome"], document["Status"]) == ("Stopped", service.stopped)


DEAD = [
    stop_with(service, service.describe, "KillBefore", fields={"Reason": "Night"}).with_faults({"Caller": "StopModel"})
    for service in BOTH
]


@pytest.mark.parametrize("life", DEAD, ids=str)
def test_a_stop_whose_function_is_dead_for_good_says_that_the_model_bills_still(lived: Lived) -> None:
    execution, document = lived.execution, lived.document
    assert (execution.status, execution.error) == ("FAILED", "FunctionFailedError")
    assert lived.messages[0].attributes["Outcome"] == "StillBilling"
    assert (document["Status"], document["MayBill"]) == (lived.service.running, True)
    assert document["HowToStop"]


@service_in_turn
def test_an_aborted_stop_is_told_with_what_the_model_does_now(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.starting, StartSeconds=600))
    with lifecycle.clock.running():
        stop = lifecycle.stop(service.model)
        lifecycle.pass_time(120)
        lifecycle.abort(stop, error="Changed", cause="Not today.")

    execution = lifecycle.end_of(stop)

    assert execution.status == "ABORTED"
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Status"], document["MayBill"]) == ("Aborted", service.starting, True)
    assert "Not today." in document["Summary"]


@service_in_turn
@pytest.mark.parametrize("stops", [False, True], ids=["still runs", "has stopped"])
def test_a_stop_that_step_functions_cuts_short_is_told(
    lifecycle: Lifecycle, service: ServiceWords, *, stops: bool
) -> None:
    """The machine's own timeout lies behind every deadline: only what nobody thought of gets there."""
    status = service.stopping if stops else service.starting
    lifecycle.given(service.script(Status=status, StartSeconds=600, StopSeconds=100))

    with timeout_of(lifecycle, lifecycle.stop_machine_arn, seconds=100):
        execution = lifecycle.run_stop({**service.model, "PollIntervalSeconds": 60})

    assert execution.status == "TIMED_OUT"
    document = lifecycle.only_message(execution).document
    assert document["Status"] == (service.stopped if stops else service.starting)
    assert (document["Outcome"], document["MayBill"]) == (("TimedOut", False) if stops else ("StillBilling", True))


@contextmanager
def timeout_of(lifecycle: Lifecycle, machine: str, *, seconds: int) -> Iterator[None]:
    """Let executions that start in the block time out so soon."""
    machines = lifecycle.aws.client("stepfunctions")
    definition = machines.describe_state_machine(stateMachineArn=machine)["definition"]
    machines.update_state_machine(
        stateMachineArn=machine, definition=json.dumps({**json.loads(definition), "TimeoutSeconds": seconds})
    )
    try:
        yield
    finally:
        machines.update_state_machine(stateMachineArn=machine, definition=definition)


@service_in_turn
def test_a_topic_that_refuses_for_a_while_is_told_later_of_a_stop(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(Status=service.running),
        faults=[{"Operation": "Publish", "Error": "InternalError", "Caller": "Notify", "Times": 8}],
    )

    execution = lifecycle.run_stop({**service.model, "Reason": "Night"})

    assert execution.status == "SUCCEEDED"
    document = lifecycle.only_message(execution).document
    assert (document["Outcome"], document["Reason"]) == ("Stopped", "Night")


@service_in_turn
def test_a_redriven_stop_goes_on_where_it_was(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(Status=service.running, StopSeconds=600))
    with lifecycle.clock.running():
        stop = lifecycle.stop(service.model)
        lifecycle.pass_time(120)
        lifecycle.abort(stop)
    assert lifecycle.end_of(stop).status == "ABORTED"

    lifecycle.redrive(stop)
    execution = lifecycle.end_of(stop)

    assert execution.status == "SUCCEEDED"
    assert carried_out(service.stop) == 1
    assert [message.document["Outcome"] for message in lifecycle.messages(stop)] == ["Aborted", "Stopped"]


@service_in_turn
def test_a_redrive_of_a_stop_whose_model_was_started_again_leaves_it_alone(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script(Status=service.running, StopSeconds=60, StartSeconds=60))
    with lifecycle.clock.running():
        stop = lifecycle.stop(service.model)
        lifecycle.pass_time(30)
        lifecycle.abort(stop)
        lifecycle.pass_time(60)
    start = lifecycle.run(service.model)

    lifecycle.redrive(stop)
    execution = lifecycle.end_of(stop)

    assert start.status == execution.status == "SUCCEEDED"
    assert lifecycle.messages(stop)[-1].document["StartedAgain"] is True
    assert Someone(lifecycle.aws, service).sees() == service.running
    assert carried_out(service.stop) == 1


def test_a_failed_stop_that_is_redriven_says_nothing_again(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(Status="RUNNING"), faults=[{"Operation": REKOGNITION.stop, "Error": "AccessDeniedException"}]
    )
    execution = lifecycle.run_stop(REKOGNITION.model)
    assert execution.status == "FAILED"

    for _ in range(2):
        lifecycle.redrive(execution.arn)
        assert lifecycle.end_of(execution.arn).status == "FAILED"

    assert lifecycle.only_message(execution).document["Outcome"] == "StillBilling"
