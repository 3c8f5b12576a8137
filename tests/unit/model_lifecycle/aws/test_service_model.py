"""Calls to Rekognition, and the meaning of its answers, its errors and its silence."""

import os
import subprocess
import sys
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_model import ServiceModel
from model_lifecycle.requests.start_request import Request
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.vocabulary.errors import (
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from tests.fakes.given import PROJECT, TOKEN, VERSION, request
from tests.fakes.service_endpoint import Endpoint

URL = "https://rekognition.us-east-1.amazonaws.com/"
OPERATIONS = ["StartProjectVersion", "StopProjectVersion", "DescribeProjectVersions", "DescribeProjects"]
SILENCES = [
    (ConnectTimeoutError(endpoint_url=URL), ServiceUnavailableError, False),
    (EndpointConnectionError(endpoint_url=URL), ServiceUnavailableError, False),
    (ReadTimeoutError(endpoint_url=URL), ServiceUnavailableError, True),
    (ConnectionClosedError(endpoint_url=URL), ServiceUnavailableError, True),
    (NoCredentialsError(), ServiceRefusedError, None),
]

SOMEBODY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}

CALL_A_SERVICE_THAT_FAILS = f"""
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from model_lifecycle.vocabulary.errors import ServiceUnavailableError
from model_lifecycle.aws.client_config import CLIENT_CONFIG
from model_lifecycle.aws.clients import model_of
from model_lifecycle.aws.shared_clients import client
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import parse_request

sent = []

def time_out(request, **_):
    sent.append(request)
    raise ReadTimeoutError(endpoint_url=request.url)

client("rekognition", CLIENT_CONFIG).meta.events.register("before-send.rekognition", time_out)
defaults = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)
request = parse_request({{"ProjectVersionArn": "{VERSION}"}}, defaults=defaults, home=None)
try:
    model_of(request).start(request.units, client_token="any")
except ServiceUnavailableError:
    print(len(sent), end="")
"""


def project(arn: str) -> dict[str, Any]:
    """Return a project as DescribeProjects tells of it."""
    return {"ProjectArn": arn, "Status": "CREATED"}


def version(status: str = "STOPPED", arn: str = VERSION, **more: Any) -> dict[str, Any]:
    """Return a version as DescribeProjectVersions tells of it."""
    return {"ProjectVersionArn": arn, "Status": status, **more}


def model_of(endpoint: Endpoint, asked: Request | None = None) -> ServiceModel:
    """Return the request's model behind that endpoint."""
    return ServiceModel(asked or request(), ServiceCalls(endpoint.client))


def call(operation: str, answer: Any) -> Endpoint:
    """Make one operation answer so, by asking the model for what takes that operation."""
    endpoint = Endpoint(**{"DescribeProjects": {"ProjectDescriptions": [project(PROJECT)]}, operation: answer})
    model = model_of(endpoint)
    if operation == "StartProjectVersion":
        model.start(request().units, client_token=TOKEN)
    elif operation == "StopProjectVersion":
        model.stop()
    else:
        model.describe()
    return endpoint


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("silence", "error", "perhaps_done"), SILENCES, ids=lambda value: type(value).__name__)
def test_a_call_without_an_answer_is_told_from_one_that_was_never_made(
    operation: str, silence: Exception, error: type[ModelLifecycleError], perhaps_done: bool | None
) -> None:
    with pytest.raises(error, match=operation) as caught:
        call(operation, silence)

    assert getattr(caught.value, "perhaps_done", None) == perhaps_done


def test_each_call_is_made_once_and_the_state_machine_alone_tries_again() -> None:
    # The deployed client is made once a process, and so this has a process of its own.
    counted = subprocess.run(  # noqa: S603 - the command is written above
        [sys.executable, "-c", CALL_A_SERVICE_THAT_FAILS],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "AWS_EC2_METADATA_DISABLED": "true", **SOMEBODY},
        capture_output=True,
        text=True,
        check=True,
    )

    assert counted.stdout == "1"


def test_a_start_asks_for_the_version_and_the_units_of_the_request() -> None:
    endpoint = Endpoint(StartProjectVersion={"Status": "STARTING"})
    asked = request(MinInferenceUnits=2, MaxInferenceUnits=5)

    assert model_of(endpoint, asked).start(asked.units, client_token=TOKEN) == "STARTING"
    assert endpoint.requests == [
        ("StartProjectVersion", {"ProjectVersionArn": VERSION, "MinInferenceUnits": 2, "MaxInferenceUnits": 5})
    ]


def test_a_start_without_a_maximum_sends_none() -> None:
    endpoint = call("StartProjectVersion", {"Status": "STARTING"})

    assert endpoint.requests == [("StartProjectVersion", {"ProjectVersionArn": VERSION, "MinInferenceUnits": 1})]


