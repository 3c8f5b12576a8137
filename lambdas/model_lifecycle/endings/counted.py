"""An ending in numbers."""

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import GOES_ON, Outcome
from model_lifecycle.steps.report import ExecutionReport, StartReport, StopReport
from model_lifecycle.vocabulary.errors import OUR_ERRORS
from model_lifecycle.vocabulary.metrics import Metric
from model_lifecycle.vocabulary.phase import Goal

ABORTED, TIMED_OUT, OTHER = "Aborted", "TimedOut", "Other"
"""What failures are counted by whose error is not ours: whoever aborts an execution may give it any error."""
EVERY_FAILURE = frozenset({*OUR_ERRORS, ABORTED, TIMED_OUT, OTHER})
_FAILURES = frozenset({Outcome.FAILED, Outcome.TIMED_OUT, Outcome.ABORTED, Outcome.STILL_BILLING})


def counted(ending: Ending, *, price_per_inference_unit_hour: float) -> dict[Metric, float]:
    """Return what an execution's end adds to each metric, but for failures; nothing of what is not an end."""
    if ending.execution_arn is None or ending.outcome in GOES_ON:
        return {}
    found: dict[Metric, float] = {Metric.STARTS if ending.goal is Goal.RUNNING else Metric.STOPS: 1}
    report = ending.report
    # What was seen only afterwards tells nothing of what the execution did.
    if not isinstance(report, ExecutionReport) or report.asked is None:
        return found
    found[Metric.TRANSIENT_FAULTS] = report.transient_faults
    if report.detection_lag_seconds is not None:
        found[Metric.DETECTION_LAG] = report.detection_lag_seconds
    if isinstance(report, StartReport):
        found[Metric.CHECKS] = report.checks
        if report.running_at is not None and report.asked and not report.joined:
            # One that was early waited for its time first.
            waits = report.ready_by is not None and report.start_took_seconds is not None
            found[Metric.SECONDS_TO_RUNNING] = (waits and report.start_took_seconds) or report.elapsed_seconds
    money = Money.of(ending, price_per_inference_unit_hour)
    # Of several stops that wait for one end, one has asked for it.
    if isinstance(report, StopReport) and report.stopped_at and report.asked and ending.ran and money:
        found |= {Metric.RUN_HOURS: ending.ran.hours, Metric.RUN_USD: money.paid(ending.ran).usd}
    return found


def failure_of(ending: Ending) -> str | None:
    """Return the error that a failure is counted by, one of `EVERY_FAILURE`; None if it is not a failed end."""
    if ending.execution_arn is None or ending.outcome not in _FAILURES:
        return None
    if ending.outcome is Outcome.ABORTED:
        return ABORTED
    if ending.error in OUR_ERRORS:
        return ending.error
    return TIMED_OUT if ending.outcome is Outcome.TIMED_OUT else OTHER
