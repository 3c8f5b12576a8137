"""What is done with a message so that its purpose is fulfilled after all."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from model_lifecycle.model.model import Model
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.stop_request import StopRequest
from model_lifecycle.vocabulary.errors import ModelLifecycleError, ModelNotFoundError
from model_lifecycle.vocabulary.foreign import quoted, word
from model_lifecycle.vocabulary.phase import Phase, meaning_of
from operations.redrive.letter import CallFunction, PublishAgain, Remedy, StartExecution

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

_MOST_OF_AN_ANSWER = 300


class NotPutBackError(Exception):
    """It could not be put back, for the reason in the text: its message stays."""


class PuttingBack:
    """Puts back one message after the other. What does for several is done once.

    Raises NotPutBackError, BotoCoreError and ClientError.
    """

    def __init__(
        self,
        *,
        executions: "SFNClient",
        functions: "LambdaClient",
        topics: "SNSClient",
        model_of: Callable[[ModelRequest], Model],
    ) -> None:
        """`functions`: with a client that waits for an answer as long as a function may run."""
        self._executions = executions
        self._functions = functions
        self._topics = topics
        self._model_of = model_of
        self._done: dict[object, str | Exception] = {}

    def put_back(self, remedy: Remedy) -> str:
        """Put a message back, and say what came of it. Nothing is done twice, however often this is called."""
        match remedy:
            case StartExecution():
                return self._start(remedy)
            case CallFunction(event=None):
                return self._once(remedy, lambda: self._called(remedy.function_arn, "{}"))
            case CallFunction():
                return self._called(remedy.function_arn, json.dumps(remedy.event))
            case PublishAgain():
                return self._once(remedy.message_id, lambda: self._publish(remedy))

    def _once(self, what: object, do: Callable[[], str]) -> str:
        """Do what does for several messages; what failed fails for all of them."""
        if what not in self._done:
            try:
                self._done[what] = do()
            except (NotPutBackError, BotoCoreError, ClientError) as error:
                self._done[what] = error
        done = self._done[what]
        if isinstance(done, Exception):
            raise done
        return done

    def _start(self, start: StartExecution) -> str:
        if start.stops is not None and (already := self._stopped_meanwhile(start.stops)):
            return already
        execution = f"{start.state_machine_arn.replace(':stateMachine:', ':execution:')}:{start.name}"
        try:
            self._executions.start_execution(
                stateMachineArn=start.state_machine_arn, name=start.name, input=start.input
            )
        except self._executions.exceptions.ExecutionAlreadyExists:
            return f"was started before: {execution}"
        return f"started {execution}"

    def _stopped_meanwhile(self, stop: StopRequest) -> str:
        """Return why nothing is left to stop; empty if something may be, or if that cannot be seen."""
        try:
            status = self._model_of(stop).describe().status
        except ModelNotFoundError:
            return "nothing to do: the model does not exist any more"
        except (ModelLifecycleError, BotoCoreError, ClientError):
            return ""
        stopped = meaning_of(status, stop.service.statuses).stop_before is Phase.STOPPED
        return f"nothing to do: the model is not running ({word(status)})" if stopped else ""

    def _called(self, function_arn: str, payload: str) -> str:
        name = function_arn.rpartition(":")[2]
        answer = self._functions.invoke(FunctionName=function_arn, Payload=payload.encode())
        said = answer["Payload"].read().decode(errors="replace")
        if answer.get("FunctionError"):
            raise NotPutBackError(f"the function {name} failed again: {quoted(said, _MOST_OF_AN_ANSWER)}")
        return f"called {name}"

    def _publish(self, again: PublishAgain) -> str:
        subject = {"Subject": again.subject} if again.subject else {}
        answer = self._topics.publish(
            TopicArn=again.topic_arn,
            MessageStructure="json",
            Message=json.dumps(again.message),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in again.attributes.items()
            },
            **subject,
        )
        return f"published again as {answer['MessageId']}"
