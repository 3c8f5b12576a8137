"""How an execution ended, in the word that subscribers filter by."""

from enum import StrEnum

from model_lifecycle.phase import Phase


class Outcome(StrEnum):
    """The `Outcome` of a notification."""

    RUNNING = "Running"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"
    ABORTED = "Aborted"


OF_PHASE = {Phase.RUNNING: Outcome.RUNNING, Phase.OVERDUE: Outcome.TIMED_OUT, Phase.FAILED: Outcome.FAILED}
"""What a state of the machine itself tells."""

OF_EXECUTION = {
    "SUCCEEDED": Outcome.RUNNING,
    "FAILED": Outcome.FAILED,
    "TIMED_OUT": Outcome.TIMED_OUT,
    "ABORTED": Outcome.ABORTED,
}
"""What the net tells, by the status of the execution. A RUNNING one has not ended."""