def test_a_stop_asks_for_the_version() -> None:
    endpoint = Endpoint(StopProjectVersion={"Status": "STOPPING"})

    assert model_of(endpoint).stop() == "STOPPING"
    assert endpoint.requests == [("StopProjectVersion", {"ProjectVersionArn": VERSION})]


def test_a_look_tells_status_message_and_units() -> None:
    described = version("RUNNING", StatusMessage="All is well.", MinInferenceUnits=2, MaxInferenceUnits=4)
    endpoint = Endpoint(DescribeProjectVersions={"ProjectVersionDescriptions": [described]})

    seen = model_of(endpoint, request(ProjectArn=PROJECT)).describe()

    assert seen == ModelDescription(
        status="RUNNING",
        status_message="All is well.",
        min_inference_units=2,
        max_inference_units=4,
        identity={"ProjectVersionArn": VERSION, "ProjectArn": PROJECT},
    )


def test_a_given_project_is_not_looked_up() -> None:
    endpoint = Endpoint(DescribeProjectVersions={"ProjectVersionDescriptions": [version()]})

    model_of(endpoint, request(ProjectArn=PROJECT)).describe()

    assert endpoint.requests == [
        ("DescribeProjectVersions", {"ProjectArn": PROJECT, "VersionNames": ["parts.2026-01-05"]})
    ]


def test_a_project_that_is_not_given_is_looked_up_once_and_told_with_the_look() -> None:
    endpoint = Endpoint(
        DescribeProjects={"ProjectDescriptions": [project(PROJECT)]},
        DescribeProjectVersions={"ProjectVersionDescriptions": [version()]},
    )
    model = model_of(endpoint)

    looks = [model.describe(), model.describe()]

    assert endpoint.asked("DescribeProjects") == [{"ProjectNames": ["parts"]}]
    assert [asked["ProjectArn"] for asked in endpoint.asked("DescribeProjectVersions")] == [PROJECT, PROJECT]
    assert [look.identity for look in looks] == [{"ProjectVersionArn": VERSION, "ProjectArn": PROJECT}] * 2


def test_project_and_version_are_found_on_any_page_of_the_answers() -> None:
    other_project = PROJECT.replace("project/parts/", "project/parts-2/")
    namesake = VERSION.replace("1767603600000", "1600000000000")
    endpoint = Endpoint(
        DescribeProjects=[
            {"ProjectDescriptions": [project(other_project)], "NextToken": "more"},
            {"ProjectDescriptions": [project(PROJECT)]},
        ],
        DescribeProjectVersions=[
            {"ProjectVersionDescriptions": [version("RUNNING", arn=namesake)], "NextToken": "more"},
            {"ProjectVersionDescriptions": [], "NextToken": "still more"},
            {"ProjectVersionDescriptions": [version("STOPPED")]},
        ],
    )

    assert model_of(endpoint).describe().status == "STOPPED"


@pytest.mark.parametrize(
    "versions",
    [[], [version("RUNNING", arn=VERSION.replace("1767603600000", "1600000000000"))]],
    ids=["nothing", "only a namesake of another time"],
)
def test_an_answer_without_the_version_means_that_there_is_none(versions: list[dict[str, Any]]) -> None:
    with pytest.raises(ModelNotFoundError, match="has no model version") as caught:
        call("DescribeProjectVersions", {"ProjectVersionDescriptions": versions})

    assert VERSION in str(caught.value)


@pytest.mark.parametrize("projects", [[], [project(PROJECT.replace("parts", "other"))]])
def test_an_answer_without_the_project_means_that_there_is_none(projects: list[dict[str, Any]]) -> None:
    with pytest.raises(ModelNotFoundError, match="has no project parts") as caught:
        call("DescribeProjects", {"ProjectDescriptions": projects})

    assert VERSION in str(caught.value)


def test_a_page_s_token_that_runs_out_between_two_pages_is_looked_at_again_later() -> None:
    with pytest.raises(ServiceUnavailableError):
        call(
            "DescribeProjectVersions",
            [{"ProjectVersionDescriptions": [], "NextToken": "old"}, "InvalidPaginationTokenException"],
        )


@pytest.mark.parametrize(("operation", "body"), [(operation, b"<html>Bad gateway</html>") for operation in OPERATIONS])
def test_an_answer_that_is_none_of_the_service_s_tells_nothing_new(operation: str, body: bytes) -> None:
    with pytest.raises(ServiceUnavailableError, match=operation) as caught:
        call(operation, body)

    assert caught.value.perhaps_done
