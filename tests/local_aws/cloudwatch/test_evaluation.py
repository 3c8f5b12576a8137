"""Alarms change their state as CloudWatch's do: by periods, by what is missing, by metric math; and act on a change."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clock.clock import VirtualClock
from local.cloudwatch.expressions import ExpressionError, evaluate
from tests.local_aws.acting_aws import ActingAws, acting_aws

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PLAIN = {"Namespace": "it", "MetricName": "m", "Statistic": "Maximum", "Period": 60}


@pytest.fixture
def aws() -> Iterator[ActingAws]:
    with acting_aws(VirtualClock(START)) as opened, opened.clock.running():
        yield opened


def alarm(aws: ActingAws, **settings: Any) -> None:
    common = {"AlarmName": "a", "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    aws.api("cloudwatch").put_metric_alarm(**common | PLAIN | settings)


def states(aws: ActingAws, values: list[float | None]) -> list[str]:
    """Put a value a minute, or none, and return the state after each of them."""
    found = []
    for value in values:
        if value is not None:
            aws.api("cloudwatch").put_metric_data(Namespace="it", MetricData=[{"MetricName": "m", "Value": value}])
        aws.clock.wait(60)
        [described] = aws.api("cloudwatch").describe_alarms()["MetricAlarms"]
        found.append({"ALARM": "A", "OK": "o", "INSUFFICIENT_DATA": "-"}[described["StateValue"]])
    return found


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        ({}, [None, 6, 5, None, 9], "-Ao-A"),
        ({"TreatMissingData": "notBreaching"}, [None, 6, None, 4], "oAoo"),
        ({"TreatMissingData": "breaching"}, [None, 4, None], "AoA"),
        ({"TreatMissingData": "ignore"}, [None, 6, None, 4, None], "-AAoo"),
        ({"EvaluationPeriods": 3, "DatapointsToAlarm": 2}, [6, 1, 6, 1, 1, 1], "AoAooo"),
        ({"EvaluationPeriods": 2, "TreatMissingData": "notBreaching"}, [6, 6, 1], "oAo"),
        ({"ComparisonOperator": "LessThanThreshold"}, [4, 5, 0], "AoA"),
    ],
)
def test_the_state_is_that_of_the_last_periods(
    aws: ActingAws, settings: dict[str, Any], values: list[float | None], expected: str
) -> None:
    alarm(aws, **settings)

    assert "".join(states(aws, values)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SUM([a, b])", [1, 6, 3, None]),
        ("a + b", [None, 6, None, None]),
        ("FILL(a, 0) * 2", [2, 4, 0, 0]),
        ("FILL(b, REPEAT)", [None, 4, 3, 3]),
        ("DIFF(FILL(b, REPEAT))", [None, None, -1, 0]),
        ("MAX([a, b]) / 0", [None, None, None, None]),
    ],
)
def test_metric_math_knows_what_is_missing(expression: str, expected: list[float | None]) -> None:
    assert evaluate(expression, {"a": [1, 2, None, None], "b": [None, 4, 3, None]}, 4) == expected


@pytest.mark.parametrize("expression", ["SEARCH('x', 'Sum')", "a.b", "c", "1 +"])
def test_metric_math_that_is_not_served_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, {"a": [1]}, 1)


def test_a_changed_alarm_keeps_its_state_and_a_set_one_is_looked_at_again(aws: ActingAws) -> None:
    alarm(aws, TreatMissingData="notBreaching")
    assert states(aws, [6]) == ["A"]

    alarm(aws, TreatMissingData="notBreaching", Threshold=1)
    aws.api("cloudwatch").set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="somebody tries it")

    assert states(aws, [None]) == ["o"]
    with pytest.raises(ClientError):
        aws.api("cloudwatch").set_alarm_state(AlarmName="b", StateValue="OK", StateReason="it is not there")
