"""A function that dies before or after any call to AWS: the start ends as if it had not."""

from collections.abc import Iterator
from itertools import product

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.many_lives import Life, Lived
from tests.deployed.services import BOTH, REKOGNITION
from tests.soak import covering

STARTED = {"StartSeconds": 100}


def step_cases() -> Iterator[Life]:
    for service in BOTH:
        calls = ("GetItem", service.describe, "PutItem", service.start)
        for operation, effect in product(calls, ("KillBefore", "KillAfter")):
            life = Life(service=service, operation=operation, error=effect, script=STARTED)
            yield life.with_faults({"Times": 1, "Caller": "StartModel"})


@pytest.mark.parametrize("life", covering(step_cases(), one_in=3), ids=str)
def test_a_start_step_that_dies_at_a_call_is_taken_again(lived: Lived) -> None:
    assert lived.execution.status == "SUCCEEDED"
    assert lived.execution.output["Asked"] is True
    assert lived.execution.output["AlreadyRunning"] is False
    assert lived.document["Outcome"] == "Running"
    assert lived.carried_out(lived.service.start) == 1


CHECKS = [
    Life(service=service, operation=service.describe, error="KillAfter", script=STARTED).with_faults(
        {"Times": 1, "Caller": "CheckModel"}
    )
    for service in BOTH
]


@pytest.mark.parametrize("life", CHECKS, ids=str)
def test_a_check_step_that_dies_is_taken_again(lived: Lived) -> None:
    assert lived.execution.status == "SUCCEEDED"
    assert lived.document["Outcome"] == "Running"


DYING = [
    Life(service=service, operation=service.start, error="KillAfter", script=STARTED).with_faults(
        {"Times": 1},
        {"Operation": "GetItem", "Effect": "KillBefore", "After": 1, "Caller": "StartModel"},
    )
    for service in BOTH
]


@pytest.mark.parametrize("life", DYING, ids=str)
def test_a_start_step_that_dies_each_time_after_its_start_says_that_the_model_may_bill(lived: Lived) -> None:
    execution, document = lived.execution, lived.document
    assert (execution.status, execution.error) == ("FAILED", "FunctionFailedError")
    assert "Runtime.ExitError" in execution.cause
    assert document["Status"] == lived.service.starting
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
