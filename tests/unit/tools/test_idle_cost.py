"""What bills while nothing happens: each kind of resource is priced, or known to be free."""

from typing import Any

import pytest

from tools.idle_cost import UnknownResourceError, rows_of, total_of


def template(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources}


def alarm(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def test_an_alarm_bills_for_each_metric_that_it_looks_at() -> None:
    two = [{"Id": "a", "MetricStat": {}}, {"Id": "b", "MetricStat": {}}, {"Id": "sum", "Expression": "a + b"}]

    one, both = (total_of(rows_of(template(it=it))) for it in (alarm(MetricName="x"), alarm(Metrics=two)))

    assert both - one == pytest.approx(0.10)


@pytest.mark.parametrize(("expression", "cents"), [("rate(1 hour)", 2), ("rate(1 day)", 0)])
def test_a_function_that_is_called_by_the_clock_bills_for_its_calls(expression: str, cents: int) -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 512}}
    targets = [{"Arn": {"Fn::GetAtt": ["function", "Arn"]}}]
    rule = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": expression, "Targets": targets}}

    called = total_of(rows_of(template(function=function, rule=rule)))

    assert called - total_of(rows_of(template(function=function))) == pytest.approx(cents / 100)


def test_a_kind_of_resource_that_nobody_has_priced_is_refused() -> None:
    with pytest.raises(UnknownResourceError, match="AWS::EC2::NatGateway"):
        rows_of(template(it={"Type": "AWS::EC2::NatGateway"}))
