"""The function behind the states "Notify running" and "Notify failure", and behind the net below them."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from model_lifecycle.client_config import CLIENT_CONFIG, TABLE_CONFIG
from model_lifecycle.endings import Endings
from model_lifecycle.environment import NotifyEnvironment, defaults_from
from model_lifecycle.home import Home
from model_lifecycle.instant import utcnow
from model_lifecycle.message import compose
from model_lifecycle.models import model_of
from model_lifecycle.topic import publish

REMEMBERED_SECONDS = 30 * 24 * 3_600
"""Longer than an execution can end again: it runs for 25 hours, and can be redriven for 14 days."""

logger = Logger()
environment = NotifyEnvironment.read()
defaults = defaults_from()
topic = boto3.client("sns", config=CLIENT_CONFIG)
executions = boto3.client("stepfunctions", config=CLIENT_CONFIG)
told = DynamoDBPersistenceLayer(
    table_name=environment.told_table_name,
    key_attr="NotificationId",
    expiry_attr="ExpiresAt",
    boto_config=TABLE_CONFIG,
)
once = IdempotencyConfig(expires_after_seconds=REMEMBERED_SECONDS)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Tell how an execution ended, unless that was told already."""
    once.register_lambda_context(context)
    home = Home.of(context.invoked_function_arn)
    endings = Endings(executions=executions, model_of=model_of, defaults=defaults, home=home, now=utcnow())
    answer: dict[str, Any] = tell(notification_id=endings.identity(event), event=event, endings=endings)
    logger.info("Notify", answer=answer)
    return answer


# Powertools leaves the decorator untyped.
@idempotent_function(data_keyword_argument="notification_id", persistence_store=told, config=once)  # type: ignore[untyped-decorator]
def tell(*, notification_id: str, event: dict[str, Any], endings: Endings) -> dict[str, Any]:
    """Publish the ending that the event is about. Runs once for each NotificationId, and so is told once."""
    ending = endings.read(event)
    message = compose(ending, price_per_inference_unit_hour=environment.price_per_inference_unit_hour)
    message_id = publish(message, topic_arn=environment.topic_arn, client=topic)
    return {"NotificationId": notification_id, "Outcome": ending.outcome.value, "MessageId": message_id}
