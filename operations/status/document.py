"""The status for programs. docs/operations.md describes its shape."""

from typing import Any

from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.vocabulary.codec import fields_json
from model_lifecycle.vocabulary.instant import to_instant
from operations.status.fleet import Fleet
from operations.status.origin import Origin
from operations.status.recurring import Due
from operations.status.row import Leased, Row
from operations.status.status import Status


def document(status: Status) -> dict[str, Any]:
    """Return the status as JSON: moments in ISO 8601 in UTC, hours and USD as numbers, null for what is not known."""
    seen = status.seen
    return {
        "At": to_instant(seen.now),
        "Stack": seen.stack,
        "Stage": seen.stage or None,
        "Account": seen.account,
        "Region": seen.region,
        "TimeZone": seen.deployed.zone.key,
        "UsdPerInferenceUnitHour": seen.deployed.price,
        "Models": [_model(row) for row in status.rows],
        "Unleased": status.unleased,
        "Usd": status.usd,
        "UsdPerHour": status.usd_per_hour,
        "MonthEnd": to_instant(status.month_end),
        "UsdByMonthEnd": status.usd_by_month_end,
        "NextStart": _due(status.next_start),
        "Fleets": None if seen.fleets is None else [_fleet(each) for each in seen.fleets],
        "Budgets": None if seen.budgets is None else [_budget(each) for each in seen.budgets],
        "ProjectsLeftOut": seen.left_out,
        "NotRead": list(seen.failures),
    }


def _budget(standing: BudgetStanding) -> dict[str, Any]:
    names = ("Project", "Per", "LimitUsd", "SpentUsd", "BeginsAt", "EndsAt")
    written = fields_json(standing)
    return {name: written[name] for name in names}


def _fleet(fleet: Fleet) -> dict[str, Any]:
    return {
        "Execution": fleet.execution,
        "Goal": fleet.goal,
        "Since": to_instant(fleet.since),
        "StartedBy": _origin(fleet.started_by),
        "Total": fleet.total,
        "Done": fleet.done,
        "Failed": fleet.failed,
        "UnderWay": len(fleet.under_way),
    }


def _model(row: Row) -> dict[str, Any]:
    return {
        "ModelId": row.request.model_id,
        **row.request.names,
        "State": row.state,
        "Status": row.status,
        "RecordRead": row.known,
        "Since": row.since and to_instant(row.since),
        "StartedBy": _origin(row.started_by),
        "WantedBy": row.wanted_by,
        "StoppedBy": row.stopping_by,
        "ReadyBy": row.ready_by and to_instant(row.ready_by),
        "AsksFrom": row.asks_from and to_instant(row.asks_from),
        "UsualStart": row.usual and fields_json(row.usual),
        "WaitsUntil": row.waits_until and to_instant(row.waits_until),
        "PlaceInLine": row.place,
        "Behind": list(row.behind),
        "InferenceUnits": {"Min": row.units[0], "Max": row.units[1]},
        "Unleased": row.unleased,
        "Lease": _lease(row),
        "NextStart": _due(row.next_start),
        "NextStop": _due(row.next_stop),
        "StopsAt": row.stops_at and to_instant(row.stops_at),
        "Ran": row.usage
        and {
            "Since": to_instant(row.usage.since),
            "Hours": row.usage.told.hours,
            "InferenceUnitHours": row.usage.told.inference_unit_hours,
            "Source": row.usage.source,
        },
        "Usd": row.usd,
        "UsdPerHour": row.usd_per_hour,
        "UsdByMonthEnd": row.usd_by_month_end,
    }


def _lease(row: Row) -> dict[str, Any] | None:
    if row.lease is None:
        return None
    scheduled = None if row.leased is Leased.UNKNOWN else row.leased is Leased.ARMED
    return {
        "EndsAt": to_instant(row.lease.ends_at),
        "LeasedBy": row.lease.leased_by,
        "StopScheduled": scheduled,
    }


def _origin(started_by: Origin | None) -> dict[str, Any] | None:
    return (
        None
        if started_by is None
        else {"Execution": started_by.execution, "By": started_by.by, "Name": started_by.name}
    )


def _due(due: Due | None) -> dict[str, Any] | None:
    return (
        None
        if due is None
        else {
            "At": to_instant(due.at),
            "ReadyBy": due.ready_by and to_instant(due.ready_by),
            "Schedule": due.schedule.name,
            "ModelId": due.schedule.model_id,
        }
    )
