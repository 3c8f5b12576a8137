"""Read what there is: few calls, side by side, each within the pace of its service, and none fatal for the others."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from model_lifecycle.aws.in_service_units import query_of
from model_lifecycle.aws.ledger_table import LedgerTable
from model_lifecycle.aws.line_table import line_id, line_of
from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_catalog import ServiceCatalog
from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.model.line import Line
from model_lifecycle.model.long_runs import HOUR, HOURS_KEPT, hours_before, with_hours
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import Spending
from model_lifecycle.model.usage import MEASURED, METRIC_PERIOD, Datapoint
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Listed, Service
from model_lifecycle.vocabulary.errors import InvalidRequestError, ModelNotFoundError
from model_lifecycle.vocabulary.phase import Goal, meaning_of
from model_lifecycle.vocabulary.wording import execution
from operations.aws import Aws
from operations.deployment import Deployment
from operations.side_by_side import SideBySide
from operations.status.deployed import Deployed, as_in, by_settings, deployed
from operations.status.fleet import Fleet
from operations.status.fleets import MOST_LISTED, begin_listing, fleets_of
from operations.status.origin import By, origin
from operations.status.recurring import recurring
from operations.status.row import State, state_of
from operations.status.seen import Asked, Seen, SeenExecution, SeenModel
from settings.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

Project: TypeAlias = tuple[Service, str]
"""As its service names it."""
Progress = Callable[[str], None]
"""Takes what is being done now."""


_MOST_WAITING = 50
"""Starts that are asked which model they wait for."""
_MOST_EXPLAINED = 8
"""Executions that are asked what started them, if their names do not tell: more would be held back for seconds."""
_MOST_DATAPOINTS = 100_800
"""In one answer of GetMetricData."""
_MOST_QUERIES = 500
_BEFORE = timedelta(minutes=10)
_RECENTLY = timedelta(hours=6)


def read(deployment: Deployment, settings: Settings, progress: Progress, *, quick: bool = False) -> Seen:
    """Return what is seen now. `settings`: those of this checkout, where those of the deploy cannot be read.

    `quick`: only of the projects in which the app's memory, a start or a metric of the last hours knows a model. What
    somebody else started within the last 15 minutes may be in none of them.
    Raises OperationsError if not even that can be known.
    """
    with SideBySide() as side:
        aws = deployment.aws
        known = side.begin(
            "The deployed settings, in place of which those of this checkout are taken,", deployed, deployment
        )
        schedules = side.begin("The deployed schedules", recurring, deployment)
        machines = [deployment.output(f"{verb}ModelStateMachineArn") for verb in ("Start", "Stop")]
        executions = [
            side.begin(f"The executions of {arn.rpartition(':')[2]}", _executions, aws, arn) for arn in machines
        ]
        listing = begin_listing(side, deployment)
        running = side.begin("The metrics of what runs", _running, aws) if quick else None
        app = known.result() or as_in(settings, deployment)
        remembered = side.begin("What the app remembers of the models", records_of, aws, app.record_table)
        armed = side.begin("The armed stops", _armed, aws, app.lease_group)
        budgets = side.begin("What is spent of the budget", budget_standings, aws, app, deployment.read_at)
        projects = _projects_of(side, aws, app, remembered)
        found, records = [each.result() for each in executions], remembered.result()
        started, stops = found
        fleets = fleets_of(side, aws, listing, {Goal.RUNNING: started, Goal.STOPPED: stops})
        unclaimed = _unclaimed(records or {}, started or {})
        lines = side.begin("Who waits for a place in the quotas", _lines, aws, app.record_table if unclaimed else "")
        asked = _inputs(side, aws, unclaimed[:_MOST_WAITING], app.defaults)
        if more := not_asked(unclaimed, fleets or ()):
            side.failures.append(f"{more:,} more starts are under way, and were not asked which model they wait for.")
        every = len(projects)
        if running is not None and records is not None and (metrics := running.result()) is not None:
            wanted = [*_going(records), *(each.model_id for each in asked.values() if each.model_id), *metrics]
            projects = _with_a_model(projects, wanted)
        models = _models(side, aws, app, projects, records, progress)
        seen = Seen(
            now=deployment.read_at,
            stack=deployment.stack,
            stage=deployment.stage,
            account=deployment.home.account,
            region=deployment.home.region,
            deployed=app,
            models=models,
            executions=None if None in found else {arn: each for part in found for arn, each in (part or {}).items()},
            unclaimed=unclaimed,
            schedules=schedules.result(),
            armed=armed.result(),
            budgets=budgets.result(),
            lines=lines.result() or {},
            fleets=fleets,
            asked=asked,
            left_out=every - len(projects),
        )
        return _looked_into(side, aws, seen)


def read_billing(aws: Aws, settings: Settings, progress: Progress) -> tuple[list[SeenModel], list[str]]:
    """Return the models that may bill by the word of their services alone, and what could not be read."""
    with SideBySide() as side:
        app = by_settings(settings)
        projects = _projects_of(side, aws, app, side.begin("Nothing", dict[str, ModelRecord]))
        models = _models(side, aws, app, projects, {}, progress)
        billing = [each for each in models if meaning_of(each.status, each.request.service.statuses).may_bill]
    return billing, side.failures


def _executions(aws: Aws, machine_arn: str) -> dict[str, SeenExecution]:
    """ListExecutions: the latest thousand."""
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=machine_arn, maxResults=MOST_LISTED)
    return {
        each["executionArn"]: SeenExecution(
            each["startDate"], each["status"] == "RUNNING", each["status"] == "SUCCEEDED"
        )
        for each in listed["executions"]
    }


def records_of(aws: Aws, table: str) -> dict[str, ModelRecord]:
    return LedgerTable(table, aws.client("dynamodb")).records()


def budget_standings(aws: Aws, app: Deployed, now: datetime) -> list[BudgetStanding]:
    """Return where the budget stands: none without one."""
    if app.budget is None:
        return []
    spending = Spending(app.budget, LedgerTable(app.record_table, aws.client("dynamodb")))
    return spending.standings(price=app.price, zone=app.zone, now=now)


def _lines(aws: Aws, table: str) -> dict[str, Line]:
    """GetItem: a line for each service. No `table`: nobody waits."""
    lines = {}
    for service in SERVICES if table else ():
        key: Any = {"ModelId": {"S": line_id(service.name)}}
        answer = aws.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
        lines[service.name] = line_of(answer.get("Item", {}))
    return lines


def _armed(aws: Aws, group: str) -> frozenset[str]:
    """ListSchedules: the names say all."""
    pages = aws.client("scheduler").get_paginator("list_schedules").paginate(GroupName=group)
    return frozenset(each["Name"] for page in pages for each in page["Schedules"] if each["State"] == "ENABLED")


def _running(aws: Aws) -> list[str]:
    """ListMetrics: the projects of what had a datapoint within three hours. A new metric is listed after 15 minutes."""
    found = []
    for namespace, name in filter(None, (service.measured for service in SERVICES)):
        pages = aws.client("cloudwatch").get_paginator("list_metrics")
        for page in pages.paginate(Namespace=namespace, MetricName=name, RecentlyActive="PT3H"):
            found += [each["Value"] for metric in page["Metrics"] for each in metric["Dimensions"]]
    return found


def _going(records: Mapping[str, ModelRecord]) -> list[str]:
    return [model_id for model_id, record in records.items() if record.stopped_at is None]


def _with_a_model(projects: Sequence[Project], wanted: Iterable[str]) -> list[Project]:
    """Return the projects of some models: in what names one, the project's name is a part."""
    parts = {part for text in wanted for part in text.replace(" ", "/").split("/")}
    # A name, or an ARN with the name between two slashes.
    return [each for each in projects if (each[1].split("/")[1:2] or [each[1]])[0] in parts]


