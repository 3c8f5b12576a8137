"""The function behind the states "Notify ..." of both machines, and behind the net below them."""

from functools import partial
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from composition.border import errors_on_one_line
from composition.environment import defaults_from, stage
from composition.log import line_logger
from composition.metrics import LineMetrics
from composition.telling import NotifyEnvironment, stops_aborted_starts
from model_lifecycle.aws.client_config import CLIENT_CONFIG, LIST_CONFIG
from model_lifecycle.aws.clients import located, model_of, models_of_project
from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.aws.shared_clients import lazy_client
from model_lifecycle.endings.counted import counted, failure_of
from model_lifecycle.endings.heard import is_of_a_fleet
from model_lifecycle.endings.left_to_itself import cleaned_up
from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.reading import Endings
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import utcnow
from model_lifecycle.vocabulary.machines import STOP_MODEL

if TYPE_CHECKING:
    from model_lifecycle.endings.ending import Ending

REMEMBERED_SECONDS = 30 * 24 * 3_600
"""Longer than an execution can end again: it runs for 25 hours, and can be redriven for 14 days."""

logger = line_logger()
environment = NotifyEnvironment.read()
defaults = defaults_from()
executions = lazy_client("stepfunctions", CLIENT_CONFIG)
stopping = lazy_client("stepfunctions", LIST_CONFIG) if stops_aborted_starts() else None
teller = environment.teller(remembered_seconds=REMEMBERED_SECONDS)
price = environment.price_per_inference_unit_hour
metrics = LineMetrics(stage())


@errors_on_one_line
@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Tell how an execution ended, and count it, unless that was done already."""
    home = Home.of(context.invoked_function_arn, stage=stage())
    if is_of_a_fleet(event):
        return _tell_fleet(event, context, home)
    endings = Endings(executions=executions, model_of=model_of, defaults=defaults, home=home, now=utcnow())
    notification_id = endings.identity(event)
    ending: Ending | None = None

    def message() -> Message | None:
        nonlocal ending
        ending = endings.read(event)
        if ending is None:
            return None
        if stopping is not None:
            stops = StopExecutions(STOP_MODEL.arn(home), stopping)
            start = partial(stops.start, once=notification_id)
            ending = cleaned_up(ending, start, defaults=defaults, home=home)
        return compose(ending, price_per_inference_unit_hour=price, zone=environment.zone, home=home)

    def count() -> None:
        if ending is not None:
            metrics.write(counted(ending, price_per_inference_unit_hour=price))
            if error := failure_of(ending):
                metrics.write_failure(error)

    if endings.come_too_late(event):
        return {"NotificationId": notification_id}
    answer = {"NotificationId": notification_id, **teller.tell(notification_id, message, context, told=count)}
    logger.info("Notify", answer=answer)
    return answer


def _tell_fleet(event: dict[str, Any], context: LambdaContext, home: Home) -> dict[str, Any]:
    """Tell how an execution of many models ended, unless that was done already. Their own executions are counted."""
    # Most executions are of one model.
    from model_lifecycle.endings.fleet import fleet_identity, read_fleet
    from model_lifecycle.endings.fleet_message import compose_fleet

    identity = fleet_identity(event, executions, home)

    def message() -> Message:
        ending = read_fleet(
            event,
            identity,
            executions=executions,
            list_models=models_of_project,
            locate=located,
            defaults=defaults,
            home=home,
        )
        return compose_fleet(ending, home=home)

    answer = {"NotificationId": identity, **teller.tell(identity, message, context)}
    logger.info("Notify", answer=answer)
    return answer
