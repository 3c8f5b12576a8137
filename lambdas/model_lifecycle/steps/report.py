"""How a start or a stop went, for people and programs: the execution's output, and the heart of every message.

The event's schema is made of these types: a field's `metadata` is what JSON Schema says of it besides its type.
"""

from dataclasses import field, replace
from datetime import datetime
from typing import Any, Self

from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.model.usage import Run
from model_lifecycle.model.usual_start import UsualStart
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.codec import fields_json
from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Units:
    """Inference units; None is not known, or not asked for."""

    min_inference_units: int | None = field(metadata={"minimum": 1})
    max_inference_units: int | None = field(metadata={"minimum": 1})


@dataclass(frozen=True, kw_only=True)
class UnitsInForce:
    """The units that the service says the model has."""

    in_force: Units


@dataclass(frozen=True, kw_only=True)
class UnitsOfStart(UnitsInForce):
    """The same, beside those that the start asked for."""

    asked: Units


@dataclass(frozen=True, kw_only=True)
class LeaseStanding:
    """Where a start stands with its lease; None is no such end."""

    asked: datetime | None
    ends_at: datetime | None
    moved_from: datetime | None


@dataclass(frozen=True, kw_only=True)
class Waited:
    """How long a start waited for a place in the account's quota, and behind whom."""

    since: datetime
    seconds: float = field(metadata={"minimum": 0})
    behind: tuple[str, ...] = field(
        metadata={"description": "The models that were before it in line, as project/version; five at most."}
    )
    behind_count: int = field(metadata={"description": "How many models these were in all.", "minimum": 0})


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was seen of a model."""

    status: str | None = field(
        metadata={"description": "The service's own word; null if the model could not be looked at."}
    )
    status_message: str | None
    may_bill: bool = field(
        metadata={"description": "Whether the model bills, or comes to bill if nobody does anything."}
    )
    inference_units: UnitsInForce


@dataclass(frozen=True, kw_only=True)
class RunReport(Report):
    """What was seen of a model that runs or ran."""

    ran: Run | None


@dataclass(frozen=True, kw_only=True)
class ExecutionReport(Report):
    """How an execution went. What is None is not known. `parent`: the execution that started it as its child."""

    joined: bool | None
    asked: bool | None
    asked_at: datetime | None
    elapsed_seconds: float = field(metadata={"description": "Since the execution's start.", "minimum": 0})
    checks: int = field(metadata={"minimum": 0})
    transient_faults: int = field(
        default=0,
        metadata={"description": "How often a service could not answer, and was asked again later.", "minimum": 0},
    )
    detection_lag_seconds: float | None = field(
        default=None,
        metadata={
            "description": "From the look before to the one that saw what was waited for: no more has passed since.",
            "minimum": 0,
        },
    )
    parent: str | None = field(
        default=None, metadata={"description": "The execution of another state machine that started this one."}
    )

    def of_a_look(self) -> Self:
        """Return the report of an execution of which only its request is known, and how its model is now."""
        return replace(self, joined=None, asked=None, asked_at=None, detection_lag_seconds=None)


@dataclass(frozen=True, kw_only=True)
class StartReport(ExecutionReport):
    """How a start went. `units_as_asked` is None if no units are known to be in force."""

    already_running: bool | None
    running_at: datetime | None
    inference_units: UnitsOfStart
    units_as_asked: bool | None
    remedy: str | None
    lease: LeaseStanding | None = field(
        metadata={
            "description": "Of a start: the end it asked for, the end in force, and the end that its own replaced."
        }
    )
    ready_by: datetime | None = None
    late_seconds: float | None = field(
        default=None,
        metadata={"description": "How much later than ReadyBy the model was seen running; negative is earlier."},
    )
    start_took_seconds: float | None = field(
        default=None,
        metadata={
            "description": "From the request for the start, by whomever, until the model was seen running, or until "
            "now.",
            "minimum": 0,
        },
    )
    usual_start: UsualStart | None = field(
        default=None, metadata={"description": "How long the starts took that are remembered of the model."}
    )
    budget: BudgetStanding | None = field(
        default=None, metadata={"description": "Of a start: where the budget stood before the start was requested."}
    )
    waited: Waited | None = field(
        default=None,
        metadata={
            "description": "Of a start that waited for a place in the account's quota: how long, and behind whom."
        },
    )

    def of_a_look(self) -> Self:
        return replace(
            super().of_a_look(),
            already_running=None,
            running_at=None,
            lease=None,
            start_took_seconds=None,
            budget=None,
            late_seconds=None,
        )


@dataclass(frozen=True, kw_only=True)
class StopReport(ExecutionReport, RunReport):
    """How a stop went. `left_alone`: why the model was, in plain words."""

    already_stopped: bool | None
    started_again: bool | None
    # One that is not wanted any more is told to nobody.
    superseded: bool = field(metadata={"const": False})
    left_alone: str | None
    stopped_at: datetime | None
    reason: str | None

    def of_a_look(self) -> Self:
        return replace(super().of_a_look(), already_stopped=None, started_again=None, stopped_at=None)


def report_json(request: ModelRequest, report: Report) -> dict[str, Any]:
    """Return the report in JSON, with the model that it is about, and of an execution with its request."""
    asked = {"Request": request.to_json()} if isinstance(report, ExecutionReport) else {}
    return {**request.names, **asked, **fields_json(report)}
