"""Bringing an event to its target as EventBridge does: in the background, repeatedly, at last to a dead-letter queue.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html and eb-rule-dlq.html
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.account import Account
from local.iam.iam import Iam

_LONGEST_PAUSE_SECONDS = 300
_DEFAULT_ATTEMPTS = 185
_DEFAULT_AGE_SECONDS = 86_400
_ONCE = Config(retries={"total_max_attempts": 1}, max_pool_connections=50)
_TRANSIENT = {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "Throttled"}


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one target.

    `target` has the fields of PutTargets; `event` is what a dead-letter queue gets, `text` what the target gets.
    """

    id: str
    target: dict[str, Any]
    text: str
    event: str
    source_arn: str
    source_name: str = "RULE_ARN"

    @property
    def arn(self) -> str:
        """The target."""
        return str(self.target["Arn"])

    @property
    def by(self) -> str:
        """The service that delivers."""
        return "scheduler.amazonaws.com" if self.source_name == "SCHEDULE_ARN" else "events.amazonaws.com"

    @property
    def for_whom(self) -> str:
        """What it delivers for, as a role's trust has it: the rule, or the group of the schedule."""
        head, _, name = self.source_arn.partition(":schedule/")
        return f"{head}:schedule-group/{name.partition('/')[0]}" if name else head


class Deliveries:
    """Delivers to state machines, functions, queues and topics through their APIs."""

    def __init__(self, aws: Account, iam: Iam) -> None:
        self._aws = aws
        self._iam = iam

    def begin(self, delivery: Delivery) -> None:
        """Deliver in a thread of its own."""
        self._aws.clock.spawn(lambda: self.deliver(delivery), name=f"delivery {delivery.id}")

    def deliver(self, delivery: Delivery) -> None:
        """Deliver; return when it is done, given up or the local AWS ends."""
        with self._aws.until_it_ends():
            self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        policy = delivery.target.get("RetryPolicy") or {}
        attempts = policy.get("MaximumRetryAttempts", _DEFAULT_ATTEMPTS)
        oldest = self._aws.clock.now() + timedelta(seconds=policy.get("MaximumEventAgeInSeconds", _DEFAULT_AGE_SECONDS))
        send = self._sender(delivery)
        retries = 0
        while not self._aws.ending.is_set():
            try:
                send()
            except (ClientError, BotoCoreError) as error:
                pause = min(2**retries, _LONGEST_PAUSE_SECONDS)
                exhausted = None
                if retries >= attempts:
                    exhausted = "MaximumRetryAttempts"
                elif self._aws.clock.now() + timedelta(seconds=pause) > oldest:
                    exhausted = "MaximumEventAgeInSeconds"
                if exhausted or not _is_transient(error):
                    self._bury(delivery, error, retries, exhausted)
                    return
                retries += 1
                self._aws.clock.wait(pause)
            else:
                return

    def _sender(self, delivery: Delivery) -> Callable[[], object]:
        arn, text = delivery.arn, delivery.text
        match arn.split(":")[2]:
            case "states":
                # One name for all attempts: an attempt whose answer was lost is not repeated.
                name = f"{delivery.id}_{uuid4()}"
                asked = {"stateMachineArn": arn, "name": name, "input": text}
                return lambda: self._client("stepfunctions", delivery).start_execution(**asked)
            case "lambda":
                return lambda: self._client("lambda", delivery).invoke(
                    FunctionName=arn, InvocationType="Event", Payload=text.encode()
                )
            case "sqs":
                group = (delivery.target.get("SqsParameters") or {}).get("MessageGroupId")
                extra = {"MessageGroupId": group} if group else {}
                return lambda: self._client("sqs", delivery).send_message(
                    QueueUrl=self._queue_url(arn), MessageBody=text, **extra
                )
            case "sns":
                return lambda: self._client("sns", delivery).publish(TopicArn=arn, Message=text)
            case "events":
                return lambda: self._put_event(delivery)
        raise NotImplementedError(f"no delivery to {arn}")

    def _put_event(self, delivery: Delivery) -> None:
        """Send an event to a bus, as schedules can."""
        named = delivery.target["EventBridgeParameters"]
        entry = {"Source": named["Source"], "DetailType": named["DetailType"], "Detail": delivery.text}
        self._client("events", delivery).put_events(Entries=[{**entry, "EventBusName": delivery.arn}])

    def _bury(self, delivery: Delivery, error: Exception, retries: int, exhausted: str | None) -> None:
        queue = (delivery.target.get("DeadLetterConfig") or {}).get("Arn")
        if queue is None:
            return
        code, message = _told(error)
        attributes = {
            delivery.source_name: delivery.source_arn,
            "TARGET_ARN": delivery.arn,
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message,
            "RETRY_ATTEMPTS": str(retries),
        }
        if exhausted:
            attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted
        as_attributes = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        # What may not be put there is lost; IAM has told that.
        with suppress(ClientError):
            self._client("sqs", delivery, dead=True).send_message(
                QueueUrl=self._queue_url(queue), MessageBody=delivery.event, MessageAttributes=as_attributes
            )

    def _client(self, service: str, delivery: Delivery, *, dead: bool = False) -> Any:
        """Give a client that tries a call once: what is tried again, and when, is for the retry policy to say.

        It calls as the target's role, or as the service itself, as rules do with what is `dead`. Raises `ClientError`
        where the role does not trust the service.
        """
        role = delivery.target.get("RoleArn")
        if role is None or (dead and delivery.by == "events.amazonaws.com"):
            key = self._iam.act_as(delivery.by, source_arn=delivery.source_arn)
        else:
            name = delivery.source_arn.rpartition("/")[2]
            key = self._iam.assume(role, by=delivery.by, name=name, source_arn=delivery.for_whom).key
        return self._aws.client(service, config=_ONCE, key=key)

    def _queue_url(self, arn: str) -> str:
        account, name = arn.split(":")[4:6]
        return f"{self._aws.endpoint_url}/{account}/{name}"


def _is_transient(error: Exception) -> bool:
    """Tell whether EventBridge tries again: not when the target is gone or refuses."""
    if not isinstance(error, ClientError):
        return True
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status >= 500 or status == 429 or error.response["Error"]["Code"] in _TRANSIENT


def _told(error: Exception) -> tuple[str, str]:
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"], error.response["Error"].get("Message") or str(error)
    return "SDK_CLIENT_ERROR", str(error)
