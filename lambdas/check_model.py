"""The function behind the states "Check model"."""

from functools import partial
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from model_lifecycle.aws.client_config import CLIENT_CONFIG, TABLE_CONFIG
from model_lifecycle.aws.clients import model_of
from model_lifecycle.aws.in_service_units import InServiceUnits
from model_lifecycle.aws.lease_schedules import LeaseSchedules
from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.environment import defaults_from, record_table_name, stop_target_from
from model_lifecycle.steps.start import check_model
from model_lifecycle.steps.step import Action, take_step
from model_lifecycle.steps.stop import check_stop
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import utcnow
from model_lifecycle.vocabulary.phase import Goal

logger = Logger()
defaults = defaults_from()
records = RecordTable(record_table_name(), boto3.client("dynamodb", config=TABLE_CONFIG))
leases = LeaseSchedules(stop_target_from(), boto3.client("scheduler", config=CLIENT_CONFIG))
meter = InServiceUnits(boto3.client("cloudwatch", config=CLIENT_CONFIG))
actions: dict[Goal, Action] = {
    Goal.RUNNING: partial(check_model, records=records),
    Goal.STOPPED: partial(check_stop, records=records, leases=leases, meter=meter),
}


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take the step that looks whether the model runs, or is stopped."""
    home = Home.of(context.invoked_function_arn)
    answer = take_step(event, actions, model_of=model_of, defaults=defaults, home=home, now=utcnow())
    logger.info("Check model", execution=event["Execution"]["Arn"], answer=answer)
    return answer
