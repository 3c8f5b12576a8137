"""How a start or a stop went, for people and programs: the execution's output, and the heart of every message."""

from datetime import datetime
from typing import Any

from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.steps.progress import Progress
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Phase

_OTHER_UNITS = (
    "The model runs with other inference units than asked. To change them, stop it and start it again: "
    "until it runs again nobody can use it."
)


def model_json(request: ModelRequest) -> dict[str, Any]:
    """Which model: its service, its project, its version, and the input fields that name it."""
    return {
        "Service": request.service.name,
        "Project": request.project,
        "Version": request.version,
        **request.identity,
    }


def report(progress: StartProgress | StopProgress, *, now: datetime) -> dict[str, Any]:
    """The report. `Status` and `StatusMessage` are the service's own words; times are UTC, `ElapsedSeconds` counts from
    the execution's start; `InferenceUnits` tells what was asked and what is in force (null: not known).
    """
    return {
        **model_json(progress.request),
        "Request": progress.request.to_json(),
        "Status": progress.status,
        "StatusMessage": progress.status_message,
        "Joined": progress.joined,
        "Asked": progress.asked,
        "AskedAt": _instant(progress.asked_at),
        "ElapsedSeconds": round((now - progress.started_at).total_seconds(), 3),
        "Checks": progress.checks,
        "MayBill": progress.may_bill,
        **(_of_start(progress) if isinstance(progress, StartProgress) else _of_stop(progress)),
    }


def _of_start(progress: StartProgress) -> dict[str, Any]:
    asked = {
        "MinInferenceUnits": progress.request.min_inference_units,
        "MaxInferenceUnits": progress.request.max_inference_units,
    }
    in_force = _units_in_force(progress)
    as_asked = None if progress.min_inference_units is None else asked == in_force
    return {
        "AlreadyRunning": progress.already_running,
        "RunningAt": _instant(progress.running_at),
        "InferenceUnits": {"Asked": asked, "InForce": in_force},
        "UnitsAsAsked": as_asked,
        "Remedy": _OTHER_UNITS if as_asked is False else None,
        "Lease": {
            "Asked": _instant(progress.wanted_lease_end),
            "EndsAt": _instant(progress.lease_ends_at),
            "MovedFrom": _instant(progress.lease_moved_from),
        },
    }


def _of_stop(progress: StopProgress) -> dict[str, Any]:
    return {
        "AlreadyStopped": progress.already_stopped,
        "StartedAgain": progress.started_again,
        "Superseded": progress.phase is Phase.SUPERSEDED,
        "LeftAlone": progress.left_alone or None,
        "StoppedAt": _instant(progress.stopped_at),
        "InferenceUnits": {"InForce": _units_in_force(progress)},
        "Reason": progress.request.reason,
        "Ran": progress.ran,
    }


def _units_in_force(progress: Progress[Any]) -> dict[str, int | None]:
    return {
        "MinInferenceUnits": progress.min_inference_units,
        "MaxInferenceUnits": progress.max_inference_units,
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else to_instant(moment)
