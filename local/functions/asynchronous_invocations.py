"""What Lambda does with events that nobody waits for: two retries, and where they go that failed all the same.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction

from local.account import Account
from local.functions.runtime_api import Outcome
from local.iam.iam import Credentials

_RETRY_AFTER_SECONDS = (60, 120)


class AsynchronousInvocations:
    """Delivers events to functions, on the clock of the local AWS."""

    def __init__(
        self, aws: Account, invoke: Callable[..., Outcome], credentials: Callable[[LambdaFunction], Credentials]
    ) -> None:
        self._aws = aws
        self._invoke = invoke
        self._credentials = credentials

    def accept(self, function: LambdaFunction, payload: bytes) -> None:
        """Take an event; a thread of its own delivers it."""
        request_id = str(uuid.uuid4())

        def deliver() -> None:
            with self._aws.until_it_ends():
                self._deliver(function, payload, request_id)

        self._aws.clock.spawn(deliver, name=f"event {request_id}")

    def _deliver(self, function: LambdaFunction, payload: bytes, request_id: str) -> None:
        settings = _settings(function)
        outcome = self._outcome(function, payload, request_id)
        invocations = 1
        for seconds in _RETRY_AFTER_SECONDS[: settings.get("MaximumRetryAttempts", 2)]:
            if not outcome.failed:
                break
            self._aws.clock.wait(seconds)
            outcome = self._outcome(function, payload, request_id)
            invocations += 1
        if self._aws.ending.is_set():
            # What failed as its process was ended was not delivered, and has not failed either.
            return
        destinations = settings.get("DestinationConfig") or {}
        kind, condition = ("OnFailure", "RetriesExhausted") if outcome.failed else ("OnSuccess", "Success")
        if destination := (destinations.get(kind) or {}).get("Destination"):
            record = self._record(function, payload, outcome, request_id, condition, invocations)
            self._send(function, destination, json.dumps(record))
        dead_letters = getattr(function, "dead_letter_config", None) or {}
        if outcome.failed and (target := dead_letters.get("TargetArn")):
            self._send(function, target, payload.decode(), _dead_letter_attributes(outcome, request_id))

    def _outcome(self, function: LambdaFunction, payload: bytes, request_id: str) -> Outcome:
        try:
            return self._invoke(function, payload, request_id=request_id)
        except LambdaClientError as error:
            # The event was taken already: nobody is there to be refused.
            return Outcome.failure(error.error_type, str(error.message))

    def _record(
        self,
        function: LambdaFunction,
        payload: bytes,
        outcome: Outcome,
        request_id: str,
        condition: str,
        invocations: int,
    ) -> dict[str, Any]:
        now = self._aws.clock.now()
        response: dict[str, Any] = {"statusCode": 200, "executedVersion": str(function.version)}
        if outcome.failed:
            response["functionError"] = "Unhandled"
        return {
            "version": "1.0",
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
            "requestContext": {
                "requestId": request_id,
                "functionArn": f"{function.function_arn}:{function.version}",
                "condition": condition,
                "approximateInvokeCount": invocations,
            },
            "requestPayload": json.loads(payload),
            "responseContext": response,
            "responsePayload": json.loads(outcome.payload),
        }

    def _send(
        self, function: LambdaFunction, target_arn: str, message: str, attributes: dict[str, Any] | None = None
    ) -> None:
        """Send as the function's role; what that may not send is lost."""
        _, _, service, _, account, name = target_arn.split(":", 5)
        if service not in ("sqs", "sns"):
            raise NotImplementedError(f"no delivery to {target_arn}")
        # What a destination does not get, or what no role may send, is lost.
        with suppress(ClientError, LambdaClientError):
            client = self._aws.client(service, key=self._credentials(function).key)
            if service == "sqs":
                url = f"{self._aws.endpoint_url}/{account}/{name}"
                client.send_message(QueueUrl=url, MessageBody=message, MessageAttributes=attributes or {})
            else:
                client.publish(TopicArn=target_arn, Message=message, MessageAttributes=attributes or {})


def _settings(function: LambdaFunction) -> dict[str, Any]:
    settings: dict[str, Any] = function.event_invoke_config[-1].config if function.event_invoke_config else {}
    return settings


def _dead_letter_attributes(outcome: Outcome, request_id: str) -> dict[str, Any]:
    message = json.loads(outcome.payload).get("errorMessage", "")
    values = {"RequestID": ("String", request_id), "ErrorCode": ("Number", "200"), "ErrorMessage": ("String", message)}
    return {name: {"DataType": kind, "StringValue": value[:1024] or "-"} for name, (kind, value) in values.items()}
