"""What is done with a message, where AWS does not do as it is told at once."""

from typing import Any

import pytest

from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.vocabulary.errors import AccessDeniedError, ModelNotFoundError
from operations.redrive.letter import CallFunction, PublishAgain, StartExecution
from operations.redrive.putting_back import NotPutBackError, PuttingBack
from tests.fakes.stubbed import stubbed

STOP = "arn:aws:states:us-east-1:123456789012:stateMachine:stop-model"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:stop-model:redriven-1"
START = StartExecution(state_machine_arn=STOP, name="redriven-1", input="{}")
ASKED = {"stateMachineArn": STOP, "name": "redriven-1", "input": "{}"}
STARTED = {"executionArn": EXECUTION, "startDate": 0}
WATCH = CallFunction(function_arn="arn:aws:lambda:us-east-1:123456789012:function:Watch", does="call the watch")
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"


class Looked:
    """A model that answers a look with a status, or an error."""

    def __init__(self, found: str | Exception) -> None:
        self._found = found

    def describe(self) -> ModelDescription:
        """Answer as told."""
        if isinstance(self._found, Exception):
            raise self._found
        return ModelDescription(
            status=self._found, status_message="", min_inference_units=None, max_inference_units=None
        )


def putting_back(found: str | Exception = "RUNNING", **clients: Any) -> PuttingBack:
    """With these clients, and a model that looks like that."""
    none: dict[str, Any] = {"executions": None, "functions": None, "topics": None}
    model: Any = Looked(found)
    return PuttingBack(**{**none, **clients}, model_of=lambda _: model)


def stop() -> StopRequest:
    """Return a stop of a model."""
    given = {"ProjectName": "boards", "ModelVersion": "1"}
    return parse_stop_request(given, defaults=Defaults(start_timeout_seconds=1, stop_timeout_seconds=1), home=None)


def test_what_was_put_back_already_counts_as_put_back() -> None:
    with stubbed("stepfunctions") as (client, stub):
        stub.add_response("start_execution", STARTED, ASKED)
        stub.add_client_error("start_execution", "ExecutionAlreadyExists", expected_params=ASKED)
        back = putting_back(executions=client)

        assert back.put_back(START) == f"started {EXECUTION}"
        assert back.put_back(START) == f"was started before: {EXECUTION}"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ("TRAINED", "nothing to do: the model is not running (TRAINED)"),
        (ModelNotFoundError("None."), "nothing to do: the model does not exist any more"),
        ("HOSTED", f"started {EXECUTION}"),
        (AccessDeniedError("No."), f"started {EXECUTION}"),
    ],
)
def test_a_stop_is_started_unless_it_is_seen_that_nothing_runs(found: str | Exception, says: str) -> None:
    start = StartExecution(state_machine_arn=STOP, name="redriven-1", input="{}", stops=stop())
    with stubbed("stepfunctions") as (client, stub):
        if says.startswith("started"):
            stub.add_response("start_execution", STARTED, ASKED)

        assert putting_back(found, executions=client).put_back(start) == says


def test_a_call_that_failed_for_one_message_is_not_made_again_for_the_next() -> None:
    class Functions:
        """One that fails."""

        calls = 0

        def invoke(self, **_: Any) -> dict[str, Any]:
            """Answer as Lambda does for a function that raised."""
            self.calls += 1
            return {"FunctionError": "Unhandled", "Payload": _Payload()}

    class _Payload:
        def read(self) -> bytes:
            return b'{"errorMessage": "denied"}'

    functions = Functions()
    back = putting_back(functions=functions)

    for _ in range(2):
        with pytest.raises(NotPutBackError, match=r"the function Watch failed again: .*denied"):
            back.put_back(WATCH)
    assert functions.calls == 1


def test_a_notification_that_several_subscribers_missed_is_published_once() -> None:
    again = PublishAgain(message_id="m", topic_arn=TOPIC, subject="", message={"default": "x"}, attributes={})
    asked = {"TopicArn": TOPIC, "MessageStructure": "json", "Message": '{"default": "x"}', "MessageAttributes": {}}
    with stubbed("sns") as (client, stub):
        stub.add_response("publish", {"MessageId": "n"}, asked)
        back = putting_back(topics=client)

        assert [back.put_back(again), back.put_back(again)] == ["published again as n"] * 2
