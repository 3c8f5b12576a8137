"""The function that looks every hour for models that bill unnoticed."""

from functools import partial
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from composition import seams
from composition.environment import defaults_from, stop_target_from
from composition.log import line_logger
from composition.telling import NotifyEnvironment
from composition.watching import limits_from, project_arns_from
from model_lifecycle.aws.client_config import CLIENT_CONFIG, LIST_CONFIG
from model_lifecycle.aws.clients import catalogs_of, model_of
from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.message import Message, compose
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.service import Listed
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import utcnow
from model_lifecycle.watch.found_running import found_running
from model_lifecycle.watch.round import look_at_all
from model_lifecycle.watch.watch import Finding, Watch

REMEMBERED_SECONDS = 24 * 3_600 - 300
"""Told once a day. The look of the same hour of the next day may come a moment earlier than that of this one."""

logger = line_logger()
environment = NotifyEnvironment.read()
defaults = defaults_from()
catalogs = catalogs_of(project_arns_from())
target = stop_target_from()
records, leases, meter = seams.records(), seams.leases(LIST_CONFIG), seams.meter(LIST_CONFIG)
stops = StopExecutions(target.state_machine_arn, boto3.client("stepfunctions", config=CLIENT_CONFIG))
teller = environment.teller(remembered_seconds=REMEMBERED_SECONDS)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Look at every model. `event`: EventBridge's `Scheduled Event`; its `time` names the hour.

    Raises an ExceptionGroup of what went wrong, after everything that did not.
    """
    home = Home.of(context.invoked_function_arn)
    watch = Watch(
        records=records,
        leases=leases,
        meter=meter,
        stops=stops,
        limits=limits_from(),
        now=utcnow(),
        hour=event["time"],
    )

    def look(listed: Listed) -> Finding:
        request = parse_stop_request(listed.identity, defaults=defaults, home=home)
        watched = watch.look(request, model_of(request), listed_as=listed.status)
        if watched.finding is Finding.WARNED and watched.description is not None:
            ending = found_running(request, watched.description, watched.usage, hour=event["time"])
            teller.tell(request.model_id, partial(_message, ending, home), context)
        return watched.finding

    watched = look_at_all(catalogs, look)
    logger.info("Watch models", found=watched.found, unreachable=watched.unreachable)
    if watched.troubles:
        raise ExceptionGroup(f"Some models could not be watched: {watched.in_words}", watched.troubles)
    return watched.found


def _message(ending: Ending, home: Home) -> Message:
    price = environment.price_per_inference_unit_hour
    return compose(ending, price_per_inference_unit_hour=price, zone=environment.zone, home=home)
