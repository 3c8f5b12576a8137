"""What the functions write for CloudWatch to count."""

import json
from typing import Any

import pytest

from composition.metrics import LineMetrics
from model_lifecycle.vocabulary.metrics import Metric

DECLARED = {"Name": "Failures", "Unit": "Count"}


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines that were written."""
    out = capsys.readouterr().out
    assert out.isascii()
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize(("stage", "deployment"), [("", "model-lifecycle"), ("blue", "model-lifecycle-blue")])
def test_values_stand_in_one_line_of_their_deployment(
    capsys: pytest.CaptureFixture[str], stage: str, deployment: str
) -> None:
    LineMetrics(stage).write({Metric.STARTS: 1, Metric.RUN_USD: 3.6, Metric.DETECTION_LAG: 15})

    [line] = written(capsys)
    about = line.pop("_aws")
    assert line == {"service": deployment, "Starts": [1.0], "RunUsd": [3.6], "DetectionLag": [15.0]}
    assert isinstance(about["Timestamp"], int)
    [directive] = about["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("ModelLifecycle", [["service"]])
    assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == {
        "Starts": "Count",
        "RunUsd": "None",
        "DetectionLag": "Seconds",
    }


def test_a_failure_counts_among_all_and_among_those_of_its_error_and_nothing_after_it_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics = LineMetrics("")

    metrics.write_failure("QuotaExceededError")
    metrics.write({})
    metrics.write({Metric.STOPS: 1})

    failure, stop = written(capsys)
    [directive] = failure["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["service"], ["service", "Error"]]
    assert (directive["Metrics"], failure["Error"], failure["Failures"]) == ([DECLARED], "QuotaExceededError", [1.0])
    assert ("Error" in stop, stop["_aws"]["CloudWatchMetrics"][0]["Dimensions"]) == (False, [["service"]])
