"""A message of a dead-letter queue, and what can be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from model_lifecycle.requests.stop_request import StopRequest


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as SQS hands it out. `receipt`: what deletes it. `queue`: the name of its alarm.

    `received`: how often it was handed out, this time included.
    """

    id: str
    queue: str
    body: str
    attributes: Mapping[str, str]
    sent_at: datetime
    receipt: str = ""
    received: int = 1


@dataclass(frozen=True, kw_only=True)
class StartExecution:
    """Start the execution that was to be started. `name`: the same for a message however often it is put back.

    `stops`: the model that it is to stop, if it is a stop that can be read.
    """

    state_machine_arn: str
    name: str
    input: str
    stops: StopRequest | None = None

    @property
    def words(self) -> str:
        return f"start {self.state_machine_arn.rpartition(':')[2]}"


@dataclass(frozen=True, kw_only=True)
class CallFunction:
    """Call a function with the event that it did not get, or failed at.

    `event`: None if it looks at everything anyway: then one call does for all such messages.
    """

    function_arn: str
    does: str
    event: Mapping[str, Any] | None = None

    @property
    def words(self) -> str:
        return self.does


@dataclass(frozen=True, kw_only=True)
class PublishAgain:
    """Publish a notification again, to every subscriber of its topic.

    `message_id`: SNS's own, the same for every subscriber. `message`: by protocol, with a `default`.
    """

    message_id: str
    topic_arn: str
    subject: str
    message: Mapping[str, str]
    attributes: Mapping[str, str]

    @property
    def words(self) -> str:
        return "publish the notification again, to every subscriber of the topic"


Remedy: TypeAlias = StartExecution | CallFunction | PublishAgain


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a message is about.

    `about`: what did not happen, with the model as far as it is named. `why`: as whoever put it there says.
    `asked_at`: when it was due. `remedy`: None of what cannot be understood, which `unclear` explains.
    `held`: why it is put back only if somebody says so about this one; empty if nothing speaks against it.
    """

    letter: Letter
    about: str
    why: str
    asked_at: datetime
    remedy: Remedy | None = None
    unclear: str = ""
    held: str = ""
