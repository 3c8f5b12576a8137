"""How a start went, for people and programs: the execution's output, and the heart of every message."""

from datetime import datetime
from typing import Any

from model_lifecycle.instant import to_instant
from model_lifecycle.progress import Progress
from model_lifecycle.request import Request

_OTHER_UNITS = (
    "The model runs with other inference units than asked. To change them, stop it and start it again: "
    "until it runs again nobody can use it."
)


def model_json(request: Request) -> dict[str, Any]:
    """Which model: its service, its project, its version, and the input fields that name it."""
    return {
        "Service": request.service.name,
        "Project": request.project,
        "Version": request.version,
        **request.identity,
    }


def report(progress: Progress, *, now: datetime) -> dict[str, Any]:
    """The report. `Status` and `StatusMessage` are the service's own words; times are UTC, `ElapsedSeconds` counts from
    the execution's start; `InferenceUnits` tells what was asked and what is in force (null: not known).
    """
    asked = {
        "MinInferenceUnits": progress.request.min_inference_units,
        "MaxInferenceUnits": progress.request.max_inference_units,
    }
    in_force = {
        "MinInferenceUnits": progress.min_inference_units,
        "MaxInferenceUnits": progress.max_inference_units,
    }
    as_asked = None if progress.min_inference_units is None else asked == in_force
    return {
        **model_json(progress.request),
        "Request": progress.request.to_json(),
        "Status": progress.status,
        "StatusMessage": progress.status_message,
        "AlreadyRunning": progress.already_running,
        "Joined": progress.joined,
        "AskedAt": progress.asked_at and to_instant(progress.asked_at),
        "RunningAt": progress.running_at and to_instant(progress.running_at),
        "ElapsedSeconds": round((now - progress.started_at).total_seconds(), 3),
        "Checks": progress.checks,
        "InferenceUnits": {"Asked": asked, "InForce": in_force},
        "UnitsAsAsked": as_asked,
        "Remedy": _OTHER_UNITS if as_asked is False else None,
        "Asked": progress.asked,
        "MayBill": progress.may_bill,
    }
