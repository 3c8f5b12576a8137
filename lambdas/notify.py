"""The function behind the states "Notify ..." of both machines, and behind the net below them."""

from functools import partial
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from composition.border import errors_on_one_line
from composition.environment import defaults_from, stage
from composition.log import line_logger
from composition.telling import NotifyEnvironment, stops_aborted_starts
from model_lifecycle.aws.client_config import CLIENT_CONFIG, LIST_CONFIG
from model_lifecycle.aws.clients import model_of
from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.endings.left_to_itself import cleaned_up
from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.reading import Endings
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import utcnow
from model_lifecycle.vocabulary.machines import STOP_MODEL

REMEMBERED_SECONDS = 30 * 24 * 3_600
"""Longer than an execution can end again: it runs for 25 hours, and can be redriven for 14 days."""

logger = line_logger()
environment = NotifyEnvironment.read()
defaults = defaults_from()
executions = boto3.client("stepfunctions", config=CLIENT_CONFIG)
stopping = boto3.client("stepfunctions", config=LIST_CONFIG) if stops_aborted_starts() else None
teller = environment.teller(remembered_seconds=REMEMBERED_SECONDS)


@errors_on_one_line
@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Tell how an execution ended, unless that was told already."""
    home = Home.of(context.invoked_function_arn, stage=stage())
    endings = Endings(executions=executions, model_of=model_of, defaults=defaults, home=home, now=utcnow())
    notification_id = endings.identity(event)

    def message() -> Message | None:
        ending = endings.read(event)
        if ending is None:
            return None
        if stopping is not None:
            stops = StopExecutions(STOP_MODEL.arn(home), stopping)
            start = partial(stops.start, once=notification_id)
            ending = cleaned_up(ending, start, defaults=defaults, home=home)
        price = environment.price_per_inference_unit_hour
        return compose(ending, price_per_inference_unit_hour=price, zone=environment.zone, home=home)

    answer = {"NotificationId": notification_id, **teller.tell(notification_id, message, context)}
    logger.info("Notify", answer=answer)
    return answer
