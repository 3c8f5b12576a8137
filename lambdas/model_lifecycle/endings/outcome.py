"""How an execution ended, in the word that subscribers filter by."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from model_lifecycle.vocabulary.phase import Goal, Phase


class Outcome(StrEnum):
    """The `Outcome` of a notification."""

    RUNNING = "Running"
    LEASE_MOVED = "LeaseMoved"
    STOPPED = "Stopped"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"
    ABORTED = "Aborted"
    STILL_BILLING = "StillBilling"


OF_EXECUTION = {
    "SUCCEEDED": None,
    "FAILED": Outcome.FAILED,
    "TIMED_OUT": Outcome.TIMED_OUT,
    "ABORTED": Outcome.ABORTED,
}
"""What the net tells, by the status of the execution; what a success is, its output says. A RUNNING one has not
ended.
"""


def of_phase(goal: Goal, phase: Phase, report: Mapping[str, Any] | None) -> Outcome | None:
    """What a state of the machine itself tells. `report`: None of a request that is not valid."""
    if phase is Phase.OVERDUE and goal is Goal.RUNNING:
        return Outcome.TIMED_OUT
    if phase in (Phase.FAILED, Phase.OVERDUE):
        return of_failure(goal, Outcome.FAILED, may_bill=bool(report and report["MayBill"]))
    return of_success(report or {})


def of_success(report: Mapping[str, Any]) -> Outcome | None:
    """What is told of an execution that did what it was to do; None of a stop that was not wanted any more."""
    if report.get("Superseded"):
        return None
    if "StoppedAt" in report:
        return Outcome.STOPPED
    return Outcome.LEASE_MOVED if report["Lease"]["MovedFrom"] else Outcome.RUNNING


def of_failure(goal: Goal, outcome: Outcome, *, may_bill: bool) -> Outcome:
    """A stop that did not stop what bills is what people must hear of, whatever it failed at."""
    if goal is Goal.STOPPED and may_bill and outcome is not Outcome.ABORTED:
        return Outcome.STILL_BILLING
    return outcome
