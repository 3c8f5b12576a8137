"""What settings make of a deploy, what it starts, and what it tells the person who deploys."""

import json
import tomllib
from pathlib import Path

import pytest

from model_lifecycle.vocabulary.folding import fold
from tests.template.conftest import CHOSEN, VERSION
from tests.template.synthesized import ROOT, Synthesized, run_app


def test_outputs_name_the_machines_and_the_topic(synthesized: Synthesized) -> None:
    outputs = {name: synthesized.plain(output["Value"]) for name, output in synthesized.template["Outputs"].items()}

    # It is there only while nobody hears the alarms.
    assert outputs | {"Recipients": ""} == {
        "Recipients": "",
        "StartModelStateMachineArn": "StartWorkflow/StateMachine",
        "StopModelStateMachineArn": "StopWorkflow/StateMachine",
        "StartModelsStateMachineArn": "StartFleetWorkflow/StateMachine",
        "StopModelsStateMachineArn": "StopFleetWorkflow/StateMachine",
        "NotificationTopicArn": "Notifications/Topic",
        "AlarmTopicArn": "Alarms/Topic",
        "WatchModelsFunctionName": "Functions/WatchModels",
        "RequestSource": "model-lifecycle.request",
        "EventSource": "model-lifecycle",
        "DashboardName": "Observability/Dashboard",
    }


@pytest.mark.parametrize("verb", ["Start", "Stop"])
@pytest.mark.parametrize(("what", "workflow"), [("Model", "Workflow"), ("Models", "FleetWorkflow")])
def test_an_event_on_the_default_bus_starts_an_execution_with_its_detail(
    synthesized: Synthesized, verb: str, what: str, workflow: str
) -> None:
    rule = synthesized.all("AWS::Events::Rule")[f"Triggers/{verb}{what}Request"]

    assert rule["EventPattern"] == {
        # A bus can be opened to other accounts.
        "account": ["${AWS::AccountId}"],
        "source": ["model-lifecycle.request"],
        "detail-type": [f"{verb} {what}"],
    }
    assert rule["State"] == "ENABLED"
    assert "EventBusName" not in rule
    assert [(target["Arn"], target["InputPath"]) for target in rule["Targets"]] == [
        (f"{verb}{workflow}/StateMachine", "$.detail")
    ]


def test_each_start_and_stop_of_a_schedule_is_one_of_the_scheduler_in_its_time_zone(chosen: Synthesized) -> None:
    schedules = chosen.all("AWS::Scheduler::Schedule")
    found = {
        name: (
            schedule["ScheduleExpression"],
            schedule["ScheduleExpressionTimezone"],
            schedule["Target"]["Arn"],
            json.loads(schedule["Target"]["Input"]),
        )
        for name, schedule in schedules.items()
    }

    version = {"ProjectVersionArn": VERSION}
    office = {**version, "StopTimeoutSeconds": 600}
    utc, berlin = "Etc/UTC", "Europe/Berlin"
    start, stop = "StartWorkflow/StateMachine", "StopWorkflow/StateMachine"
    evening = "cron(0 20 ? * MON-FRI *)"
    assert found == {
        "Triggers/Start-morning": ("cron(0 7 ? * MON-FRI *)", utc, start, version),
        "Triggers/Start-every-12h": ("rate(12 hours)", utc, start, {**version, "MinInferenceUnits": 2}),
        "Triggers/Stop-evening": (evening, utc, stop, version),
        "Triggers/Start-office": ("cron(0 7 ? * MON-FRI *)", berlin, start, office),
        "Triggers/Stop-office": (evening, berlin, stop, {**office, "Reason": "Stopped by the schedule office"}),
    }
    said = schedules["Triggers/Stop-office"]["Description"]
    assert said == "Stops parts/parts.2026-01-05 for the schedule office, whose times are in Europe/Berlin"
    groups = {group["Name"] for group in chosen.all("AWS::Scheduler::ScheduleGroup").values()}
    for schedule in schedules.values():
        assert schedule["State"] == "ENABLED"
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert schedule["GroupName"] in groups - {"model-leases"}


def test_nothing_but_watch_and_cleaning_up_runs_by_itself_unless_scheduled(default: Synthesized) -> None:
    rules = default.all("AWS::Events::Rule")
    expressions = {name: rule["ScheduleExpression"] for name, rule in rules.items() if "ScheduleExpression" in rule}
    assert expressions == {"Watch/Hourly": "rate(1 hour)", "OldVersions/Daily": "rate(1 day)"}
    assert default.all("AWS::Scheduler::Schedule") == {}