def _projects_of(
    side: SideBySide, aws: Aws, app: Deployed, remembered: "Future[dict[str, ModelRecord] | None]"
) -> list[Project]:
    """Return the projects of the watched services, and of those of which the app remembers a run."""
    watched = [service for service in SERVICES if service in app.services]
    listed = {
        service: side.begin(f"The projects of {service.title}", _projects, aws, service, app) for service in watched
    }
    going = {model_id.split(" ")[0] for model_id in _going(remembered.result() or {})}
    for service in SERVICES:
        if service.name in going and service not in listed:
            listed[service] = side.begin(f"The projects of {service.title}", _projects, aws, service, app)
    return [(service, project) for service, each in listed.items() for project in each.result() or ()]


def _models(
    side: SideBySide,
    aws: Aws,
    app: Deployed,
    projects: Sequence[Project],
    records: Mapping[str, ModelRecord] | None,
    progress: Progress,
) -> list[SeenModel]:
    parts = [
        side.begin(f"The models of the project {project}", _listed, aws, service, project)
        for service, project in projects
    ]
    models = []
    for done, each in enumerate(parts, 1):
        for listed in each.result() or ():
            request = parse_stop_request(listed.identity, defaults=app.defaults, home=None, ours=True)
            record = None if records is None else records.get(request.model_id, ModelRecord())
            units = (listed.min_inference_units, listed.max_inference_units)
            models.append(SeenModel(request, listed.status, units, record))
        progress(f"Reading the models: {done:,} of {len(parts):,} projects")
    return models


