"""The dashboard answers what operators ask, in the order in which they do, and of this deployment alone."""

import json
import re
from typing import Any

import pytest

from model_lifecycle.endings.counted import EVERY_FAILURE
from model_lifecycle.vocabulary.metrics import Metric
from tests.template.metric_math import Kind, check_query, kind_of
from tests.template.stages import STAGE, synthesized_stage
from tests.template.synthesized import Synthesized

QUESTIONS = (
    "Now, as the hourly watch saw it",
    "What runs, and since when",
    "Inference units in service, by model",
    "USD a day, for the inference units of all models",
    "USD this month (UTC)",
    "Time to running",
    "Starts and stops that ended",
    "Failures by reason",
    "What a start takes",
    "What got lost: messages in the dead-letter queues",
    "Alarms",
    "Functions: errors and throttles",
    "Functions: the longest call",
)


def widgets(of: Synthesized) -> dict[str, dict[str, Any]]:
    """Return what each widget shows, by its title, from left to right and from top to bottom."""
    body = json.loads(of.only("AWS::CloudWatch::Dashboard")["DashboardBody"])
    placed = sorted(body["widgets"], key=lambda widget: (widget["y"], widget["x"]))
    return {widget["properties"]["title"]: widget["properties"] for widget in placed}


@pytest.fixture
def staged(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    return synthesized_stage(tmp_path_factory)


def test_it_answers_in_the_order_in_which_operators_ask(default: Synthesized) -> None:
    assert tuple(widgets(default)) == QUESTIONS


def test_its_name_has_the_stage_and_outside_one_region_the_region(default: Synthesized, staged: Synthesized) -> None:
    """All dashboards of an account, whatever their Region, share their names."""
    for of, name in ((default, "model-lifecycle"), (staged, f"model-lifecycle-{STAGE}")):
        [condition, here, elsewhere] = of.only("AWS::CloudWatch::Dashboard")["DashboardName"]["Fn::If"]

        assert of.template["Conditions"][condition] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}
        assert (here, elsewhere) == (name, f"{name}-${{AWS::Region}}")


def test_a_stage_sees_the_metrics_of_its_own_functions(default: Synthesized, staged: Synthesized) -> None:
    for of, deployment in ((default, "model-lifecycle"), (staged, f"model-lifecycle-{STAGE}")):
        rows = [row for shown in widgets(of).values() for row in shown.get("metrics", [])]
        ours = [row for row in rows if row[0] == "ModelLifecycle"]
        expressions = [row[0]["expression"] for row in rows if isinstance(row[0], dict)]
        [search] = [expression for expression in expressions if "{ModelLifecycle," in expression]

        assert {row[1] for row in ours} == set(Metric) - {Metric.RUN_HOURS, Metric.RUN_USD, Metric.UNCONFIRMED_EMAILS}
        assert {tuple(row[2:4]) for row in ours} == {("service", deployment)}
        assert search.count(f'service="{deployment}"') == 1


def test_every_queue_and_every_alarm_is_in_it(default: Synthesized) -> None:
    shown = widgets(default)

    assert {row[3] for row in shown[QUESTIONS[9]]["metrics"]} == {
        f"{queue}.QueueName" for queue in default.all("AWS::SQS::Queue")
    }
    assert {alarm.removesuffix(".Arn") for alarm in shown["Alarms"]["alarms"]} == set(
        default.all("AWS::CloudWatch::Alarm")
    )


@pytest.mark.parametrize("shown", QUESTIONS[-2:])
def test_every_function_that_an_alarm_may_mean_is_in_it(default: Synthesized, shown: str) -> None:
    assert {row[3] for row in widgets(default)[shown]["metrics"]} == set(default.all("AWS::Lambda::Function"))


def test_money_is_counted_at_the_price_of_the_settings(chosen: Synthesized) -> None:
    [row] = widgets(chosen)[QUESTIONS[3]]["metrics"]

    assert row[0]["expression"].endswith("/ 60 * 3.5")


def test_the_table_has_what_the_log_of_the_watch_says_of_a_model(default: Synthesized) -> None:
    query = widgets(default)["What runs, and since when"]["query"]

    assert set(re.findall(r"latest\((\w+)\)", query)) == {"since", "units", "usd_per_hour", "usd", "found"}
    assert 'message = "Running"' in query


def test_so_few_errors_can_be_searched_for() -> None:
    """A search finds 100 metrics at most."""
    assert len(EVERY_FAILURE) < 50


@pytest.mark.parametrize("of", ["default", "chosen"])
def test_cloudwatch_takes_every_expression_and_query(of: str, request: pytest.FixtureRequest) -> None:
    """It shows series, one or many; a bare number it refuses."""
    found = 0
    for shown in widgets(request.getfixturevalue(of)).values():
        known = {row[-1]["id"]: Kind.SERIES for row in shown.get("metrics", []) if "id" in row[-1]}
        for row in (row[0] for row in shown.get("metrics", []) if isinstance(row[0], dict)):
            assert kind_of(row["expression"], known) is not Kind.NUMBER
            found += 1
        if "query" in shown:
            check_query(shown["query"])
    assert found == 5


@pytest.mark.parametrize(
    "wrong",
    [
        "SUM(SEARCH('{AWS/Rekognition} x=y', 'Sum', 60))",
        "SEARCH('{AWS/Rekognition,ProjectName} MetricName=\"X\"', 'Total', 60)",
        "SEARCH('{AWS/Rekognition,ProjectName} MetricName=\"X\"', 'Sum', 61)",
        "RUNNING_SUM(1)",
        "MONTH(SEARCH('{A,B} C=D', 'Sum', 60))",
        "unknown + 1",
        "TOTAL(day)",
    ],
)
def test_what_cloudwatch_refuses_is_refused_here(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        kind_of(wrong, {"day": Kind.SERIES})
