"""The document that programs get of an ending.

The event's schema is made of these types: a field's `metadata` is what JSON Schema says of it besides its type.
"""

from collections.abc import Mapping
from dataclasses import field

from model_lifecycle.endings.ending import CleanUp
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Head:
    """What every document has, whatever is known of a model. The model and the report stand beside it."""

    notification_id: str = field(
        metadata={
            "description": "The identity of what is told: an execution's ARN and the number of its redrive; "
            "of the watch, the model and the hour."
        }
    )
    outcome: Outcome
    summary: str = field(metadata={"description": "What happened, for people."})
    error: str | None
    cause: str | None
    clean_up: CleanUp | None = field(
        metadata={
            "description": "Of a start that gave up: the execution of stop-model that it started, or why it could not."
        }
    )
    may_bill: bool = field(
        metadata={"description": "Whether the model bills, or comes to bill if nobody does anything."}
    )
    usd_per_hour: float | None = field(metadata={"description": "While it runs.", "minimum": 0})
    how_to_stop: str | None = field(metadata={"description": "A command of the AWS command line."})
    stop_input: Mapping[str, str] | None = field(
        metadata={"description": "The input of stop-model that stops the model."}
    )
    budget: BudgetStanding | None = field(
        metadata={"description": "Of what the watch tells of a budget, and of a start: where it stands."}
    )
    execution_arn: str | None
    execution_link: str | None
