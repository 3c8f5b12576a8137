"""What a status is made of in tests: models in some state, and their records."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from model_lifecycle.aws.lease_schedules import schedule_name
from model_lifecycle.model.budget import BudgetStanding, Per
from model_lifecycle.model.lease import lease_of
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.vocabulary.phase import Goal
from operations.status.deployed import Deployed
from operations.status.fleet import Fleet
from operations.status.origin import By, Origin
from operations.status.recurring import Recurring
from operations.status.row import Row, rows_of
from operations.status.seen import Seen, SeenExecution, SeenModel
from schedule_expressions.parsing import parse
from tests.fakes.given import DEFAULTS, EXECUTION, HOME

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUNS = ModelRecord(
    version=3, latest_start=EXECUTION, wanted_at=NOW - 3 * HOUR, asked_by=EXECUTION, asked_at=NOW - 3 * HOUR,
    ran_at=NOW - 2 * HOUR, min_inference_units=2,
)  # fmt: skip
"""A run that has lasted for two hours."""
LEASED = replace(RUNS, lease_ends_at=NOW + HOUR, leased_by=EXECUTION)
DEPLOYED = Deployed(
    zone=ZoneInfo("Europe/Berlin"),
    defaults=DEFAULTS,
    price=4.0,
    services=SERVICES,
    project_arns=[],
    lease_group="g",
    record_table="t",
)

BUDGET = BudgetStanding(
    project="parts",
    per=Per.DAY,
    limit_usd=100.0,
    spent_usd=84.2,
    begins_at=NOW - 13 * HOUR,
    ends_at=NOW + 11 * HOUR,
)


def model(
    status: str = "RUNNING",
    record: ModelRecord | None = RUNS,
    *,
    name: str = "parts",
    units: tuple[int | None, int | None] = (2, None),
) -> SeenModel:
    """Return a model of Rekognition, seen in a status."""
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/{name}/version/{name}.2026-01-05/1767603600000"
    request = parse_stop_request({"ProjectVersionArn": arn}, defaults=DEFAULTS, home=HOME)
    return SeenModel(request, status, units, record)


def schedule(seen: SeenModel, action: Any, expression: str, *, name: str = "weekdays", zone: str = "UTC") -> Recurring:
    """Return a deployed schedule of a model, made at noon a day before."""
    return Recurring(
        name=name,
        action=action,
        model_id=seen.request.model_id,
        expression=parse(expression, one_time=True),
        zone=ZoneInfo(zone),
        since=NOW - timedelta(days=1),
    )


def armed_for(seen: SeenModel) -> frozenset[str]:
    """Return the armed stop of its lease."""
    lease = lease_of(seen.record or ModelRecord())
    return frozenset([schedule_name(seen.request, lease)]) if lease else frozenset()


def seen(*models: SeenModel, **more: Any) -> Seen:
    """All that was read: every stop is armed, and the executions of this morning go on, unless it is said otherwise."""
    known: dict[str, Any] = {
        "now": NOW,
        "stack": "ModelLifecycle",
        "stage": "",
        "account": "123456789012",
        "region": "us-east-1",
        "deployed": DEPLOYED,
        "models": models,
        "executions": {EXECUTION: SeenExecution(NOW - 3 * HOUR, under_way=True)},
        "schedules": (),
        "armed": frozenset().union(*map(armed_for, models)),
    }
    return Seen(**{**known, **more})


def fleet(**more: Any) -> Fleet:
    """Return a fleet of twelve models, of which three run."""
    known: dict[str, Any] = {
        "execution": EXECUTION.replace("start-model:", "start-models:"),
        "goal": Goal.RUNNING,
        "since": NOW - HOUR,
        "redrives": 0,
        "started_by": Origin(execution=EXECUTION, by=By.CALLER),
        "total": 12,
        "of_service": {"Rekognition": 12},
        "done": 3,
        "failed": 0,
        "under_way": ("one", "two"),
    }
    return Fleet(**{**known, **more})


def row(one: SeenModel, **more: Any) -> Row:
    """Its row."""
    [found] = rows_of(seen(one, **more))
    return found
