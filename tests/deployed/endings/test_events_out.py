"""Every end is also an event on the default bus: the same document, once."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from local.network.faults import calls
from tests.deployed.lifecycle import Execution, Lifecycle
from tests.deployed.services import REKOGNITION, ServiceWords, services_in_turn
from tests.deployed.someone import Someone
from tests.local_aws.acting_aws import open_queue

service_in_turn = services_in_turn()
HOUR = 3_600
SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[3] / "schemas" / "model-lifecycle-event.json").read_text(encoding="utf-8"))
)


class Listener:
    """A program that listens to what the app says on the default bus: a queue behind a rule."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._sqs = lifecycle.aws.client("sqs")
        self._events = lifecycle.aws.client("events")
        queue = open_queue(lifecycle.aws, "listener")
        self._url = self._sqs.get_queue_url(QueueName="listener")["QueueUrl"]
        self._events.put_rule(Name="listener", EventPattern=json.dumps({"source": ["model-lifecycle"]}))
        self._events.put_targets(Rule="listener", Targets=[{"Id": "queue", "Arn": queue}])

    def close(self) -> None:
        self._events.remove_targets(Rule="listener", Ids=["queue"])
        self._events.delete_rule(Name="listener")
        self._sqs.delete_queue(QueueUrl=self._url)

    def heard(self) -> list[dict[str, Any]]:
        """Every event since the last call; each is of the schema."""
        self._lifecycle.settle()
        events = []
        while received := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in received:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                events.append(json.loads(message["Body"]))
        for event in events:
            SCHEMA.validate(event)
        return events


@pytest.fixture
def listener(lifecycle: Lifecycle) -> Iterator[Listener]:
    listener = Listener(lifecycle)
    yield listener
    listener.close()


def assert_heard(lifecycle: Lifecycle, listener: Listener, execution: Execution, detail_type: str) -> None:
    """Nothing was heard but the one event that says what the one message of the execution says."""
    [event] = listener.heard()
    assert (event["source"], event["detail-type"]) == ("model-lifecycle", detail_type)
    assert event["detail"] == lifecycle.only_message(execution).document


@service_in_turn
def test_a_model_that_runs_and_one_that_is_stopped(
    lifecycle: Lifecycle, listener: Listener, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60))

    started = lifecycle.run(service.model)
    assert_heard(lifecycle, listener, started, "Model Running")

    stopped = lifecycle.run_stop(service.model)
    assert_heard(lifecycle, listener, stopped, "Model Stopped")

    nothing_to_stop = lifecycle.run_stop(service.model)
    assert_heard(lifecycle, listener, nothing_to_stop, "Model Stopped")


@service_in_turn
def test_a_start_that_fails_and_one_that_is_not_valid(
    lifecycle: Lifecycle, listener: Listener, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=60, StartEndsIn=service.failed))

    assert_heard(lifecycle, listener, lifecycle.run(service.model), "Model Failed")
    assert_heard(lifecycle, listener, lifecycle.run({**service.model, "Wait": 1}), "Model Failed")
    assert_heard(lifecycle, listener, lifecycle.run([]), "Model Failed")
    assert_heard(lifecycle, listener, lifecycle.run_stop({**service.model, "Wait": 1}), "Model Failed")


@service_in_turn
def test_a_start_that_times_out_and_its_clean_up(
    lifecycle: Lifecycle, listener: Listener, service: ServiceWords
) -> None:
    lifecycle.given(service.script(StartSeconds=100))

    start = lifecycle.run({**service.model, "StartTimeoutSeconds": 60})

    events = {event["detail-type"]: event["detail"] for event in listener.heard()}
    timed_out = lifecycle.only_message(start).document
    clean_up = lifecycle.end_of(timed_out["CleanUp"]["ExecutionArn"])
    assert events == {
        "Model Timed Out": timed_out,
        "Model Stopped": lifecycle.only_message(clean_up).document,
    }


