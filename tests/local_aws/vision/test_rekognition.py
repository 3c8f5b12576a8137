"""Rekognition Custom Labels in the local AWS, as its clients see it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.rekognition import urls
from moto.rekognition.responses import RekognitionResponse

from local.clock.clock import VirtualClock
from local.network import faults
from tests.local_aws.acting_aws import ARN, ActingAws, acting_aws

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1767000000000"


@pytest.fixture(scope="module")
def aws() -> Iterator[ActingAws]:
    # The test itself counts as work: time passes only where it waits.
    with acting_aws(VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))) as opened, opened.clock.running():
        yield opened


@pytest.fixture(scope="module")
def rekognition(aws: ActingAws) -> Any:
    return aws.api("rekognition", parameter_validation=False)


def version(name: str, **script: Any) -> dict[str, Any]:
    """Script a version of the project parts."""
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/parts/version/{name}/1767603600000"
    return {"ProjectVersionArn": arn, "ProjectArn": PROJECT, **script}


def code(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    """Return the code and the HTTP status of an error."""
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def described(rekognition: Any) -> dict[str, Any]:
    """Describe the one version of the one project."""
    [project] = rekognition.describe_projects()["ProjectDescriptions"]
    [found] = rekognition.describe_project_versions(ProjectArn=project["ProjectArn"])["ProjectVersionDescriptions"]
    return dict(found)


def test_a_model_version_starts_runs_and_stops(aws: ActingAws, rekognition: Any) -> None:
    aws.play({"ProjectVersionArn": ARN})

    assert described(rekognition)["Status"] == "STOPPED"
    answer = rekognition.start_project_version(ProjectVersionArn=ARN, MinInferenceUnits=2, MaxInferenceUnits=3)
    assert answer["Status"] == "STARTING"
    aws.clock.wait(5)
    running = described(rekognition)
    assert {name: running[name] for name in running if name != "CreationTimestamp"} == {
        "ProjectVersionArn": ARN,
        "Status": "RUNNING",
        "StatusMessage": "The model is running.",
        "MinInferenceUnits": 2,
        "MaxInferenceUnits": 3,
        "Feature": "CUSTOM_LABELS",
    }
    assert running["CreationTimestamp"] == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert rekognition.stop_project_version(ProjectVersionArn=ARN)["Status"] == "STOPPING"
    aws.clock.wait(2)
    assert described(rekognition)["Status"] == "STOPPED"


def test_of_ten_starts_at_once_one_is_accepted(aws: ActingAws, rekognition: Any) -> None:
    aws.play({"ProjectVersionArn": ARN})

    def start(_: int) -> str:
        try:
            return str(rekognition.start_project_version(ProjectVersionArn=ARN, MinInferenceUnits=1)["Status"])
        except rekognition.exceptions.ResourceInUseException as error:
            return str(error.response["Error"]["Code"])

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(start, range(10)))

    assert answers == ["ResourceInUseException"] * 9 + ["STARTING"]


@pytest.mark.parametrize("status", ["RUNNING", "STARTING", "STOPPING", "TRAINING_IN_PROGRESS", "DELETING"])
def test_what_cannot_be_started_is_in_use(aws: ActingAws, rekognition: Any, status: str) -> None:
    aws.play({"ProjectVersionArn": ARN, "Status": status})

    with pytest.raises(ClientError, match=f"in the state {status} and cannot be started") as error:
        rekognition.start_project_version(ProjectVersionArn=ARN, MinInferenceUnits=1)
    assert code(error) == ("ResourceInUseException", 400)


@pytest.mark.parametrize("status", ["STOPPED", "STARTING", "STOPPING", "FAILED", "TRAINING_COMPLETED"])
def test_what_does_not_run_cannot_be_stopped(aws: ActingAws, rekognition: Any, status: str) -> None:
    aws.play({"ProjectVersionArn": ARN, "Status": status})

    with pytest.raises(ClientError) as error:
        rekognition.stop_project_version(ProjectVersionArn=ARN)
    assert code(error) == ("ResourceInUseException", 400)


@pytest.mark.parametrize("status", ["STOPPED", "TRAINING_COMPLETED", "COPYING_COMPLETED", "FAILED"])
def test_what_is_idle_can_be_started(aws: ActingAws, rekognition: Any, status: str) -> None:
    aws.play({"ProjectVersionArn": ARN, "Status": status})

    assert rekognition.start_project_version(ProjectVersionArn=ARN, MinInferenceUnits=1)["Status"] == "STARTING"


@pytest.mark.parametrize(
    "other",
    [
        ARN.replace("1767603600000", "1767603600001"),
        ARN.replace("us-east-1", "eu-west-1"),
        ARN.replace("123456789012", "210987654321"),
        ARN.replace("arn:aws:", "arn:aws-cn:"),
    ],
)
def test_a_version_that_is_not_there_is_not_found(aws: ActingAws, rekognition: Any, other: str) -> None:
    aws.play({"ProjectVersionArn": ARN})

    with pytest.raises(ClientError) as error:
        rekognition.start_project_version(ProjectVersionArn=other, MinInferenceUnits=1)
    assert code(error) == ("ResourceNotFoundException", 400)
    with pytest.raises(ClientError) as error:
        rekognition.stop_project_version(ProjectVersionArn=other)
    assert code(error) == ("ResourceNotFoundException", 400)


def test_versions_are_described_by_name_and_an_unknown_name_is_left_out(aws: ActingAws, rekognition: Any) -> None:
    aws.play(version("one"), version("two"), version("three"))

    def names(**asked: Any) -> list[str]:
        found = rekognition.describe_project_versions(ProjectArn=PROJECT, **asked)["ProjectVersionDescriptions"]
        return sorted(description["ProjectVersionArn"].split("/")[3] for description in found)

    assert names() == ["one", "three", "two"]
    assert names(VersionNames=["two", "four"]) == ["two"]
    assert names(VersionNames=["four"]) == []


def test_versions_of_a_project_that_is_not_there_are_an_error(aws: ActingAws, rekognition: Any) -> None:
    aws.play(version("one"))

    with pytest.raises(ClientError) as error:
        rekognition.describe_project_versions(ProjectArn=PROJECT[:-1] + "9")
    assert code(error) == ("ResourceNotFoundException", 400)


def test_versions_come_in_pages(aws: ActingAws, rekognition: Any) -> None:
    aws.play(*(version(f"v{number}") for number in range(7)))
    paginator: Any = rekognition.get_paginator("describe_project_versions")

    pages = [
        [description["ProjectVersionArn"].split("/")[3] for description in page["ProjectVersionDescriptions"]]
        for page in paginator.paginate(ProjectArn=PROJECT, PaginationConfig={"PageSize": 3})
    ]

    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(name for page in pages for name in page) == [f"v{number}" for number in range(7)]


def test_projects_are_found_by_name(aws: ActingAws, rekognition: Any) -> None:
    aws.play(version("one"), version("two"), {"ProjectVersionArn": ARN.replace("parts", "boxes")})

    def projects(**asked: Any) -> list[str]:
        found = rekognition.describe_projects(**asked)["ProjectDescriptions"]
        return [description["ProjectArn"].split("/")[1] for description in found]

    assert projects() == ["parts", "boxes"]
    assert projects(ProjectNames=["parts"]) == ["parts"]
    assert projects(ProjectNames=["nothing"]) == []
    first = rekognition.describe_projects(MaxResults=1)
    assert projects(MaxResults=1, NextToken=first["NextToken"]) == ["boxes"]


def test_a_page_token_that_was_never_given_is_refused(aws: ActingAws, rekognition: Any) -> None:
    aws.play(version("one"))

    with pytest.raises(ClientError) as error:
        rekognition.describe_projects(NextToken="more, please")
    assert code(error) == ("InvalidPaginationTokenException", 400)


@pytest.mark.parametrize(
    ("operation", "asked", "refused"),
    [
        ("start_project_version", {}, "ValidationException"),
        ("start_project_version", {"ProjectVersionArn": ARN}, "ValidationException"),
        ("start_project_version", {"ProjectVersionArn": ARN, "MinInferenceUnits": 0}, "ValidationException"),
        ("start_project_version", {"ProjectVersionArn": "parts", "MinInferenceUnits": 1}, "ValidationException"),
        (
            "start_project_version",
            {"ProjectVersionArn": ARN, "MinInferenceUnits": 3, "MaxInferenceUnits": 2},
            "InvalidParameterException",
        ),
        ("stop_project_version", {"ProjectVersionArn": PROJECT}, "ValidationException"),
        ("describe_project_versions", {"ProjectArn": ARN}, "ValidationException"),
        ("describe_project_versions", {"ProjectArn": PROJECT, "VersionNames": []}, "ValidationException"),
        ("describe_project_versions", {"ProjectArn": PROJECT, "VersionNames": ["v"] * 11}, "ValidationException"),
        ("describe_project_versions", {"ProjectArn": PROJECT, "VersionNames": ["no/no"]}, "ValidationException"),
        ("describe_projects", {"MaxResults": 101}, "ValidationException"),
    ],
)
def test_what_the_service_s_model_forbids_is_refused(
    aws: ActingAws, rekognition: Any, operation: str, asked: dict[str, Any], refused: str
) -> None:
    aws.play(version("one"), {"ProjectVersionArn": ARN, "ProjectArn": PROJECT})

    with pytest.raises(ClientError) as error:
        getattr(rekognition, operation)(**asked)
    assert code(error) == (refused, 400)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("nothing", "SerializationException"),
        ("[]", "SerializationException"),
        (json.dumps({"ProjectVersionArn": ARN, "MinInferenceUnits": "1"}), "SerializationException"),
        (json.dumps({"ProjectVersionArn": ARN, "MinInferenceUnits": True}), "SerializationException"),
        (json.dumps({"ProjectVersionArn": ARN, "MinInferenceUnits": None}), "ValidationException"),
        (json.dumps({"ProjectVersionArn": ARN, "MinInferenceUnits": 1, "MaxInferenceUnits": None}), None),
    ],
)
def test_a_request_without_a_signature_is_understood(aws: ActingAws, body: str, refused: str | None) -> None:
    aws.play({"ProjectVersionArn": ARN})
    connection = HTTPConnection("localhost", aws.port)

    connection.request(
        "POST",
        "/",
        body,
        {"X-Amz-Target": "RekognitionService.StartProjectVersion", "Content-Type": "application/x-amz-json-1.1"},
    )
    response = connection.getresponse()
    answer = json.loads(response.read())

    connection.close()
    if refused is None:
        assert (response.status, answer) == (200, {"Status": "STARTING"})
    else:
        assert (response.status, answer["__type"]) == (400, refused)


def test_the_aws_command_line_starts_a_model(aws: ActingAws) -> None:
    aws.play({"ProjectVersionArn": ARN})
    command = ["rekognition", "start-project-version", "--project-version-arn", ARN, "--min-inference-units", "1"]

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "awscli", *command, "--output", "text"],
        env=aws.environment() | {"PATH": os.defpath},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["STARTING"]


def test_calls_are_counted_by_operation(aws: ActingAws, rekognition: Any) -> None:
    aws.play({"ProjectVersionArn": ARN, "Status": "RUNNING"})

    rekognition.stop_project_version(ProjectVersionArn=ARN)

    [call] = faults.calls("StopProjectVersion")
    assert (call.service, call.parameters, call.outcome) == ("rekognition", {"ProjectVersionArn": ARN}, "OK")


def test_what_moto_knows_of_rekognition_is_still_there(rekognition: Any) -> None:
    assert rekognition.detect_text(Image={"Bytes": b"picture"})["TextDetections"]


def test_moto_serves_rekognition_at_the_one_address_that_is_replaced() -> None:
    assert list(urls.url_paths) == ["{0}/$"]


@pytest.mark.parametrize(
    "operation", ["start_project_version", "stop_project_version", "describe_project_versions", "describe_projects"]
)
def test_moto_still_lacks_what_is_added_to_it(operation: str) -> None:
    assert not hasattr(RekognitionResponse, operation)
