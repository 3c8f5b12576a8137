"""`make status`: what runs, starts, stops and waits, as the services, the records and the executions have it."""

import json
from collections import Counter
from typing import Any

import pytest

from operations.pace import CALLS_PER_SECOND
from operations.status.command import main
from tests.deployed.commands.make import made
from tests.deployed.lifecycle import NO_QUOTAS, Lifecycle
from tests.deployed.operations.operator import Operator
from tests.deployed.services import LOOKOUT_VISION

MINUTE, HOUR = 60, 3_600
LONG = 10 * HOUR
PATIENT = {"StartTimeoutSeconds": LONG, "PollIntervalSeconds": 10 * MINUTE}
DENIED = {"Error": "AccessDeniedException"}
ROLE = "a role of the app"
READS = {
    "DescribeStacks",
    "ListStackResources",
    "GetTemplate",
    "GetFunctionConfiguration",
    "ListExecutions",
    "DescribeExecution",
    "Scan",
    "GetItem",
    "ListSchedules",
    "DescribeProjects",
    "DescribeProjectVersions",
    "ListProjects",
    "ListModels",
    "GetMetricData",
}


def version(name: str, project: str = "many") -> str:
    """Return the ARN of a model version."""
    return f"arn:aws:rekognition:us-east-1:123456789012:project/{project}/version/{name}.2026/1767603600000"


def script(name: str, project: str = "many", **behaviour: Any) -> dict[str, Any]:
    """Return a model of a project, as a scenario has it."""
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/{project}/1767000000000"
    return {"ProjectVersionArn": version(name, project), "ProjectArn": arn, **behaviour}


