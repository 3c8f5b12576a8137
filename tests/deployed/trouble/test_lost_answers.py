"""Lost answers: no start is requested twice, and no temporary fault ends one."""

from collections.abc import Iterator

import pytest

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.many_lives import Life, Lived
from tests.deployed.services import BOTH, LOOKOUT_VISION, REKOGNITION, ServiceWords, both_services

HOUR = 3_600


def test_a_model_that_someone_stopped_after_a_start_nobody_heard_of_is_not_started_again(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(StartSeconds=10, Then=[{"AfterSeconds": 60, "Status": "STOPPED"}]),
        faults=[
            {"Operation": "StartProjectVersion", "Effect": "LoseAnswer", "Times": 1},
            {"Operation": "DescribeProjectVersions", "Error": "ThrottlingException", "After": 1, "Times": 1},
        ],
    )

    execution = lifecycle.run({**REKOGNITION.model, "PollIntervalSeconds": 120})

    assert (execution.status, execution.error) == ("FAILED", "ModelFailedError")
    assert "not started again" in execution.cause
    assert len(calls("StartProjectVersion")) == 1
    assert lifecycle.only_message(execution).document["Asked"] is True


@both_services
@pytest.mark.parametrize("caller", ["StartModel", "CheckModel"])
def test_a_record_whose_writing_nobody_heard_of_is_known_to_be_written(
    lifecycle: Lifecycle, service: ServiceWords, caller: str
) -> None:
    lost = {"Operation": "PutItem", "Effect": "LoseAnswer", "Caller": caller, "Times": 1}
    lifecycle.given(service.script(StartSeconds=60), faults=[lost])

    execution = lifecycle.run(service.model)

    assert (execution.status, len(calls(service.start))) == ("SUCCEEDED", 1)
    assert "Wait to retry" not in execution.states
    assert execution.seconds < 90


def test_what_was_told_is_remembered_though_nobody_heard_of_the_writing(lifecycle: Lifecycle) -> None:
    lost = [
        {"Operation": "PutItem", "Effect": "LoseAnswer", "Caller": caller, "Times": 2}
        for caller in ("Notify", "WatchModels")
    ]
    lifecycle.given(
        REKOGNITION.script(Status="RUNNING", RunningForSeconds=30 * HOUR), LOOKOUT_VISION.script(), faults=lost
    )

    execution = lifecycle.run({**LOOKOUT_VISION.model, "PollIntervalSeconds": 10})
    lifecycle.pass_time(HOUR)

    # The memory of a telling that is under way keeps others from telling the same, until its function must have ended.
    assert execution.seconds < 30
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"
    assert [message.document["Outcome"] for message in lifecycle.told_by_watch()] == ["StillBilling"]
    assert lifecycle.dead_letters("Unwatched") == []


def test_a_lease_whose_move_nobody_heard_of_leaves_no_other_stop_armed(lifecycle: Lifecycle) -> None:
    lost = {"Operation": "UpdateItem", "Effect": "LoseAnswer", "Caller": "StartModel", "Times": 1}
    lifecycle.given(REKOGNITION.script(), faults=[lost])
    lifecycle.run({**REKOGNITION.model, "StopAfterSeconds": HOUR})

    execution = lifecycle.run({**REKOGNITION.model, "StopAfterSeconds": 2 * HOUR})

    assert lifecycle.only_message(execution).document["Outcome"] == "LeaseMoved"
    assert len(lifecycle.armed()) == 1


@both_services
def test_a_start_that_was_lost_on_the_way_is_asked_for_again(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(StartSeconds=60), faults=[{"Operation": service.start, "Effect": "Refuse", "Times": 1}]
    )

    execution = lifecycle.run({**service.model, "PollIntervalSeconds": 120})

    assert execution.status == "SUCCEEDED"
    assert len(calls(service.start)) == 2
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


def lost_once() -> Iterator[Life]:
    """Yield starts and stops with a lease: for each kind of call, the first answer is lost."""
    for service in BOTH:
        leased = {"StopAfterSeconds": 10 * HOUR}
        for operation in ("GetItem", "PutItem", "CreateSchedule", service.describe, service.start):
            start = Life(service=service, operation=operation, error="LoseAnswer", fields=leased)
            yield start.with_faults({"Times": 1})
        for operation in ("GetItem", "PutItem", service.describe, service.stop):
            stop = Life(service=service, operation=operation, error="LoseAnswer", stops=True, before=leased)
            yield stop.with_faults({"Times": 1})


@pytest.mark.parametrize("life", list(lost_once()), ids=lambda life: f"{'stop' if life.stops else 'start'}-{life}")
def test_an_answer_that_is_lost_changes_nothing(life: Life, lived: Lived) -> None:
    assert [call.outcome for call in lived.calls].count("LoseAnswer") == 1
    assert lived.execution.status == "SUCCEEDED", lived.execution.cause
    assert lived.document["Outcome"] == ("Stopped" if life.stops else "Running")
    assert lived.carried_out(life.service.stop if life.stops else life.service.start) == 1
    assert len(lived.armed) == (0 if life.stops else 1)
    assert lived.says == (life.service.stopped if life.stops else life.service.running)


def test_a_client_token_that_was_used_before_says_that_its_answer_may_be_the_old_one(lifecycle: Lifecycle) -> None:
    lifecycle.given(LOOKOUT_VISION.script(StartSeconds=10, Then=[{"AfterSeconds": 60, "Status": "TRAINED"}]))
    morning = {**LOOKOUT_VISION.model, "ClientToken": "morning", "PollIntervalSeconds": 15}
    assert lifecycle.run(morning).status == "SUCCEEDED"
    lifecycle.pass_time(60)

    execution = lifecycle.run(morning)

    assert (execution.status, execution.error) == ("FAILED", "ModelFailedError")
    assert "ClientToken was used in the last 8 hours" in execution.cause


@pytest.mark.parametrize("error", ["TooManyRequestsException", "ServiceException"])
def test_a_lambda_that_cannot_answer_for_minutes_ends_no_start(lifecycle: Lifecycle, error: str) -> None:
    fault = {"Operation": "Invoke", "Error": error, "After": 1, "Times": 20}
    lifecycle.given(REKOGNITION.script(StartSeconds=60), faults=[fault])

    execution = lifecycle.run(REKOGNITION.model)

    assert execution.status == "SUCCEEDED", execution.cause
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


def test_an_abort_before_the_start_call_says_that_the_model_may_still_be_started(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script())
    with lifecycle.clock.running():
        arn = lifecycle.start(REKOGNITION.model)
        lifecycle.abort(arn)
    execution = lifecycle.end_of(arn)

    assert execution.status == "ABORTED"
    document = lifecycle.only_message(execution).document
    assert document["MayBill"] is True
    assert document["Asked"] is None
