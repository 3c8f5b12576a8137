"""How an execution ended, or that it goes on, in the word that subscribers filter by."""

from collections.abc import Mapping
from enum import StrEnum

from model_lifecycle.steps.report import ExecutionReport, StartReport, StopReport
from model_lifecycle.vocabulary.phase import Goal, Phase


class Outcome(StrEnum):
    """The `Outcome` of a notification."""

    WAITING = "Waiting"
    STILL_STARTING = "StillStarting"
    RUNNING = "Running"
    LEASE_MOVED = "LeaseMoved"
    STOPPED = "Stopped"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"
    ABORTED = "Aborted"
    STILL_BILLING = "StillBilling"
    NOT_WATCHED = "NotWatched"
    BUDGET_REACHED = "BudgetReached"


class FleetOutcome(StrEnum):
    """The `Outcome` of the message about many models."""

    DONE = "FleetDone"
    INCOMPLETE = "FleetIncomplete"


EVENT_TYPES: Mapping[str, str] = {
    Outcome.WAITING: "Model Waiting",
    Outcome.STILL_STARTING: "Model Still Starting",
    Outcome.RUNNING: "Model Running",
    Outcome.LEASE_MOVED: "Model Lease Moved",
    Outcome.STOPPED: "Model Stopped",
    Outcome.FAILED: "Model Failed",
    Outcome.TIMED_OUT: "Model Timed Out",
    Outcome.ABORTED: "Model Aborted",
    Outcome.STILL_BILLING: "Model Still Billing",
    Outcome.NOT_WATCHED: "Model Not Watched",
    Outcome.BUDGET_REACHED: "Model Budget Reached",
    FleetOutcome.DONE: "Model Fleet Done",
    FleetOutcome.INCOMPLETE: "Model Fleet Incomplete",
}
"""The detail type of the event that tells it."""

GOES_ON = frozenset({Outcome.WAITING, Outcome.STILL_STARTING})
"""What is told of an execution that has not ended."""

OF_EXECUTION = {
    "SUCCEEDED": None,
    "FAILED": Outcome.FAILED,
    "TIMED_OUT": Outcome.TIMED_OUT,
    "ABORTED": Outcome.ABORTED,
}
"""What the net tells, by the status of the execution; what a success is, its output says. A RUNNING one has not
ended.
"""


def of_phase(goal: Goal, phase: Phase, report: ExecutionReport | None) -> Outcome | None:
    """Return what a state of the machine itself tells. `report`: None of a request that is not valid."""
    if phase is Phase.OVERDUE and goal is Goal.RUNNING:
        return Outcome.TIMED_OUT
    if phase in (Phase.FAILED, Phase.OVERDUE):
        return of_failure(goal, Outcome.FAILED, may_bill=report is not None and report.may_bill)
    return of_success(report)


def of_success(report: ExecutionReport | None) -> Outcome | None:
    """Return what is told of an execution that did what it was to do; None of a stop that was not wanted any more."""
    if isinstance(report, StopReport):
        return None if report.superseded else Outcome.STOPPED
    moved = isinstance(report, StartReport) and report.lease is not None and report.lease.moved_from is not None
    return Outcome.LEASE_MOVED if moved else Outcome.RUNNING


def of_failure(goal: Goal, outcome: Outcome, *, may_bill: bool) -> Outcome:
    """Return the outcome of a failure: a stop that leaves a model billing is StillBilling, whatever it failed at."""
    if goal is Goal.STOPPED and may_bill and outcome is not Outcome.ABORTED:
        return Outcome.STILL_BILLING
    return outcome
