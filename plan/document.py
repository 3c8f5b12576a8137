"""The plan for programs."""

from datetime import UTC, datetime
from typing import Any

from plan.budget import PlannedBudget
from plan.plan import Plan, PlannedModel, PlannedStretch
from plan.plan_warning import PlanWarning
from plan.stretches import Event


def document(plan: Plan, warnings: list[PlanWarning]) -> dict[str, Any]:
    """Return the plan as JSON: moments in ISO 8601, hours and USD as numbers. `Until` is null for what has no end."""
    return {
        "From": _utc(plan.begin),
        "Until": _utc(plan.end),
        "TimeZone": plan.time_zone.key,
        "UsdPerInferenceUnitHour": plan.usd_per_unit_hour,
        "Models": [_model(model) for model in plan.models],
        **_totals(plan),
        "Budgets": [_budget(budget) for budget in plan.budgets],
        "Warnings": [_warning(warning) for warning in warnings],
    }


def _model(planned: PlannedModel) -> dict[str, Any]:
    return {
        "ModelId": planned.model.id,
        "Service": planned.model.service,
        "Project": planned.model.project,
        "Version": planned.model.version,
        "Occurrences": [_occurrence(event) for event in planned.events],
        "Stretches": [_stretch(stretch) for stretch in planned.stretches],
        **_totals(planned),
    }


def _occurrence(event: Event) -> dict[str, Any]:
    entry, moment = event.occurrence.entry, event.occurrence.moment
    return {
        "Schedule": entry.schedule,
        "Action": entry.action,
        "Effect": event.effect,
        "Utc": _utc(moment),
        "ReadyBy": event.occurrence.ready_by and _utc(event.occurrence.ready_by),
        "Local": moment.astimezone(entry.shown_in).isoformat(),
        "TimeZone": entry.shown_in.key,
    }


def _stretch(planned: PlannedStretch) -> dict[str, Any]:
    stretch = planned.stretch
    return {
        "From": _utc(stretch.begin),
        "Until": stretch.end and _utc(stretch.end),
        "StartedBy": stretch.started_by.schedule,
        "EndedBy": stretch.ended_by and stretch.ended_by.schedule,
        "ByLease": stretch.by_lease,
        "InferenceUnits": stretch.started_by.inference_units,
        "Hours": round(planned.hours, 6),
        "Usd": round(planned.usd, 6),
    }


def _budget(planned: PlannedBudget) -> dict[str, Any]:
    standing = planned.standing
    return {
        "Project": standing.project,
        "Per": standing.per,
        "LimitUsd": standing.limit_usd,
        "From": _utc(standing.begins_at),
        "Until": _utc(standing.ends_at),
        "Usd": standing.spent_usd,
        "SpentAt": planned.spent_at and _utc(planned.spent_at),
        "RefusedStarts": len(planned.refused),
    }


def _totals(planned: Plan | PlannedModel) -> dict[str, Any]:
    return {"Hours": round(planned.hours, 6), "Usd": round(planned.usd, 6), "OpenEnded": planned.open_ended}


def _warning(warning: PlanWarning) -> dict[str, Any]:
    return {
        "Kind": warning.kind,
        "Message": warning.message,
        "Schedules": list(warning.schedules),
        "Models": list(warning.models),
        "Action": warning.action,
        "At": warning.at and _utc(warning.at),
        "Times": warning.times,
        "WaitSeconds": None if warning.waits is None else round(warning.waits.total_seconds()),
        "Behind": list(warning.behind),
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
