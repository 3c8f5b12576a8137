"""Metrics in logs: what is in the embedded metric format is measured, as CloudWatch Logs documents it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from local.clock.clock import VirtualClock
from tests.local_aws.acting_aws import ActingAws, acting_aws

# moto takes log events of these days only.
START = datetime.now(UTC).replace(second=0, microsecond=0)
NOW = round(START.timestamp() * 1_000)
DAY = 24 * 3_600_000
STARTS = {"Name": "Starts", "Unit": "Count"}
ALL = {"Namespace": "App", "Dimensions": [["service"]], "Metrics": [STARTS]}


@pytest.fixture(scope="module")
def aws() -> Iterator[ActingAws]:
    with acting_aws(VirtualClock(START)) as opened, opened.clock.running():
        opened.api("logs").create_log_group(logGroupName="app")
        yield opened


@pytest.fixture
def write(aws: ActingAws) -> Any:
    """Write a line into a log, and tell which metrics of the namespace there are then, with sum and count."""

    def written(line: str) -> dict[str, tuple[float, float]]:
        logs, cloudwatch = aws.api("logs"), aws.api("cloudwatch")
        stream = str(uuid4())
        logs.create_log_stream(logGroupName="app", logStreamName=stream)
        logs.put_log_events(logGroupName="app", logStreamName=stream, logEvents=[{"timestamp": NOW, "message": line}])
        found = {}
        for metric in cloudwatch.list_metrics()["Metrics"]:
            if metric["Namespace"] not in line:
                continue
            [point] = cloudwatch.get_metric_statistics(
                **metric,
                StartTime=START - timedelta(days=14),
                EndTime=START + timedelta(days=1),
                Period=30 * 24 * 3_600,
                Statistics=["Sum", "SampleCount"],
            )["Datapoints"]
            values = [dimension["Value"] for dimension in metric["Dimensions"]]
            found[" ".join([metric["MetricName"], *values])] = (point["Sum"], point["SampleCount"])
        return found

    return written


def line(namespace: str, *, directive: dict[str, Any] | None = None, timestamp: Any = NOW, **members: Any) -> str:
    """Return a document with one directive, and these members beside it."""
    directives = [{**ALL, "Namespace": namespace, **(directive or {})}]
    about = {"Timestamp": timestamp, "CloudWatchMetrics": directives}
    return json.dumps({"_aws": about, "service": "parts", "Starts": 1, **members})


def test_a_value_is_measured_under_its_name_its_dimensions_and_its_unit(aws: ActingAws, write: Any) -> None:
    assert write(line("App/one")) == {"Starts parts": (1, 1)}

    [point] = aws.api("cloudwatch").get_metric_statistics(
        Namespace="App/one",
        MetricName="Starts",
        Dimensions=[{"Name": "service", "Value": "parts"}],
        StartTime=START,
        EndTime=START + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert (point["Unit"], point["Timestamp"].astimezone(UTC)) == ("Count", START)


def test_several_values_count_each(write: Any) -> None:
    assert write(line("App/several", Starts=[1, 2.5, 3])) == {"Starts parts": (6.5, 3)}


def test_each_set_of_dimensions_is_a_metric_of_its_own(write: Any) -> None:
    sets = {"Dimensions": [["service"], ["service", "Error"], []]}

    assert write(line("App/sets", directive=sets, Error="Other")) == {
        "Starts": (1, 1),
        "Starts parts": (1, 1),
        "Starts Other parts": (1, 1),
    }


def test_a_metric_without_a_value_is_left_out(write: Any) -> None:
    metrics = {"Metrics": [STARTS, {"Name": "Stops"}]}

    assert write(line("App/without", directive=metrics)) == {"Starts parts": (1, 1)}


@pytest.mark.parametrize("age", [14 * DAY - 60_000, -2 * 3_600_000 + 1_000], ids=["two weeks ago", "in two hours"])
def test_a_moment_may_be_long_ago_and_a_little_ahead(write: Any, age: int) -> None:
    assert write(line(f"App/age{age}", timestamp=NOW - age)) == {"Starts parts": (1, 1)}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"timestamp": NOW - 14 * DAY - 60_000}, id="too long ago"),
        pytest.param({"timestamp": NOW + 2 * 3_600_000 + 60_000}, id="too far ahead"),
        pytest.param({"timestamp": "2026-01-05T09:00:00Z"}, id="a moment in words"),
        pytest.param({"Starts": "1"}, id="a value in words"),
        pytest.param({"Starts": True}, id="a value that is not a number"),
        pytest.param({"Starts": list(range(101))}, id="too many values"),
        pytest.param({"service": 5}, id="a dimension that is not text"),
        pytest.param({"service": ""}, id="an empty dimension"),
        pytest.param({"directive": {"Dimensions": [["elsewhere"]]}}, id="a dimension that is not there"),
        pytest.param({"directive": {"Dimensions": []}}, id="no set of dimensions"),
        pytest.param({"directive": {"Dimensions": [["service"] * 31]}}, id="too many dimensions"),
        pytest.param({"directive": {"Metrics": [{"Name": "Starts", "Unit": "USD"}]}}, id="an unknown unit"),
        pytest.param({"directive": {"Metrics": [{**STARTS, "StorageResolution": 5}]}}, id="an unknown resolution"),
        pytest.param({"directive": {"Namespace": "x" * 1_025}}, id="a namespace that is too long"),
    ],
)
def test_what_breaks_a_rule_of_the_format_measures_nothing(write: Any, broken: dict[str, Any]) -> None:
    assert write(line("App/broken", **broken)) == {}


def test_other_lines_measure_nothing(write: Any) -> None:
    assert write('half of a line with "CloudWatchMetrics": [') == {}
