"""Tells what is to be told, once: to the subscribers of the topic, and as an event on the default bus."""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from model_lifecycle.aws.client_config import CLIENT_CONFIG, TABLE_CONFIG
from model_lifecycle.aws.event_bus import send
from model_lifecycle.aws.shared_clients import client
from model_lifecycle.aws.sure_writes import SureWrites
from model_lifecycle.aws.topic import publish
from model_lifecycle.endings.message import Message

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Teller:
    """Remembers in a table, for so many seconds, what it has told, by a text that names it.

    `function_name`: the function in whose name it remembers, whatever version of it runs.
    """

    def __init__(
        self,
        *,
        function_name: str,
        topic_arn: str,
        event_source: str,
        told_table_name: str,
        remembered_seconds: int,
    ) -> None:
        self._topic_arn = topic_arn
        self._event_source = event_source
        self._topic = client("sns", CLIENT_CONFIG)
        self._bus = client("events", CLIENT_CONFIG)
        self._once = IdempotencyConfig(expires_after_seconds=remembered_seconds)
        told = DynamoDBPersistenceLayer(
            table_name=told_table_name,
            key_attr="NotificationId",
            expiry_attr="ExpiresAt",
            boto3_client=cast("DynamoDBClient", SureWrites(client("dynamodb", TABLE_CONFIG))),
        )
        once = partial(idempotent_function, data_keyword_argument="once", persistence_store=told, config=self._once)
        # Under these names, whatever is renamed: what one release told, no other one tells again.
        remembered_as = f"{function_name}.model_lifecycle.aws.teller.Teller"
        # Powertools leaves the decorator untyped.
        self._publish: Callable[..., dict[str, Any]] = once(
            self._publish_once, key_prefix=f"{remembered_as}._publish_once"
        )
        self._send: Callable[..., dict[str, Any]] = once(self._send_once, key_prefix=f"{remembered_as}._send_once")

    def tell(
        self,
        once: str,
        message: Callable[[], Message | None],
        context: LambdaContext,
        *,
        told: Callable[[], object] = bool,
    ) -> dict[str, Any]:
        """Tell the message if there is one, unless what `once` names was told already: then it is not even composed.

        `told` is called once the event is sent, or it is found that there is none to send, but before that is
        remembered: whoever dies in between sends it again, and calls `told` again.

        Raises botocore's ClientError and BotoCoreError, and ServiceRefusedError for an event that the bus did not take.
        """
        self._once.register_lambda_context(context)
        composed = cache(message)
        answer: dict[str, Any] = {}
        try:
            answer |= self._publish(once=once, message=composed)
        finally:
            # Neither waits for the other: a topic that refuses does not silence the bus.
            answer |= self._send(once=once, message=composed, told=told)
        return answer

    def _publish_once(self, *, once: str, message: Callable[[], Message | None]) -> dict[str, Any]:  # noqa: ARG002
        composed = message()
        if composed is None:
            return {"Outcome": None}
        if composed.only_event:
            return {"Outcome": composed.document["Outcome"], "MessageId": None}
        message_id = publish(composed, topic_arn=self._topic_arn, client=self._topic)
        return {"Outcome": composed.document["Outcome"], "MessageId": message_id}

    def _send_once(
        self,
        *,
        once: str,  # noqa: ARG002
        message: Callable[[], Message | None],
        told: Callable[[], object],
    ) -> dict[str, Any]:
        composed = message()
        event_id = None if composed is None else send(composed, source=self._event_source, client=self._bus)
        told()
        return {"EventId": event_id}
