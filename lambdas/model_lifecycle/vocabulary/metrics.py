"""The metrics that the functions write, by their names in CloudWatch, and what each is counted in."""

from enum import StrEnum

NAMESPACE = "ModelLifecycle"
DEPLOYMENT = "service"
"""The dimension that all have, under Powertools' own name: the deployment, as it is named in events."""
ERROR = "Error"
"""The dimension that failures have, too."""


class Metric(StrEnum):
    """A metric. Of executions each is written once for each end; of what runs, once for each look of the watch."""

    STARTS = "Starts"
    """Executions of start-model that ended, however they did."""
    STOPS = "Stops"
    """The same of stop-model, but for stops that were not wanted any more."""
    FAILURES = "Failures"
    """Those among both that did not bring about what they were to."""
    SECONDS_TO_RUNNING = "SecondsToRunning"
    """From the begin of an execution that asked for the start until it saw the model running."""
    DETECTION_LAG = "DetectionLag"
    """The most that can have passed between the model's running, or being stopped, and the look that saw it."""
    CHECKS = "ChecksPerStart"
    TRANSIENT_FAULTS = "TransientFaults"
    """How often a service could not answer an execution, and was asked again later."""
    RUN_HOURS = "RunHours"
    """Of a run that a stop has ended."""
    RUN_USD = "RunUsd"
    RUNNING_MODELS = "RunningModels"
    RUNNING_USD_PER_HOUR = "RunningUsdPerHour"
    LONGEST_RUN_HOURS = "LongestRunHours"
    """For how long the model has been running that has run longest."""

    UNCONFIRMED_EMAILS = "UnconfirmedEmails"
    """Addresses of the settings that get nothing, since nobody has confirmed them, or somebody has ended that."""


_SECONDS = frozenset({Metric.SECONDS_TO_RUNNING, Metric.DETECTION_LAG})
_WITHOUT_UNIT = frozenset({Metric.RUN_HOURS, Metric.RUN_USD, Metric.RUNNING_USD_PER_HOUR, Metric.LONGEST_RUN_HOURS})


def unit_of(metric: Metric) -> str:
    """Return CloudWatch's word for it. CloudWatch knows neither hours nor money."""
    if metric in _SECONDS:
        return "Seconds"
    return "None" if metric in _WITHOUT_UNIT else "Count"