def _projects(aws: Aws, service: Service, app: Deployed) -> Sequence[str]:
    named = [arn for arn in app.project_arns if service.owns(arn)]
    return [] if app.project_arns and not named else _catalog(aws, service, named).projects()


def _listed(aws: Aws, service: Service, project: str) -> Sequence[Listed]:
    try:
        return _catalog(aws, service, ()).models(project)
    except ModelNotFoundError:
        # Deleted since it was listed.
        return ()


def _catalog(aws: Aws, service: Service, project_arns: Sequence[str]) -> ServiceCatalog:
    # One for each call: it remembers what was called last.
    calls = ServiceCalls(aws.client(service.client), where_unreachable=service.where_unreachable)
    return ServiceCatalog(service, project_arns, calls)


def _unclaimed(records: Mapping[str, ModelRecord], started: Mapping[str, SeenExecution]) -> list[str]:
    named = {arn for record in records.values() for arn in (record.asked_by, record.latest_start)}
    found = [(each.began, arn) for arn, each in started.items() if each.under_way and arn not in named]
    return [arn for _, arn in sorted(found, reverse=True)]


def not_asked(unclaimed: Sequence[str], fleets: Iterable[Fleet]) -> int:
    """Return how many starts under way nothing is known of: those of fleets are told with them."""
    return len(set(unclaimed[_MOST_WAITING:]).difference(*(fleet.under_way for fleet in fleets)))


def _inputs(side: SideBySide, aws: Aws, arns: Iterable[str], defaults: Defaults) -> dict[str, Asked]:
    asked = {arn: side.begin(f"The input of {execution(arn)}", _asked, aws, arn, defaults) for arn in arns}
    return {arn: found for arn, each in asked.items() if (found := each.result()) is not None}


def _looked_into(side: SideBySide, aws: Aws, seen: Seen) -> Seen:
    """Return the same with what is worth asking for those models alone that do something."""
    going = [model for model in seen.models if state_of(model, seen) not in (None, State.STARTS)]
    measured = side.begin("The metrics of the models that run", _measured, aws, going, seen.now)
    asked = _inputs(side, aws, _unexplained(seen.models, seen)[:_MOST_EXPLAINED], seen.deployed.defaults)
    whole = replace(
        seen, asked={**seen.asked, **asked}, measured=measured.result() or {}, failures=tuple(side.failures)
    )
    return replace(whole, models=[model for model in seen.models if state_of(model, whole) is not None])


def _measured(aws: Aws, models: Sequence[SeenModel], now: datetime) -> dict[str, list[Datapoint]]:
    """GetMetricData of all that run: of those whose beginning is known, from then on, as many as fit into an answer.

    The records of the others tell as much.
    """
    measurable = [each for each in models if each.request.service.metric(each.request.identity)]
    known = sorted(
        ((since, each.request) for each in measurable if (since := _ran_since(each)) is not None),
        key=lambda pair: (pair[0], pair[1].model_id),
        reverse=True,
    )
    fitting = [
        pair for place, pair in enumerate(known, 1) if place * ((now - pair[0]) / METRIC_PERIOD) <= _MOST_DATAPOINTS
    ]
    unknown = [each.request for each in measurable if _ran_since(each) is None]
    found = _points(aws, [request for _, request in fitting], fitting[-1][0] - _BEFORE if fitting else now, now)
    return found | _recent(aws, unknown, now)


