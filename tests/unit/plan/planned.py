"""Plans of schedules in the settings."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from model_lifecycle.requests.model_request import Defaults
from plan.entries import entries_of
from plan.plan import Plan, make_plan
from plan.plan_warning import Kind, PlanWarning
from plan.warnings import warnings_of
from settings.settings import Settings

BOARDS = {"ProjectName": "boards", "ModelVersion": "1"}
BERLIN = "Europe/Berlin"
MORNING, EVENING = "cron(0 7 ? * MON-FRI *)", "cron(0 18 ? * MON-FRI *)"


def lookout(project: str, **more: Any) -> dict[str, Any]:
    """Return the input of a start of Lookout for Vision."""
    return {"ProjectName": project, "ModelVersion": "1", **more}


def rekognition(project: str, **more: Any) -> dict[str, Any]:
    """Return the input of a start of Rekognition."""
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/{project}/version/v1/1767603600000"
    return {"ProjectVersionArn": arn, **more}


def pair(name: str = "weekdays", start: str = MORNING, stop: str = EVENING, **more: Any) -> dict[str, Any]:
    """Return a start and a stop, in Berlin unless `time_zone` says otherwise."""
    return {"name": name, "time_zone": BERLIN, "start": start, "stop": stop, "model": BOARDS, **more}


def single(name: str, expression: str, **more: Any) -> dict[str, Any]:
    """One expression, a start in UTC unless `action` and `time_zone` say otherwise."""
    return {"name": name, "expression": expression, "input": BOARDS, **more}


def plan_of(
    *schedules: dict[str, Any],
    begin: str = "2026-11-21T12:00:00+00:00",
    time_zone: str = BERLIN,
    stop_after: timedelta | None = None,
    start_timeout: int = 3_600,
    price: float = 4.0,
    unleased_limit: timedelta | None = None,
    watched_services: list[str] | None = None,
) -> Plan:
    """Return the plan of such schedules; 2026-11-21 is a Saturday, and no clocks change in the 14 days after."""
    settings = Settings.from_context({"max_inference_units": 1_000, "schedules": list(schedules)})
    executions = [execution for schedule in settings.schedules for execution in schedule.executions]
    zone = ZoneInfo(time_zone)
    defaults = Defaults(
        start_timeout_seconds=start_timeout,
        stop_timeout_seconds=1,
        stop_after_seconds=round(stop_after.total_seconds()) if stop_after else None,
    )
    return make_plan(
        entries_of(executions, time_zone=zone, defaults=defaults),
        begin=datetime.fromisoformat(begin),
        time_zone=zone,
        usd_per_unit_hour=price,
        unleased_limit=unleased_limit,
        watched_services=watched_services,
    )


def stretches(plan: Plan) -> list[tuple[str, str | None]]:
    """From when until when the first model of a plan runs, in UTC; None for what has no end."""
    return [
        (_short(stretch.stretch.begin), _short(stretch.stretch.end) if stretch.stretch.end else None)
        for stretch in plan.models[0].stretches
    ]


def warned(plan: Plan, kind: Kind) -> list[PlanWarning]:
    """Return the warnings of one kind."""
    return [warning for warning in warnings_of(plan) if warning.kind is kind]


def only_warning(plan: Plan) -> PlanWarning:
    """Return the one warning of a plan."""
    [warning] = warnings_of(plan)
    return warning


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%m-%d %H:%M}"
