"""What settings make of a deploy, what it starts by itself, and what it tells whoever deployed it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.synth.conftest import CHOSEN
from tests.synth.synthesized import Synthesized, run_app


def test_outputs_name_the_machine_and_the_topic(synthesized: Synthesized) -> None:
    outputs = {name: synthesized.plain(output["Value"]) for name, output in synthesized.template["Outputs"].items()}

    assert outputs == {
        "StartModelStateMachineArn": "StartWorkflow/StateMachine",
        "NotificationTopicArn": "Notifications/Topic",
    }


def test_an_event_on_the_default_bus_starts_an_execution_with_its_detail(synthesized: Synthesized) -> None:
    rule = synthesized.all("AWS::Events::Rule")["Triggers/StartModelRequest"]

    assert rule["EventPattern"] == {"source": ["model-lifecycle.request"], "detail-type": ["Start Model"]}
    assert rule["State"] == "ENABLED"
    assert "EventBusName" not in rule
    assert [(target["Arn"], target["InputPath"]) for target in rule["Targets"]] == [
        ("StartWorkflow/StateMachine", "$.detail")
    ]


def schedules(synthesized: Synthesized) -> dict[str, dict[str, Any]]:
    """The rules with a schedule."""
    rules = synthesized.all("AWS::Events::Rule")
    return {name: rule for name, rule in rules.items() if "ScheduleExpression" in rule}


def test_a_schedule_becomes_a_rule_with_its_input(chosen: Synthesized) -> None:
    found = schedules(chosen)

    assert {
        name: (rule["ScheduleExpression"], rule["State"], [json.loads(target["Input"]) for target in rule["Targets"]])
        for name, rule in found.items()
    } == {
        f"Triggers/Schedule-{schedule['name']}": (schedule["expression"], "ENABLED", [schedule["input"]])
        for schedule in CHOSEN["schedules"]
    }


def test_nothing_runs_by_itself_unless_it_was_scheduled(default: Synthesized) -> None:
    assert schedules(default) == {}


@pytest.mark.parametrize(("deploy", "start", "stop", "days"), [("default", 60, 60, 90), ("chosen", 90, 30, 7)])
def test_limits_and_retention_are_those_of_the_settings(
    request: pytest.FixtureRequest, deploy: str, start: int, stop: int, days: int
) -> None:
    synthesized: Synthesized = request.getfixturevalue(deploy)

    for function in synthesized.all("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert (variables["START_TIMEOUT_SECONDS"], variables["STOP_TIMEOUT_SECONDS"]) == (
            str(start * 60),
            str(stop * 60),
        )
    assert {group["RetentionInDays"] for group in synthesized.all("AWS::Logs::LogGroup").values()} == {days}


@pytest.mark.parametrize(("deploy", "price"), [("default", 4.0), ("chosen", 3.5)])
def test_the_price_is_that_of_the_settings(request: pytest.FixtureRequest, deploy: str, price: float) -> None:
    variables = request.getfixturevalue(deploy).all("AWS::Lambda::Function")["Functions/Notify"]["Environment"]

    assert float(variables["Variables"]["PRICE_PER_INFERENCE_UNIT_HOUR"]) == price


def test_functions_run_traced_on_the_current_python_and_arm(synthesized: Synthesized) -> None:
    for function in synthesized.all("AWS::Lambda::Function").values():
        assert (function["Runtime"], function["Architectures"]) == ("python3.14", ["arm64"])
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["LoggingConfig"]["LogGroup"].endswith("Log")


def test_nothing_outlives_the_stack(synthesized: Synthesized) -> None:
    """`make destroy` cleans up: the app keeps nothing that anyone could miss."""
    kept = {
        name
        for name, resource in synthesized.template["Resources"].items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }

    assert kept == set()


def test_a_bad_setting_stops_the_synth_with_one_line(tmp_path: Path) -> None:
    done = run_app(tmp_path, start_timeout_minutes="0")

    assert done.returncode == 1
    assert done.stderr == "Setting start_timeout_minutes is 0; allowed is a whole number from 1 to 1,440.\n"
    assert list(tmp_path.glob("*.json")) == []
