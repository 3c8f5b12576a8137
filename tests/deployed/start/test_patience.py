"""Temporary conditions are retried until the deadline, and nothing before it ends a start."""

import pytest

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords, services_in_turn

service_in_turn = services_in_turn()


@service_in_turn
def test_throttling_that_passes_delays_a_start_and_nothing_else(lifecycle: Lifecycle, service: ServiceWords) -> None:
    faults = [
        {"Operation": service.describe, "Error": "ThrottlingException", "After": 1, "Times": 3},
        {"Operation": service.start, "Error": "ThrottlingException", "Times": 2},
    ]
    lifecycle.given(service.script(StartSeconds=100), faults=faults)

    execution = lifecycle.run(service.model)

    assert execution.status == "SUCCEEDED"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


@service_in_turn
def test_throttling_that_does_not_pass_ends_at_the_deadline(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(), faults=[{"Operation": service.describe, "Error": "ThrottlingException"}])

    execution = lifecycle.run({**service.model, "StartTimeoutSeconds": 900})

    assert (execution.status, execution.error) == ("FAILED", "StartTimedOutError")
    assert "ThrottlingException" in execution.cause
    assert 900 <= execution.seconds <= 930
    assert lifecycle.only_message(execution).document["Outcome"] == "TimedOut"
    assert calls(service.start) == []


@pytest.mark.parametrize(
    ("service", "status", "then"),
    [
        (REKOGNITION, "TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"),
        (REKOGNITION, "COPYING_IN_PROGRESS", "COPYING_COMPLETED"),
        (LOOKOUT_VISION, "TRAINING", "TRAINED"),
        (LOOKOUT_VISION, "SYSTEM_UPDATING", "TRAINED"),
    ],
    ids=str,
)
def test_a_model_that_can_never_be_started_in_time_is_given_up(
    lifecycle: Lifecycle, service: ServiceWords, status: str, then: str
) -> None:
    lifecycle.given(service.script(Status=status))

    execution = lifecycle.run({**service.model, "StartTimeoutSeconds": 300})

    assert (execution.status, execution.error) == ("FAILED", "StartTimedOutError")
    assert status in execution.cause
    assert lifecycle.only_message(execution).document["Outcome"] == "TimedOut"

    lifecycle.given(service.script(Status=then))
    assert lifecycle.run(service.model).status == "SUCCEEDED"


@service_in_turn
def test_a_fixed_interval_is_kept(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=200))

    execution = lifecycle.run({**service.model, "PollIntervalSeconds": 100})

    assert execution.output["Checks"] == 3
    assert 200 <= execution.seconds <= 210


@pytest.mark.parametrize(
    ("service", "full"),
    [(REKOGNITION, "LimitExceededException"), (LOOKOUT_VISION, "ServiceQuotaExceededException")],
    ids=str,
)
def test_a_stop_ends_a_start_that_waits_for_a_place_in_the_quota(
    lifecycle: Lifecycle, service: ServiceWords, full: str
) -> None:
    lifecycle.given(service.script(), faults=[{"Operation": service.start, "Error": full, "Times": 10}])
    with lifecycle.clock.running():
        waiting = lifecycle.start(service.model)
        lifecycle.clock.wait(60)
        stopping = lifecycle.stop(service.model)
    lifecycle.settle()

    assert lifecycle.end_of(stopping).output["AlreadyStopped"] is True
    ended = lifecycle.end_of(waiting)
    assert (ended.status, ended.error) == ("FAILED", "ModelStoppedError")
    assert ended.seconds < 180
    waited, failed = [message.document for message in lifecycle.messages(waiting)]
    assert (waited["Outcome"], failed["Outcome"], failed["MayBill"]) == ("Waiting", "Failed", False)
    assert stopping.rpartition(":")[2] in failed["Summary"]


@service_in_turn
def test_a_stop_ends_a_start_that_waits_until_the_model_is_stopped(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(service.script(StopSeconds=200))
    lifecycle.run(service.model)
    with lifecycle.clock.running():
        stopping = lifecycle.stop(service.model)
        lifecycle.clock.wait(30)
        waiting = lifecycle.start(service.model)
        lifecycle.clock.wait(60)
        joining = lifecycle.stop(service.model)
    lifecycle.settle()

    assert [lifecycle.end_of(stop).output["StartedAgain"] for stop in (stopping, joining)] == [False, False]
    ended = lifecycle.end_of(waiting)
    assert (ended.status, ended.error, len(calls(service.start))) == ("FAILED", "ModelStoppedError", 1)
    failed = lifecycle.only_message(ended).document
    assert (failed["MayBill"], joining.rpartition(":")[2] in failed["Summary"]) == (False, True)
