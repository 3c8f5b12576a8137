"""Functions whose calls go wrong: they die around a call, or get no answer."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from local.clock.clock import VirtualClock
from local.network import faults
from tests.local_aws.acting_aws import ARN, ROLE, ActingAws, acting_aws

CODE = f"""
import boto3
from botocore.config import Config

def handler(event, context):
    config = Config(read_timeout=event.get("patience", 300), retries={{"total_max_attempts": 1}})
    rekognition = boto3.client("rekognition", config=config)
    return rekognition.start_project_version(ProjectVersionArn="{ARN}", MinInferenceUnits=1)["Status"]
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[ActingAws]:
    with acting_aws(VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))) as opened, opened.clock.running():
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("start.py", CODE)
        for name in ("StartModel", "Another"):
            opened.api("lambda").create_function(
                FunctionName=name,
                Runtime="python3.13",
                Handler="start.handler",
                Role=ROLE,
                Timeout=300,
                Code={"ZipFile": archive.getvalue()},
            )
        yield opened


def invoke(aws: ActingAws, function: str = "StartModel", **event: Any) -> Any:
    """Invoke a function, and return what it did."""
    return json.load(aws.api("lambda").invoke(FunctionName=function, Payload=json.dumps(event))["Payload"])


def status(aws: ActingAws) -> str:
    """Return the model's status."""
    rekognition = aws.api("rekognition")
    [project] = rekognition.describe_projects()["ProjectDescriptions"]
    found = rekognition.describe_project_versions(ProjectArn=project["ProjectArn"])["ProjectVersionDescriptions"]
    return str(found[0]["Status"])


@pytest.mark.parametrize(("effect", "then"), [("KillBefore", "STOPPED"), ("KillAfter", "STARTING")])
def test_a_function_dies_around_its_call(aws: ActingAws, effect: str, then: str) -> None:
    fault = {"Operation": "StartProjectVersion", "Effect": effect, "Times": 1}
    aws.play({"ProjectVersionArn": ARN}, faulty=[{**fault, "Caller": "StartModel"}])

    died = invoke(aws)

    assert died["errorType"] == "Runtime.ExitError"
    assert status(aws) == then
    assert faults.calls("StartProjectVersion")[0].outcome == effect


def test_a_function_waits_in_vain_for_an_answer(aws: ActingAws) -> None:
    aws.play({"ProjectVersionArn": ARN}, faulty=[{"Operation": "StartProjectVersion", "Effect": "Timeout"}])

    assert invoke(aws, patience=1)["errorType"] == "ReadTimeoutError"
    assert status(aws) == "STOPPED"


def test_a_fault_of_one_function_spares_the_other(aws: ActingAws) -> None:
    fault = {"Operation": "StartProjectVersion", "Error": "ThrottlingException", "Caller": "StartModel"}
    aws.play({"ProjectVersionArn": ARN}, faulty=[fault])

    assert invoke(aws, "StartModel")["errorType"] == "ThrottlingException"
    assert invoke(aws, "Another") == "STARTING"
