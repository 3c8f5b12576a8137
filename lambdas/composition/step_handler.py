"""The handler that the functions of the loops share."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from composition.border import errors_on_one_line
from composition.environment import defaults_from, logs_execution_data
from composition.log import line_logger
from composition.seams import pace
from model_lifecycle.aws.clients import model_of, versions_of
from model_lifecycle.steps.step import Action, take_step
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import utcnow
from model_lifecycle.vocabulary.phase import Goal

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def _in_utf8(answer: dict[str, Any]) -> dict[str, Any]:
    """Replace halves of surrogate pairs: JSON may have them, UTF-8 may not, and Lambda would take them for a fault."""
    written: dict[str, Any] = json.loads(json.dumps(answer, ensure_ascii=False).encode(errors="replace"))
    return written


def step_handler(state: str, actions: Mapping[Goal, Action]) -> Handler:
    """Take the step of a state, as `take_step` does: `actions` has what it does for each machine."""
    logger = line_logger()
    defaults = defaults_from()
    logs_data = logs_execution_data()
    paced = pace()

    @errors_on_one_line
    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        home = Home.of(context.invoked_function_arn)
        answer = _in_utf8(
            take_step(
                event,
                actions,
                model_of=model_of,
                defaults=defaults,
                home=home,
                now=utcnow(),
                pace=paced,
                versions=versions_of,
            )
        )
        logger.info(state, execution=event["Execution"]["Arn"], answer=answer if logs_data else answer["Phase"])
        if budget := (answer.get("Report") or answer).get("Budget"):
            # Who ignores it stands in the log in any case.
            logger.info("Budget", execution=event["Execution"]["Arn"], budget=budget)
        return answer

    return handler
