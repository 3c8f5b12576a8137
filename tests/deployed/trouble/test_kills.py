"""A function's process that dies before or after any call to AWS: the start ends as if it had not."""

import pytest

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import BOTH, REKOGNITION, ServiceWords

both_services = pytest.mark.parametrize("service", BOTH, ids=str)


def accepted_starts(service: ServiceWords) -> int:
    return len([call for call in calls(service.start) if call.outcome in ("OK", "KillAfter", "LoseAnswer")])


@both_services
@pytest.mark.parametrize("effect", ["KillBefore", "KillAfter"])
@pytest.mark.parametrize("call", ["GetItem", "describe", "PutItem", "start"])
def test_a_start_step_that_dies_at_a_call_is_taken_again(
    lifecycle: Lifecycle, service: ServiceWords, call: str, effect: str
) -> None:
    operation = {"describe": service.describe, "start": service.start}.get(call, call)
    lifecycle.given(
        service.script(StartSeconds=100),
        faults=[{"Operation": operation, "Effect": effect, "Times": 1, "Caller": "StartModel"}],
    )

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert execution.output is not None
    assert execution.output["Asked"] is True
    assert execution.output["AlreadyRunning"] is False
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"
    assert accepted_starts(service) == 1


@both_services
def test_a_check_step_that_dies_is_taken_again(lifecycle: Lifecycle, service: ServiceWords) -> None:
    fault = {"Operation": service.describe, "Effect": "KillAfter", "Times": 1, "Caller": "CheckModel"}
    lifecycle.given(service.script(StartSeconds=100), faults=[fault])

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


@both_services
def test_a_start_step_that_dies_each_time_after_its_start_says_that_the_model_may_bill(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    faults = [
        {"Operation": service.start, "Effect": "KillAfter", "Times": 1},
        {"Operation": "GetItem", "Effect": "KillBefore", "After": 1, "Caller": "StartModel"},
    ]
    lifecycle.given(service.script(StartSeconds=100), faults=faults)

    execution = lifecycle.run(service.model)

    assert (execution.status, execution.error) == ("FAILED", "FunctionFailedError")
    assert execution.cause is not None
    assert "Runtime.ExitError" in execution.cause
    document = lifecycle.only_message(execution).document
    assert document["Status"] == service.starting
    assert document["MayBill"] is True


@pytest.mark.parametrize(
    ("operation", "effect"),
    [
        ("PutItem", "KillBefore"),
        ("PutItem", "KillAfter"),
        ("Publish", "KillBefore"),
    ],
)
def test_a_notification_whose_function_dies_before_it_is_published_is_told_once(
    lifecycle: Lifecycle, operation: str, effect: str
) -> None:
    fault = {"Operation": operation, "Effect": effect, "Times": 1, "Caller": "Notify"}
    lifecycle.given(REKOGNITION.script(StartSeconds=60), faults=[fault])

    execution = lifecycle.run(REKOGNITION.model)

    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


@pytest.mark.parametrize(("operation", "effect"), [("Publish", "KillAfter"), ("UpdateItem", "KillBefore")])
def test_a_repeat_after_a_death_between_publish_and_record_carries_the_same_identity(
    lifecycle: Lifecycle, operation: str, effect: str
) -> None:
    fault = {"Operation": operation, "Effect": effect, "Times": 1, "Caller": "Notify"}
    lifecycle.given(REKOGNITION.script(StartSeconds=60), faults=[fault])

    execution = lifecycle.run(REKOGNITION.model)

    messages = lifecycle.messages(execution.arn)
    assert execution.status == "SUCCEEDED"
    assert 1 <= len(messages) <= 2
    assert len({message.document["NotificationId"] for message in messages}) == 1


def test_a_death_after_the_record_repeats_nothing(lifecycle: Lifecycle) -> None:
    fault = {"Operation": "UpdateItem", "Effect": "KillAfter", "Times": 1, "Caller": "Notify"}
    lifecycle.given(REKOGNITION.script(StartSeconds=60), faults=[fault])

    execution = lifecycle.run(REKOGNITION.model)

    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"
