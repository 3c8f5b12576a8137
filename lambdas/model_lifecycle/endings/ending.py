"""One end of one execution, as far as it is known: what a notification is made of."""

from dataclasses import dataclass
from typing import Any

from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.phase import Goal


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How an execution ended, or what the watch found: then there is no `execution_arn`.

    `request` is None where the input was not valid; `report` where nothing was seen of a model. `error` and `cause` are
    the execution's own; both are None for a success. `clean_up` is what came of starting stop-model for a start that
    gave up: `{"ExecutionArn"}`, or `{"Error"}` if it could not be started.
    """

    notification_id: str
    outcome: Outcome
    goal: Goal
    execution_arn: str | None = None
    request: ModelRequest | None = None
    report: dict[str, Any] | None = None
    error: str | None = None
    cause: str | None = None
    clean_up: dict[str, str] | None = None

    @property
    def may_bill(self) -> bool:
        """The model bills, or comes to bill if nobody does anything, or nobody can tell."""
        if self.report is not None:
            return bool(self.report["MayBill"])
        return self.request is not None


def notification_id(execution_arn: str, redrive_count: int) -> str:
    """The identity of an end: an execution has one, and one more for each redrive."""
    return f"{execution_arn}#{redrive_count}"
