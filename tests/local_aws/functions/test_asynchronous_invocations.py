"""Invocations that nobody waits for."""

import json
from typing import Any

import pytest
from moto.awslambda_simple.models import lambda_simple_backends

from local.clock.clock import VirtualClock
from tests.local_aws.conftest import Workbench

FAIL = """
    import datetime
    def handler(event, context):
        print(datetime.datetime.now(datetime.UTC).timestamp())
        raise KeyError("boo")
"""


@pytest.fixture
def destination(bench: Workbench) -> str:
    return bench.queue()


def send(bench: Workbench, function: str, event: Any) -> int:
    """Send an event, let all come to rest, and return the answer's status."""
    clock = bench.aws.clock
    assert isinstance(clock, VirtualClock)
    answer = bench.aws.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event))
    clock.settle()
    return int(answer["StatusCode"])


def configure(bench: Workbench, function: str, destination: str, **settings: Any) -> None:
    bench.aws.client("lambda").put_function_event_invoke_config(
        FunctionName=function, DestinationConfig={"OnFailure": {"Destination": destination}}, **settings
    )


def test_a_failing_function_is_tried_again_after_one_minute_and_two(bench: Workbench, destination: str) -> None:
    function = bench.function(FAIL)
    configure(bench, function, destination)
    before = bench.aws.clock.now()
    assert send(bench, function, {"a": 1}) == 202
    assert (bench.aws.clock.now() - before).total_seconds() == 180
    [message] = bench.received(destination)
    record = json.loads(message["Body"])
    assert record["requestContext"].pop("requestId") == record["responsePayload"]["requestId"]
    assert record["requestContext"] == {
        "functionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{function}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert record["version"] == "1.0"
    assert record["timestamp"].endswith("Z")
    assert record["requestPayload"] == {"a": 1}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert record["responsePayload"]["errorType"] == "KeyError"


def test_fewer_retries_can_be_asked_for(bench: Workbench, destination: str) -> None:
    function = bench.function(FAIL)
    configure(bench, function, destination, MaximumRetryAttempts=0)
    before = bench.aws.clock.now()
    send(bench, function, {})
    assert bench.aws.clock.now() == before
    [message] = bench.received(destination)
    assert json.loads(message["Body"])["requestContext"]["approximateInvokeCount"] == 1


def test_what_succeeds_goes_nowhere(bench: Workbench, destination: str) -> None:
    function = bench.function("def handler(event, context): pass")
    configure(bench, function, destination)
    assert send(bench, function, {}) == 202
    assert bench.received(destination) == []


def test_a_dead_letter_queue_gets_the_event_itself(bench: Workbench, destination: str) -> None:
    function = bench.function(FAIL)
    model = lambda_simple_backends["123456789012"]["us-east-1"].get_function(function)
    # moto reads this from no request; CloudFormation sets it.
    model.dead_letter_config = {"TargetArn": destination}
    send(bench, function, {"a": 1})
    [message] = bench.received(destination)
    assert json.loads(message["Body"]) == {"a": 1}
    assert message["MessageAttributes"]["ErrorMessage"]["StringValue"] == "'boo'"
