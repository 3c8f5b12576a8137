"""One end of one execution, as far as it is known: what a notification is made of."""

from datetime import datetime
from typing import TypeAlias

from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.model.usage import Run
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.service import Identity, Service
from model_lifecycle.steps.report import Report, RunReport, StartReport
from model_lifecycle.vocabulary.errors import OUR_ERRORS
from model_lifecycle.vocabulary.phase import NEVER_SEEN, Goal, Phase, meaning_of
from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True, kw_only=True)
class StartedCleanUp:
    """The execution of stop-model that a start that gave up has started."""

    execution_arn: str


@dataclass(frozen=True, kw_only=True)
class FailedCleanUp:
    """Why it could not start one."""

    error: str


CleanUp: TypeAlias = StartedCleanUp | FailedCleanUp


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How an execution ended, how it goes on, or what the watch found: then there is no `execution_arn`.

    `request` is None where the input names no model, and nothing but its name where the input is not valid. `report` is
    None where nothing was seen of a model; `gone`: there is none. `error` and `cause` are
    the execution's own; both are None for a success. `clean_up` is what came of starting stop-model for a start that
    gave up. `tried_until`: the deadline of a start that goes on. `project`: the
    service and its project, as far as that can be read where there is no request. `about`: what the subject names then.
    `advice`: what to do about it, where that does not depend on the error. `budget`: what of it is spent.
    """

    notification_id: str
    outcome: Outcome
    goal: Goal
    execution_arn: str | None = None
    request: ModelRequest | None = None
    report: Report | None = None
    error: str | None = None
    cause: str | None = None
    clean_up: CleanUp | None = None
    tried_until: datetime | None = None
    gone: bool = False
    project: tuple[Service, Identity] | None = None
    about: str = "invalid input"
    advice: str | None = None
    budget: BudgetStanding | None = None

    @property
    def may_bill(self) -> bool:
        """The model bills, or comes to bill if nobody does anything, or nobody can tell."""
        if self.report is not None:
            return self.report.may_bill
        # Before it is known which version is meant, none is started.
        return self.request is not None and (self.goal is Goal.STOPPED or not self.request.is_open)

    @property
    def left_to_itself(self) -> bool:
        """A start that Step Functions ended: no state of it has cleaned up, and the model may bill."""
        cut_short = self.outcome in (Outcome.ABORTED, Outcome.TIMED_OUT) and not self.in_our_words
        return cut_short and self.goal is Goal.RUNNING and self.may_bill

    @property
    def seen_running(self) -> bool:
        """The model ran when it was looked at."""
        if self.request is None or self.report is None:
            return False
        statuses = self.request.service.statuses
        return meaning_of(self.report.status or NEVER_SEEN, statuses).before is Phase.RUNNING

    @property
    def in_our_words(self) -> bool:
        """Whether the cause is a sentence of ours: whoever aborts an execution gives it an error and a cause."""
        return self.execution_arn is None or (self.outcome is not Outcome.ABORTED and self.error in OUR_ERRORS)

    @property
    def ran(self) -> Run | None:
        """The run that ended, or that goes on although it should not; None where nothing is known of it."""
        return self.report.ran if isinstance(self.report, RunReport) else None

    @property
    def remedy(self) -> str | None:
        """What there is to do about it besides stopping the model."""
        return self.report.remedy if isinstance(self.report, StartReport) else None


def notification_id(execution_arn: str, redrive_count: int) -> str:
    """Return the identity of an end: an execution has one, and one more for each redrive."""
    return f"{execution_arn}#{redrive_count}"


def waiting_id(execution_arn: str) -> str:
    """Return the identity of what is told of an execution that waits: once, however often it is redriven."""
    return f"{execution_arn}#waiting"


def still_starting_id(execution_arn: str) -> str:
    """Return the same of an execution whose model takes longer to start than it ever did."""
    return f"{execution_arn}#still-starting"
