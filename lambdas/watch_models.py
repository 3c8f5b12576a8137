"""The function that looks every hour for models that bill unnoticed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.typing import LambdaContext

from composition import seams
from composition.border import errors_on_one_line
from composition.environment import budget_from, defaults_from, stage, stop_target_from
from composition.log import line_logger
from composition.metrics import LineMetrics
from composition.telling import NotifyEnvironment
from composition.watching import limits_from, project_arns_from, subscribed_emails_from, watched_services_from
from model_lifecycle.aws.client_config import CLIENT_CONFIG, LIST_CONFIG, TABLE_CONFIG
from model_lifecycle.aws.clients import catalogs_of, listed_model_of
from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.aws.notes import Notes
from model_lifecycle.aws.shared_clients import client, lazy_client
from model_lifecycle.aws.subscribers import Subscribers
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.service import Listed
from model_lifecycle.vocabulary.codec import fields_json
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import utcnow
from model_lifecycle.vocabulary.metrics import Metric
from model_lifecycle.watch.occasion import occasion_of
from model_lifecycle.watch.round import look_at_all
from model_lifecycle.watch.running import Running, counted
from model_lifecycle.watch.watch import Finding, Watch

if TYPE_CHECKING:
    from model_lifecycle.aws.teller import Teller
    from model_lifecycle.endings.ending import Ending
    from model_lifecycle.endings.message import Message
    from model_lifecycle.watch.budget_round import BudgetRound

REMEMBERED_SECONDS = 24 * 3_600 - 300
"""Told once a day. The look of the same hour of the next day may come a moment earlier than that of this one."""

BUDGET_REMEMBERED_SECONDS = 70 * 24 * 3_600
"""Longer than a month and the look after it."""

logger = line_logger()
environment = NotifyEnvironment.read()
defaults = defaults_from()
target = stop_target_from()
home = Home.of(target.state_machine_arn, stage=stage())
services, project_arns = watched_services_from(), project_arns_from()
elsewhere = [arn for arn in project_arns if Home.of(arn) != home]
here = [arn for arn in project_arns if arn not in elsewhere]
catalogs = catalogs_of(services, here if project_arns else None)
records, leases, meter = seams.records(), seams.leases(LIST_CONFIG), seams.meter(LIST_CONFIG)
stops = StopExecutions(target.state_machine_arn, lazy_client("stepfunctions", CLIENT_CONFIG))
notes = Notes(environment.told_table_name, client("dynamodb", TABLE_CONFIG))
price = environment.price_per_inference_unit_hour
budget = budget_from()
metrics = LineMetrics(stage())
subscribers = Subscribers(subscribed_emails_from(), lazy_client("sns", CLIENT_CONFIG))


@errors_on_one_line
@logger.inject_lambda_context
def handler(event: object, context: LambdaContext) -> dict[str, int]:
    """Look at every model, and tell how often what was found. Any event will do, and none.

    What seldom happens is imported when it does.

    Raises an ExceptionGroup of what went wrong, after everything that did not.
    """
    now = utcnow()
    occasion = occasion_of(event, now=now)
    watch = Watch(
        records=records,
        leases=leases,
        meter=meter,
        stops=stops,
        limits=limits_from(),
        now=now,
        hour=occasion,
    )

    running: list[Running] = []
    spending = _budget_round(context, now=now, hour=occasion)

    def look(listed: Listed) -> Finding:
        request = parse_stop_request(listed.identity, defaults=defaults, home=home)
        watched = watch.look(request, listed_model_of(request), listed_as=listed.status)
        if spending is not None:
            spending.note(request, watched)
        if watched.description is not None:
            units = watched.description.min_inference_units or 1
            seen = Running(model=f"{request.project}/{request.version}", units=units, since=watched.since)
            running.append(seen)
            facts = seen.facts(price_per_inference_unit_hour=price, now=now)
            logger.info("Running", found=watched.finding, **facts)
        if watched.finding is Finding.WARNED and watched.description is not None:
            from model_lifecycle.watch.found_running import found_running

            ending = found_running(request, watched.description, watched.usage, hour=occasion)
            if not _tell(request.model_id, ending, context):
                return Finding.WARNED_BEFORE
        return watched.finding

    watched = look_at_all(catalogs, look)
    if spending is not None:
        watched.troubles.extend(_settle(spending, all_seen=not watched.troubles))
    watched.troubles.extend(_note_what_is_not_watched(watched.gone, context, look=occasion))
    try:
        metrics.write({Metric.UNCONFIRMED_EMAILS: subscribers.unconfirmed()})
    except Exception as error:  # noqa: BLE001 - it is raised after the others
        watched.troubles.append(error)
    logger.info("Watch models", found=watched.found, gone=watched.gone, elsewhere=elsewhere)
    if watched.troubles:
        raise ExceptionGroup(f"Some models could not be watched: {watched.in_words}", watched.troubles)
    # Only of all models: less than there is would pass for less than it was.
    if notes.is_first(f"metrics {occasion}", until=now + timedelta(days=2)):
        metrics.write(counted(running, price_per_inference_unit_hour=price, now=now))
    return watched.found


def _note_what_is_not_watched(gone: Mapping[str, str], context: LambdaContext, *, look: str) -> list[Exception]:
    """Return what went wrong."""
    troubles: list[Exception] = []
    endings = _not_watched(gone, look=look) if gone or elsewhere else {}
    states: dict[str, str | None] = {service.name: "gone" if service.name in endings else None for service in services}
    states["project_arns"] = " ".join(sorted(elsewhere)) or None
    for subject, state in states.items():
        try:
            _note(subject, state, endings.get(subject), context)
        except Exception as error:  # noqa: BLE001 - it is raised after the others
            troubles.append(error)
    return troubles


def _not_watched(gone: Mapping[str, str], *, look: str) -> "dict[str, Ending]":
    from model_lifecycle.watch.not_watched import projects_elsewhere, service_gone

    endings = {
        service.name: service_gone(service, gone[service.name], look=look)
        for service in services
        if service.name in gone
    }
    if elsewhere:
        endings["project_arns"] = projects_elsewhere(elsewhere, home, look=look)
    return endings


def _budget_round(context: LambdaContext, *, now: datetime, hour: str) -> "BudgetRound | None":
    if budget is None:
        return None
    from model_lifecycle.watch.budget_round import BudgetRound

    def tell(ending: "Ending") -> object:
        return _tell(ending.notification_id, ending, context, remembered_seconds=BUDGET_REMEMBERED_SECONDS)

    return BudgetRound(
        budget,
        ledgers=seams.ledgers(),
        meter=meter,
        stops=stops,
        tell=tell,
        price=price,
        zone=environment.zone,
        now=now,
        hour=hour,
    )


def _settle(spending: "BudgetRound", *, all_seen: bool) -> list[Exception]:
    """Return what went wrong."""
    try:
        standings, troubles = spending.settle(all_seen=all_seen)
    except Exception as error:  # noqa: BLE001 - it is raised after the others
        return [error]
    logger.info("Budget", budget=[fields_json(standing) for standing in standings])
    return troubles


@cache
def _teller(remembered_seconds: int) -> "Teller":
    return environment.teller(remembered_seconds=remembered_seconds)


def _tell(once: str, ending: "Ending", context: LambdaContext, *, remembered_seconds: int = REMEMBERED_SECONDS) -> bool:
    """Tell it unless that was done already; whether it was told now."""
    from model_lifecycle.endings.message import compose

    told_now = False

    def message() -> "Message":
        nonlocal told_now
        told_now = True
        return compose(ending, price_per_inference_unit_hour=price, zone=environment.zone, home=home)

    _teller(remembered_seconds).tell(once, message, context)
    return told_now


def _note(subject: str, state: str | None, ending: "Ending | None", context: LambdaContext) -> None:
    """Say how something is, once: not again before it has changed."""
    if notes.read(subject) == state:
        return
    if ending is not None:
        _tell(ending.notification_id, ending, context)
    notes.write(subject, state)