def _recent(aws: Aws, requests: Sequence[StopRequest], now: datetime) -> dict[str, list[Datapoint]]:
    """Return the minutes of the last six hours, and before them the hours of those that have run for longer.

    More minutes would be as many as take CloudWatch a second for each model; so would all the hours that it keeps.
    """
    found = _points(aws, requests, now - _RECENTLY, now)
    recent, begin = dict(found), now - _RECENTLY
    for kept in (MEASURED, HOURS_KEPT):
        longer = [each for each in requests if (points := found.get(each.model_id)) and points[0].at < begin + _BEFORE]
        begin, end = hours_before(now - _RECENTLY, kept)
        averages = _points(aws, longer, begin, end - METRIC_PERIOD, period=HOUR)
        counts = _points(aws, longer, begin, end - METRIC_PERIOD, period=HOUR, statistic="SampleCount")
        for name, hours in averages.items():
            found[name] = with_hours(recent[name], hours, counts.get(name, ()))
    return found


def _ran_since(model: SeenModel) -> datetime | None:
    record = model.record or ModelRecord()
    return (record.ran_at or record.asked_at) if record.stopped_at is None else None


def _points(
    aws: Aws,
    requests: Sequence[StopRequest],
    begin: datetime,
    now: datetime,
    *,
    period: timedelta = METRIC_PERIOD,
    statistic: str = "Average",
) -> dict[str, list[Datapoint]]:
    found: dict[str, list[Datapoint]] = {}
    for first in range(0, len(requests), _MOST_QUERIES):
        part = requests[first : first + _MOST_QUERIES]
        pages = (
            aws.client("cloudwatch")
            .get_paginator("get_metric_data")
            .paginate(
                MetricDataQueries=[_query(place, request, period, statistic) for place, request in enumerate(part)],
                StartTime=begin if period >= HOUR else max(begin, now - MEASURED),
                EndTime=now + METRIC_PERIOD,
                ScanBy="TimestampAscending",
            )
        )
        for result in (result for page in pages for result in page["MetricDataResults"]):
            points = zip(result["Timestamps"], result["Values"], strict=True)
            model_id = part[int(result["Id"].removeprefix("model"))].model_id
            found.setdefault(model_id, []).extend(Datapoint(at, units) for at, units in points if units > 0)
    return found


def _query(place: int, request: StopRequest, period: timedelta, statistic: str) -> Any:
    measured = request.service.metric(request.identity)
    assert measured is not None  # noqa: S101 - those without one are not asked for
    return query_of(measured, f"model{place}", period=period, statistic=statistic)


def _unexplained(models: Iterable[SeenModel], seen: Seen) -> list[str]:
    """Return the executions that started what runs, and whose names do not tell what started them, the latest first."""

    def arns() -> Iterator[tuple[datetime, str]]:
        for model in models:
            arn = model.record.asked_by if model.record and model.record.stopped_at is None else None
            listed = (seen.executions or {}).get(arn or "")
            if arn is not None and listed is not None and state_of(model, seen) is not None:
                found = origin(
                    arn,
                    began=listed.began,
                    model_id=model.request.model_id,
                    schedules=seen.schedules or (),
                    parent=None,
                )
                if found.by is By.CALLER:
                    yield listed.began, arn

    return [arn for _, arn in sorted(arns(), reverse=True)]


def _asked(aws: Aws, arn: str, defaults: Defaults) -> Asked:
    described = aws.client("stepfunctions").describe_execution(executionArn=arn)
    return asked_in(described.get("input", "{}"), defaults)


def asked_in(execution_input: str, defaults: Defaults) -> Asked:
    """Return what an input of start-model asks for."""
    try:
        given = json.loads(execution_input)
        request = parse_request(given, defaults=defaults, home=None, ours=True)
    except (InvalidRequestError, ValueError):
        return Asked(None)
    return Asked(request.model_id, timedelta(seconds=request.start_timeout_seconds), request.parent, request.ready_by)
