"""The function behind the states "Plan fleet" and "Sum up fleet" of start-models and stop-models."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from composition.border import errors_on_one_line
from composition.environment import defaults_from, max_concurrency
from composition.log import line_logger
from model_lifecycle.aws.clients import models_of_project
from model_lifecycle.steps.fleet_plan import plan_fleet
from model_lifecycle.steps.fleet_report import sum_up_fleet
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import utcnow

logger = line_logger()
defaults = defaults_from()
at_once = max_concurrency()


@errors_on_one_line
@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Plan what to do about each model, or sum up what came of it if the event has `Results`."""
    home = Home.of(context.invoked_function_arn)
    if "Results" in event:
        answer = sum_up_fleet(event, home=home, now=utcnow())
    else:
        answer = plan_fleet(event, list_models=models_of_project, defaults=defaults, home=home, at_once=at_once)
    logger.info("Fleet", execution=event["Execution"]["Arn"], phase=answer["Phase"], failure=answer["Failure"])
    return answer