def live(lifecycle: Lifecycle) -> dict[str, str]:
    """Let a model be in each state; the executions that have to do with it, by its name."""
    lifecycle.given(
        script("leased", StartSeconds=MINUTE),
        script("child", StartSeconds=MINUTE),
        script("by-event", StartSeconds=MINUTE),
        script("by-hand", Status="RUNNING", RunningForSeconds=100 * 24 * HOUR),
        script("starts", StartSeconds=LONG),
        script("stops", StartSeconds=MINUTE, StopSeconds=LONG),
        script("waits"),
        *(script(f"idle-{number}") for number in range(43)),
        LOOKOUT_VISION.script(StartSeconds=MINUTE),
        Quotas={**NO_QUOTAS, "RunningModels": 6, "CallsPerSecond": 5},
    )
    parent = lifecycle.state_machine_arn.replace(":stateMachine:start-model", ":execution:pipeline:tonight")
    asked: dict[str, dict[str, Any]] = {
        "leased": {"StopAfterSeconds": LONG, "MinInferenceUnits": 2},
        "child": {"StopAfterSeconds": LONG, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": parent},
        "starts": {"StopAfterSeconds": 2 * LONG, **PATIENT},
        "stops": {},
    }
    arns = {}
    for name, fields in asked.items():
        arns[name] = lifecycle.start(
            {"ProjectVersionArn": version(name), **fields}, name=f"{name}-{lifecycle.began_at}"
        )
        lifecycle.pass_time(2)
    lifecycle.send({"ProjectVersionArn": version("by-event")})
    lifecycle.start(LOOKOUT_VISION.model)
    lifecycle.pass_time(10 * MINUTE)
    arns["waits"] = lifecycle.start({"ProjectVersionArn": version("waits"), **PATIENT})
    arns["stopped"] = lifecycle.stop({"ProjectVersionArn": version("stops"), "PollIntervalSeconds": 10 * MINUTE})
    lifecycle.pass_time(10 * MINUTE)
    return arns


def test_every_model_that_does_something_is_told_with_whom_when_and_money(
    lifecycle: Lifecycle, operator: Operator
) -> None:
    assert operator.call(main).out.splitlines()[1:] == ["Nothing runs, starts or stops."]
    with lifecycle.clock.running():
        arns = live(lifecycle)
        answer = operator.call(main, "--json")

        read = json.loads(answer.out)
        models = {each["Version"].removesuffix(".2026"): each for each in read["Models"]}
        # On a busy machine it says how far it is.
        assert all(line.startswith("Reading the models: ") for line in answer.said.splitlines())
        assert (answer.status, read["NotRead"]) == (0, [])
        assert {name: (each["State"], each["Unleased"]) for name, each in models.items()} == {
            "leased": ("Running", False),
            "child": ("Running", False),
            "by-event": ("Running", True),
            "by-hand": ("Running", True),
            "starts": ("Starting", False),
            "stops": ("Stopping", False),
            "waits": ("Waiting", False),
            "1": ("Running", True),
        }
        assert {each["Unleased"] for each in read["Models"][: read["Unleased"]]} == {True}
        started_by = {name: each["StartedBy"] for name, each in models.items()}
        assert started_by["leased"] == {"Execution": arns["leased"], "By": "Caller", "Name": None}
        assert (started_by["child"]["By"], started_by["child"]["Name"].rpartition(":execution:")[2]) == (
            "Execution",
            "pipeline:tonight",
        )
        assert (started_by["by-event"]["By"], started_by["by-hand"]) == ("Event", None)
        assert models["by-hand"]["Ran"]["Hours"] == pytest.approx(100 * 24, abs=1)
        assert (started_by["waits"]["Execution"], models["stops"]["StoppedBy"]) == (arns["waits"], arns["stopped"])
        assert models["leased"]["Lease"]["StopScheduled"] is True
        assert models["leased"]["InferenceUnits"]["Min"] == 2
        assert models["leased"]["Ran"]["Source"] == "metric"
        ran = models["leased"]["Ran"]
        assert ran["Hours"] == pytest.approx(20 / 60, abs=0.05)
        assert ran["InferenceUnitHours"] == pytest.approx(2 * ran["Hours"], abs=0.001)
        assert models["leased"]["Usd"] == pytest.approx(4 * ran["InferenceUnitHours"], abs=0.01)
        assert read["UsdPerHour"] == sum(each["UsdPerHour"] for each in read["Models"]) == 4 * 7

        assert {call.operation for call in answer.made} <= READS
        # No operation has more calls than fit into two seconds.
        assert max(Counter(call.operation for call in answer.made).values()) <= 2 * CALLS_PER_SECOND

        lines = operator.call(main).out.splitlines()
        assert lines[1].startswith("5 run, 1 starts, 1 stops, 1 waits; 3 without a lease.")
        assert sum("NO LEASE: nothing is scheduled to stop it." in line for line in lines) == 3

        # What cannot be read is said, and the rest is there.
        lifecycle.given_faults(
            *(
                {"Operation": operation, **DENIED}
                for operation in READS
                - {"DescribeStacks", "ListStackResources"}
                - {"DescribeProjects", "DescribeProjectVersions"}
            )
        )
        blind = operator.call(main, "--json")
        read = json.loads(blind.out)
        assert blind.status == 0
        assert {each["Version"].removesuffix(".2026"): each["State"] for each in read["Models"]} == {
            name: each["State"] for name, each in models.items() if each["State"] != "Waiting" and name != "1"
        }
        assert {(each["RecordRead"], each["Unleased"], each["Usd"]) for each in read["Models"]} == {(False, False, 0)}
        assert len(read["NotRead"]) == 9
        lifecycle.given_faults({"Operation": "DescribeProjects", **DENIED})
        assert "The projects of Amazon Rekognition Custom Labels could not be read: " in operator.call(main).out


def test_a_quick_look_asks_about_projects_alone_in_which_something_is_known_to_run(
    lifecycle: Lifecycle, operator: Operator
) -> None:
    lifecycle.given(
        script("by-us", "ours", StartSeconds=MINUTE),
        script("by-hand", "theirs", Status="RUNNING", RunningForSeconds=HOUR),
        script("waits", "later"),
        *(script("idle", f"idle-{number}") for number in range(50)),
        Quotas={**NO_QUOTAS, "RunningModels": 2},
    )
    with lifecycle.clock.running():
        lifecycle.start({"ProjectVersionArn": version("by-us", "ours")})
        lifecycle.pass_time(5 * MINUTE)
        lifecycle.start({"ProjectVersionArn": version("waits", "later"), **PATIENT})
        lifecycle.pass_time(5 * MINUTE)

        answer = operator.call(main, "--quick", "--json")

        read = json.loads(answer.out)
        assert (read["ProjectsLeftOut"], read["NotRead"]) == (50, [])
        assert {(each["Project"], each["State"]) for each in read["Models"]} == {
            ("ours", "Running"),
            ("theirs", "Running"),
            ("later", "Waiting"),
        }
        assert Counter(call.operation for call in answer.made)["DescribeProjectVersions"] == 3


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (
            ("-c", "stage=nowhere"),
            {},
            "no stack ModelLifecycle-nowhere (stage nowhere) in the Region us-east-1. Deploy",
        ),
        ((), {"AWS_REGION": "eu-west-1"}, "no stack ModelLifecycle (without a stage) in the Region eu-west-1"),
        ((), {"AWS_ACCESS_KEY_ID": ROLE}, "may not call cloudformation:DescribeStacks"),
        ((), {"AWS_PROFILE": "nobody"}, "(nobody) could not be found"),
        (("-c", "price_per_inference_unit_hour=x"), {}, "Setting price_per_inference_unit_hour must be"),
    ],
)
def test_what_an_operator_can_mend_is_one_line(
    lifecycle: Lifecycle, operator: Operator, arguments: tuple[str, ...], variables: dict[str, str], said: str
) -> None:
    if variables.get("AWS_ACCESS_KEY_ID") == ROLE:
        roles = lifecycle.aws.client("iam").list_roles()["Roles"]
        variables = {
            "AWS_ACCESS_KEY_ID": next(f"role:{each['RoleName']}" for each in roles if "Notify" in each["RoleName"])
        }
    operator.set(variables)

    answer = operator.call(main, *arguments)

    assert (answer.status, answer.out, len(answer.said.splitlines())) == (1, "", 1)
    assert said in answer.said


def test_make_says_that_aws_cannot_be_reached() -> None:
    nowhere = {"AWS_ENDPOINT_URL": "http://localhost:9", "AWS_REGION": "us-east-1"}
    nobody = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}

    done = made("status", more={**nowhere, **nobody})

    assert done.stderr.startswith("CloudFormation cannot be reached: Could not connect to the endpoint URL")
    assert done.returncode != 0
