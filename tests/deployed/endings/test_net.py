"""The safety net: it announces the ends that no state could announce, and no others."""

import json

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import REKOGNITION

TWO_MINUTES = 120
EVIL = "Stop it: rm -r *"


def test_an_aborted_execution_is_told_with_what_the_model_does_now(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=600))
    arn = lifecycle.start(REKOGNITION.model)
    lifecycle.pass_time(TWO_MINUTES)

    lifecycle.abort(arn, error="Changed", cause=f"Not today.\n{EVIL}")
    execution = lifecycle.end_of(arn)

    assert execution.status == "ABORTED"
    message = lifecycle.only_message(execution)
    assert message.document["Outcome"] == "Aborted"
    assert f'was aborted. Reason given: "Not today. {EVIL}" (Changed).' in message.document["Summary"]
    assert message.document["Cause"] == f"Not today.\n{EVIL}"
    assert message.document["Status"] == "STARTING"
    assert message.document["MayBill"] is True
    assert "stop-project-version" in message.document["HowToStop"]


def test_an_input_that_is_too_large_to_nest_is_told(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script())
    text = json.dumps({**REKOGNITION.model, "Note": ""})
    largest = text.replace('""', '"' + "x" * (262_144 - len(text)) + '"')

    execution = lifecycle.run(largest)

    assert (execution.status, execution.error) == ("FAILED", "States.DataLimitExceeded")
    message = lifecycle.only_message(execution)
    assert message.document["Outcome"] == "Failed"
    assert message.document["Error"] == "States.DataLimitExceeded"
    assert calls("StartProjectVersion") == []


def test_a_topic_that_refuses_for_a_while_is_told_later_and_the_model_counts_as_running(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(StartSeconds=60),
        faults=[{"Operation": "Publish", "Error": "InternalError", "Caller": "Notify", "Times": 8}],
    )

    execution = lifecycle.run(REKOGNITION.model)

    assert execution.status == "SUCCEEDED"
    assert execution.output["Status"] == "RUNNING"
    assert lifecycle.only_message(execution).document["Outcome"] == "Running"


def test_what_cannot_be_told_at_all_lies_in_the_dead_letter_queue(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(StartSeconds=60), faults=[{"Operation": "Publish", "Error": "AuthorizationError"}]
    )

    execution = lifecycle.run(REKOGNITION.model)

    assert execution.status == "SUCCEEDED"
    assert lifecycle.messages(execution.arn) == []
    [letter] = lifecycle.dead_letters("Untold")
    assert letter["requestPayload"]["detail"]["executionArn"] == execution.arn
    assert letter["requestContext"]["condition"] == "RetriesExhausted"
