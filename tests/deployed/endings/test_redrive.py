"""A redrive does not move the deadline, start a running model again or repeat a message."""

from tests.deployed.lifecycle import Lifecycle, carried_out
from tests.deployed.services import REKOGNITION

DEADLINE_SECONDS = 900


def test_a_redriven_abort_goes_on_where_it_was(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=600))
    arn = lifecycle.start(REKOGNITION.model)
    lifecycle.pass_time(120)
    lifecycle.abort(arn)
    assert lifecycle.end_of(arn).status == "ABORTED"

    lifecycle.redrive(arn)
    execution = lifecycle.end_of(arn)

    assert execution.status == "SUCCEEDED"
    assert carried_out(REKOGNITION.start) == 1
    outcomes = [message.document["Outcome"] for message in lifecycle.messages(arn)]
    assert outcomes == ["Aborted", "Running"]


def test_a_redrive_of_a_model_that_runs_by_now_starts_nothing(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=60))
    arn = lifecycle.start(REKOGNITION.model)
    lifecycle.pass_time(20)
    lifecycle.abort(arn)
    lifecycle.pass_time(100)

    lifecycle.redrive(arn)
    execution = lifecycle.end_of(arn)

    assert execution.status == "SUCCEEDED"
    assert carried_out(REKOGNITION.start) == 1


def test_a_redrive_does_not_move_the_deadline(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartEndsIn="STARTING"))
    arn = lifecycle.start(
        {**REKOGNITION.model, "StartTimeoutSeconds": DEADLINE_SECONDS, "StopTimeoutSeconds": 60},
    )
    lifecycle.pass_time(600)
    lifecycle.abort(arn)
    lifecycle.pass_time(1_000)

    lifecycle.redrive(arn)
    execution = lifecycle.end_of(arn)

    assert (execution.status, execution.error) == ("FAILED", "StartTimedOutError")
    assert carried_out(REKOGNITION.start) == 1
    assert [message.document["Outcome"] for message in lifecycle.messages(arn)] == ["Aborted", "TimedOut"]
    # 600 seconds until the abort, 1,000 until the redrive, and one more look.
    assert execution.seconds <= 1_630


def test_a_fail_that_is_entered_again_says_nothing_again(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=60, StartEndsIn="FAILED"))
    execution = lifecycle.run(REKOGNITION.model)
    assert execution.status == "FAILED"

    for _ in range(2):
        lifecycle.redrive(execution.arn)
        assert lifecycle.end_of(execution.arn).status == "FAILED"

    assert lifecycle.only_message(execution).document["Outcome"] == "Failed"


def test_a_fail_that_could_not_be_told_is_told_after_its_redrive_once(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(StartSeconds=60, StartEndsIn="FAILED"),
        faults=[{"Operation": "Publish", "Error": "InternalError", "Caller": "Notify", "Times": 9}],
    )
    execution = lifecycle.run(REKOGNITION.model)
    assert lifecycle.messages(execution.arn) == []
    lifecycle.dead_letters("Untold")

    for _ in range(2):
        lifecycle.redrive(execution.arn)
        lifecycle.end_of(execution.arn)

    assert lifecycle.only_message(execution).document["Outcome"] == "Failed"


def test_an_execution_that_is_aborted_while_it_tells_is_told_so_besides(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(StartSeconds=60),
        faults=[{"Operation": "Publish", "Effect": "KillAfter", "Caller": "Notify", "Times": 1}],
    )
    arn = lifecycle.start(REKOGNITION.model)
    lifecycle.pass_time(63)
    lifecycle.abort(arn)
    execution = lifecycle.end_of(arn)

    assert execution.status == "ABORTED"
    assert execution.states[-1] == "Notify running"
    told = [message.document["Outcome"] for message in lifecycle.messages(execution.arn)]
    assert sorted(told) == ["Aborted", "Running"]