@pytest.mark.parametrize(
    ("synthesized", "of_all", "of_notify", "of_watch", "days"),
    [
        (
            "default",
            {
                "START_TIMEOUT_SECONDS": "3600",
                "STOP_TIMEOUT_SECONDS": "3600",
                "STOP_AFTER_SECONDS": "",
                "MAX_INFERENCE_UNITS": "5",
            },
            {"PRICE_PER_INFERENCE_UNIT_HOUR": "4.0", "TIME_ZONE": "UTC"},
            {
                "WARN_AFTER_SECONDS": "86400",
                "STOP_AFTER_SECONDS_UNLEASED": "",
                "PROJECT_ARNS": "",
                "WATCHED_SERVICES": "Rekognition",
                "EMAILS": "=0,Alarms/Topic=0",
            },
            90,
        ),
        (
            "chosen",
            {
                "START_TIMEOUT_SECONDS": "5400",
                "STOP_TIMEOUT_SECONDS": "1800",
                "STOP_AFTER_SECONDS": "5400",
                "MAX_INFERENCE_UNITS": "8",
                "LOG_EXECUTION_DATA": "false",
            },
            {"PRICE_PER_INFERENCE_UNIT_HOUR": "3.5", "TIME_ZONE": "Europe/Berlin"},
            {
                "WARN_AFTER_SECONDS": "43200",
                "STOP_AFTER_SECONDS_UNLEASED": "172800",
                "PROJECT_ARNS": fold(sorted(CHOSEN["project_arns"])),
                "WATCHED_SERVICES": "Rekognition,LookoutVision",
                "EMAILS": "=2,Alarms/Topic=1",
            },
            7,
        ),
    ],
    indirect=["synthesized"],
)
def test_functions_know_what_the_settings_say(
    synthesized: Synthesized, of_all: dict[str, str], of_notify: dict[str, str], of_watch: dict[str, str], days: int
) -> None:
    expected = {
        "Functions/Notify": of_all | of_notify,
        "Functions/WatchModels": of_all | of_watch,
        "Functions/ForgetVersions": {},
    }

    for name, function in synthesized.all("AWS::Lambda::Function").items():
        assert function["Environment"]["Variables"].items() >= expected.get(name, of_all).items(), name
    assert {group["RetentionInDays"] for group in synthesized.all("AWS::Logs::LogGroup").values()} == {days}


@pytest.mark.parametrize(
    ("synthesized", "logs_data", "reserved"),
    [("default", True, None), ("chosen", False, 10)],
    indirect=["synthesized"],
)
def test_logs_have_execution_data_and_functions_a_reserve_as_the_settings_say(
    synthesized: Synthesized, logs_data: bool, reserved: int | None
) -> None:
    machines = synthesized.all("AWS::StepFunctions::StateMachine").values()
    assert {machine["LoggingConfiguration"]["IncludeExecutionData"] for machine in machines} == {logs_data}
    functions = synthesized.all("AWS::Lambda::Function").values()
    assert {function.get("ReservedConcurrentExecutions") for function in functions} == {reserved}


def test_functions_run_traced_on_the_current_python_and_arm(synthesized: Synthesized) -> None:
    # Up to which the tests look for a Python that runs the functions here.
    newest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["set-up"]["functions-python"]
    for function in synthesized.all("AWS::Lambda::Function").values():
        assert (function["Runtime"], function["Architectures"]) == (f"python{newest}", ["arm64"])
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["LoggingConfig"]["LogGroup"].endswith("Log")


@pytest.mark.parametrize(("deploy", "protected"), [("default", True), ("chosen", False)])
def test_the_stack_is_protected_unless_the_settings_say_otherwise(
    request: pytest.FixtureRequest, deploy: str, protected: bool
) -> None:
    manifest = request.getfixturevalue(deploy).folder / "manifest.json"

    [stack] = [each for name, each in json.loads(manifest.read_text())["artifacts"].items() if name == "ModelLifecycle"]

    assert stack["properties"].get("terminationProtection", False) is protected


def test_nothing_outlives_the_stack(synthesized: Synthesized) -> None:
    """`make destroy` cleans up: the app keeps nothing that anyone could miss."""
    resources = synthesized.template["Resources"].values()
    # Lambda deletes versions with their function.
    others = [resource for resource in resources if resource["Type"] != "AWS::Lambda::Version"]

    assert {resource.get("DeletionPolicy", "Delete") for resource in others} == {"Delete"}


def test_versions_that_machines_call_outlive_their_release_but_no_failed_deploy(synthesized: Synthesized) -> None:
    resources = synthesized.template["Resources"].values()
    versions = [resource for resource in resources if resource["Type"] == "AWS::Lambda::Version"]

    assert {synthesized.plain(version["Properties"]["FunctionName"]) for version in versions} == {
        f"Functions/{name}" for name in ("CheckModel", "FleetModels", "Notify", "StartModel", "StopModel")
    }
    for version in versions:
        policies = (version["DeletionPolicy"], version["UpdateReplacePolicy"])
        assert policies == ("RetainExceptOnCreate", "Retain")


def test_projects_of_another_account_than_that_of_the_credentials_stop_the_synth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", "210987654321")
    monkeypatch.setenv("CDK_DEFAULT_REGION", "us-east-1")

    done = run_app(tmp_path, project_arns=CHOSEN["project_arns"])

    assert done.returncode == 1
    assert done.stderr.startswith(
        "Setting project_arns[0] must be of the account and Region of the deploy (account 210987654321, Region "
    )
    assert done.stderr.endswith(f"got {CHOSEN['project_arns'][0]}.\n")
    assert list(tmp_path.glob("*.json")) == []
