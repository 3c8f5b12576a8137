"""What an execution of start-models or stop-models does last: it sums up how the execution of each model ended."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from model_lifecycle.services.fields import VERSION
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Service
from model_lifecycle.steps.fleet_plan import DONE, FAILED, MOST_BYTES, fitting
from model_lifecycle.steps.payload import checked, of_a_state
from model_lifecycle.vocabulary.codec import fields_json, pascal
from model_lifecycle.vocabulary.errors import FleetIncompleteError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import from_instant
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.values import dataclass

WANTED = {Goal.RUNNING: "running", Goal.STOPPED: "stopped"}
"""What the models of an execution are to be, in words."""
_NAMED_IN_CAUSE = 5


@dataclass(frozen=True, kw_only=True)
class FleetReport:
    """How many models are as they were wanted, how many are not, and how each ended.

    Of a model: the fields that name it, `Outcome`, and as far as they are known `TookSeconds` and `Error`. Those that
    are not as they were wanted come first.
    """

    total: int = field(metadata={"minimum": 0})
    done: int = field(metadata={"minimum": 0})
    failed: int = field(metadata={"minimum": 0})
    elapsed_seconds: float = field(metadata={"description": "Since the execution's start.", "minimum": 0})
    left_out: Mapping[str, int] = field(
        metadata={"description": "Of a whole project: the models about which there was nothing to do, by status."}
    )
    not_shown: int = field(metadata={"description": "How many models had no room in Models.", "minimum": 0})
    models: tuple[Mapping[str, Any], ...]


def sum_up_fleet(payload: dict[str, Any], *, home: Home, now: datetime) -> dict[str, Any]:
    """Return `{"Phase", "Failure", "Report"}` of the `Results` that the executions of the models left, in their order.

    Raises InvalidRequestError for what no state of the machines sends.
    """
    payload = checked(payload, of_a_state(home, holds="Fleet"))
    goal, fleet = Goal(payload["Goal"]), payload["Fleet"]
    rows = [_row(goal, model, ended) for model, ended in zip(fleet["Models"], payload["Results"], strict=True)]
    failed = [row for row in rows if "Error" in row]
    shown = fitting([*failed, *(row for row in rows if "Error" not in row)], most_bytes=MOST_BYTES)
    report = FleetReport(
        total=len(rows),
        done=len(rows) - len(failed),
        failed=len(failed),
        elapsed_seconds=round((now - from_instant(payload["Execution"]["StartTime"])).total_seconds(), 3),
        left_out=fleet["LeftOut"],
        not_shown=len(rows) - len(shown),
        models=tuple(shown),
    )
    failure = FleetIncompleteError(_why(goal, failed, len(rows))).to_json() if failed else None
    return {"Phase": FAILED if failed else DONE, "Failure": failure, "Report": fields_json(report)}


def model_named(row: Mapping[str, Any]) -> tuple[Service, dict[str, str]]:
    """Return the service of a model, and the fields that name it, of a row or of an input that is valid.

    Of the newest version they are its project, and that it is meant.
    """
    named = [one for one in SERVICES if all(field.name in row for field in one.required)]
    if not named:
        [service] = [one for one in SERVICES if one.project_field.name in row]
        return service, {name: row[name] for name in (service.project_field.name, VERSION.name)}
    [service] = named
    return service, {field.name: row[field.name] for field in service.required}


def name_of(row: Mapping[str, Any]) -> str:
    """Return a model's name as people read it."""
    service, identity = model_named(row)
    return f"{service.project(identity)}/{service.version(identity)}"


def _row(goal: Goal, model: Mapping[str, Any], ended: Mapping[str, Any]) -> dict[str, Any]:
    _, identity = model_named(model)
    if "Error" in ended:
        outcome = pascal(ended["Status"].lower())
        return {**identity, "Outcome": outcome, "Error": ended["Error"] or outcome}
    word = "Running" if goal is Goal.RUNNING else "LeftRunning" if ended["Again"] else "Stopped"
    return {**identity, "Outcome": f"Already{word}" if ended["Already"] else word, "TookSeconds": ended["Seconds"]}


def _why(goal: Goal, failed: Sequence[Mapping[str, Any]], total: int) -> str:
    named = ", ".join(f"{name_of(row)} ({row['Error']})" for row in failed[:_NAMED_IN_CAUSE])
    more = f" and {len(failed) - _NAMED_IN_CAUSE:,} more" if len(failed) > _NAMED_IN_CAUSE else ""
    are = "is not" if len(failed) == 1 else "are not"
    return f"{len(failed):,} of {total:,} models {are} {WANTED[goal]}: {named}{more}."
