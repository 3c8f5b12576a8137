"""One end of one execution, as far as it is known: what a notification is made of."""

from dataclasses import dataclass
from typing import Any

from model_lifecycle.outcome import Outcome
from model_lifecycle.request import Request


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How an execution ended.

    `request` is None where the input was not valid; `report` where nothing was seen of a model. `error` and `cause` are
    the execution's own; both are None for a model that runs.
    """

    notification_id: str
    outcome: Outcome
    execution_arn: str
    request: Request | None = None
    report: dict[str, Any] | None = None
    error: str | None = None
    cause: str | None = None

    @property
    def may_bill(self) -> bool:
        """The model bills, or comes to bill if nobody does anything, or nobody can tell."""
        if self.report is not None:
            return bool(self.report["MayBill"])
        return self.request is not None


def notification_id(execution_arn: str, redrive_count: int) -> str:
    """The identity of an end: an execution has one, and one more for each redrive."""
    return f"{execution_arn}#{redrive_count}"
