"""What happened is counted, once each, in the metrics of the deployment."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION
from tests.local_aws.conftest import until

HOUR = 3_600
DEPLOYMENT = {"service": "model-lifecycle"}


class Counted:
    """The metrics of what happens from now on."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        # What was before is of an earlier minute.
        lifecycle.pass_time(120)
        self._lifecycle = lifecycle
        self._since = lifecycle.clock.now().replace(second=0, microsecond=0)
        self._cloudwatch = lifecycle.aws.client("cloudwatch")

    def of(self, metric: str, statistic: str = "Sum", **dimensions: str) -> float:
        """One statistic of all values of a metric; 0 if there is none."""
        points = self._cloudwatch.get_metric_statistics(
            Namespace="ModelLifecycle",
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in {**DEPLOYMENT, **dimensions}.items()],
            StartTime=self._since,
            EndTime=self._lifecycle.clock.now() + timedelta(minutes=1),
            Period=30 * 24 * HOUR,
            Statistics=[statistic],
        )["Datapoints"]
        return points[0][statistic] if points else 0.0

    def await_values(self, **numbers: int) -> None:
        """Wait until so many values of some metrics have come: logs are read a moment after their function answers."""
        until(lambda: all(self.of(metric, "SampleCount") >= number for metric, number in numbers.items()))

    def names(self) -> set[frozenset[str]]:
        """Every combination of dimensions that there is."""
        metrics = self._cloudwatch.list_metrics(Namespace="ModelLifecycle")["Metrics"]
        return {frozenset(dimension["Name"] for dimension in metric["Dimensions"]) for metric in metrics}


def test_a_life_and_a_failure_are_in_cloudwatch_with_the_numbers_of_their_messages(lifecycle: Lifecycle) -> None:
    denied = {"Operation": LOOKOUT_VISION.start, "Error": "AccessDeniedException"}
    throttled = {"Operation": REKOGNITION.describe, "Error": "ThrottlingException", "Times": 2, "Caller": "CheckModel"}
    lifecycle.given(
        REKOGNITION.script(StartSeconds=100, StopSeconds=60), LOOKOUT_VISION.script(), faults=[denied, throttled]
    )
    counted = Counted(lifecycle)

    start = lifecycle.run({**REKOGNITION.model, "StopAfterSeconds": 2 * HOUR, "MinInferenceUnits": 2})
    lifecycle.run(LOOKOUT_VISION.model)
    lifecycle.pass_time(3 * HOUR)
    lifecycle.settle()

    [stop] = lifecycle.stops()
    started, stopped = start.output, lifecycle.end_of(stop).output
    counted.await_values(Starts=2, Stops=1, Failures=1, RunningModels=3)
    assert (started["TransientFaults"], started["DetectionLagSeconds"] > 0) == (2, True)
    sums = (
        "Starts",
        "Stops",
        "Failures",
        "SecondsToRunning",
        "ChecksPerStart",
        "TransientFaults",
        "RunHours",
        "RunUsd",
    )
    assert {metric: counted.of(metric) for metric in sums} == {
        "Starts": 2,
        "Stops": 1,
        "Failures": 1,
        "SecondsToRunning": started["ElapsedSeconds"],
        "ChecksPerStart": started["Checks"] + 1,
        "TransientFaults": 2,
        "RunHours": stopped["Ran"]["Hours"],
        "RunUsd": lifecycle.messages(stop)[0].document["Ran"]["Usd"],
    }
    lags = [output["DetectionLagSeconds"] for output in (started, stopped)]
    assert counted.of("DetectionLag") == pytest.approx(sum(lags))
    assert counted.of("Failures", Error="AccessDeniedError") == 1
    # The watch saw it run twice, and then nothing.
    assert (counted.of("RunningModels"), counted.of("RunningModels", "SampleCount")) == (2, 3)
    assert counted.of("RunningUsdPerHour", "Maximum") == 2 * 4
    assert 1 < counted.of("LongestRunHours", "Maximum") < 2
    assert counted.names() == {frozenset({"service"}), frozenset({"service", "Error"})}


AT_NOTIFY: Mapping[str, dict[str, Any]] = {
    "the topic refuses once": {"Operation": "Publish", "Error": "InternalError"},
    "the bus refuses once": {"Operation": "PutEvents", "Error": "InternalException"},
    "the function dies before it publishes": {"Operation": "Publish", "Effect": "KillBefore"},
    "the function dies after it published": {"Operation": "Publish", "Effect": "KillAfter"},
    "the function dies after it sent the event": {"Operation": "PutEvents", "Effect": "KillAfter"},
    "the answer about the event is lost": {"Operation": "PutEvents", "Effect": "LoseAnswer"},
    "the function dies once it has remembered that it sent it": {
        "Operation": "UpdateItem",
        "Effect": "KillAfter",
        "After": 1,
    },
    "what was sent cannot be remembered": {"Operation": "UpdateItem", "Error": "InternalServerError", "After": 1},
}


def test_an_end_that_is_heard_of_twice_is_counted_once(lifecycle: Lifecycle) -> None:
    """The net hears of each end besides, after the state that told it."""
    lifecycle.given(REKOGNITION.script(Status="RUNNING"))
    counted = Counted(lifecycle)

    for trouble in AT_NOTIFY.values():
        lifecycle.given_faults({**trouble, "Times": 1, "Caller": "Notify"})
        lifecycle.run(REKOGNITION.model)

    counted.await_values(Starts=len(AT_NOTIFY))
    assert counted.of("Starts") == len(AT_NOTIFY)
    assert counted.of("Failures") == 0


def test_an_aborted_start_is_counted_by_no_error_that_whoever_aborted_it_gave(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=600))
    counted = Counted(lifecycle)

    with lifecycle.clock.running():
        start = lifecycle.start(REKOGNITION.model)
        lifecycle.pass_time(30)
        lifecycle.abort(start, error="arn:aws:of:everything:1:2", cause="whim")
    lifecycle.settle()

    counted.await_values(Failures=1)
    assert (counted.of("Starts"), counted.of("Failures"), counted.of("Failures", Error="Aborted")) == (1, 1, 1)


def test_a_look_of_the_watch_counts_once_however_often_its_event_comes(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(Status="RUNNING"))
    counted = Counted(lifecycle)
    hour = lifecycle.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    event = json.dumps({"detail-type": "Scheduled Event", "time": hour})

    for _ in range(2):
        answer = lifecycle.aws.client("lambda").invoke(
            FunctionName=lifecycle.outputs["WatchModelsFunctionName"], Payload=event
        )
        assert "FunctionError" not in answer

    counted.await_values(RunningModels=1)
    assert (counted.of("RunningModels"), counted.of("RunningModels", "SampleCount")) == (1, 1)