@service_in_turn
def test_an_execution_that_is_aborted(lifecycle: Lifecycle, listener: Listener, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=600))
    with lifecycle.clock.running():
        start = lifecycle.start(service.model)
        lifecycle.pass_time(60)
        lifecycle.abort(start, cause="Not today.")

    assert_heard(lifecycle, listener, lifecycle.end_of(start), "Model Aborted")


@service_in_turn
def test_a_stop_that_does_not_take(lifecycle: Lifecycle, listener: Listener, service: ServiceWords) -> None:
    lifecycle.given(
        service.script(Status=service.running), faults=[{"Operation": service.stop, "Error": "AccessDeniedException"}]
    )

    assert_heard(lifecycle, listener, lifecycle.run_stop(service.model), "Model Still Billing")


@service_in_turn
def test_a_lease_that_moves_and_a_stop_that_is_not_wanted_any_more(
    lifecycle: Lifecycle, listener: Listener, service: ServiceWords
) -> None:
    lifecycle.given(
        service.script(StartSeconds=0), faults=[{"Operation": "DeleteSchedule", "Error": "AccessDeniedException"}]
    )
    lifecycle.run({**service.model, "StopAfterSeconds": HOUR})
    listener.heard()

    later = lifecycle.run({**service.model, "StopAfterSeconds": 3 * HOUR})
    assert_heard(lifecycle, listener, later, "Model Lease Moved")

    lifecycle.pass_time(HOUR)
    assert listener.heard() == []


@service_in_turn
def test_a_model_that_the_watch_finds(lifecycle: Lifecycle, listener: Listener, service: ServiceWords) -> None:
    lifecycle.given(service.script(StartSeconds=0))
    assert Someone(lifecycle.aws, service).starts()

    lifecycle.pass_time(26 * HOUR)

    [event] = listener.heard()
    [message] = lifecycle.told_by_watch()
    assert (event["detail-type"], event["detail"]) == ("Model Still Billing", message.document)


@pytest.mark.parametrize(
    "fault",
    [
        {"Operation": "PutEvents", "Error": "InternalException", "Times": 1},
        {"Operation": "PutEvents", "Error": "InternalException", "Times": 8},
        {"Operation": "PutEvents", "Effect": "Refuse", "Times": 2},
        {"Operation": "PutEvents", "Effect": "KillBefore", "Times": 1},
        {"Operation": "Publish", "Error": "InternalError", "Caller": "Notify", "Times": 8},
        {"Operation": "Publish", "Effect": "KillBefore", "Caller": "Notify", "Times": 1},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_trouble_with_one_of_the_two_neither_repeats_nor_loses_the_other(
    lifecycle: Lifecycle, listener: Listener, fault: dict[str, Any]
) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=60), faults=[{**fault, "Caller": "Notify"}])

    execution = lifecycle.run(REKOGNITION.model)

    assert execution.status == "SUCCEEDED"
    assert_heard(lifecycle, listener, execution, "Model Running")


def test_a_topic_that_refuses_for_ever_does_not_silence_the_bus(lifecycle: Lifecycle, listener: Listener) -> None:
    lifecycle.given(
        REKOGNITION.script(StartSeconds=60), faults=[{"Operation": "Publish", "Error": "AuthorizationError"}]
    )

    execution = lifecycle.run(REKOGNITION.model)

    [event] = listener.heard()
    assert (event["detail-type"], event["detail"]["ExecutionArn"]) == ("Model Running", execution.arn)
    assert lifecycle.messages(execution.arn) == []
    assert len(lifecycle.dead_letters("Untold")) == 1


def test_ten_starts_at_once_are_ten_events(lifecycle: Lifecycle, listener: Listener) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=60))

    with lifecycle.clock.running():
        started = [lifecycle.start(REKOGNITION.model) for _ in range(10)]

    events = listener.heard()
    assert Counter(event["detail"]["ExecutionArn"] for event in events) == Counter(started)
    assert len([call for call in calls("PutEvents") if call.caller and call.outcome == "OK"]) == 10
