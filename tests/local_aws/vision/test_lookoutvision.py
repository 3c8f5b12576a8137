"""Lookout for Vision in the local AWS, as its clients see it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any

import moto.backend_index
import pytest
from botocore.exceptions import ClientError
from moto.backends import list_of_moto_modules

from local.api import aws_api
from local.clock.clock import VirtualClock
from tests.local_aws.acting_aws import ActingAws, acting_aws

BOARDS = {"ProjectName": "boards", "ModelVersion": "1"}


@pytest.fixture(scope="module")
def aws() -> Iterator[ActingAws]:
    # The test itself counts as work: time passes only where it waits.
    with acting_aws(VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))) as opened, opened.clock.running():
        yield opened


@pytest.fixture(scope="module")
def lookout(aws: ActingAws) -> Any:
    return aws.api("lookoutvision", parameter_validation=False)


def start(lookout: Any, token: str, *, units: int = 1, **other: Any) -> str:
    """Start a model, and return its status."""
    return str(lookout.start_model(**BOARDS, MinInferenceUnits=units, ClientToken=token, **other)["Status"])


def status(lookout: Any) -> str:
    """Return the model's status."""
    return str(lookout.describe_model(**BOARDS)["ModelDescription"]["Status"])


def refused(aws: ActingAws, method: str, path: str, body: str | None, **headers: str) -> tuple[int, str | None]:
    """Send a request as it is, and return the status and the error of the answer."""
    connection = HTTPConnection("localhost", aws.port)
    connection.request(method, f"/2020-11-20/projects/{path}", body, {"X-Amzn-Client-Token": "t", **headers})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.getheader("x-amzn-ErrorType")


def test_a_model_is_hosted_and_stopped(aws: ActingAws, lookout: Any) -> None:
    aws.play(BOARDS)

    assert status(lookout) == "TRAINED"
    answer = lookout.start_model(**BOARDS, MinInferenceUnits=2, MaxInferenceUnits=3, ClientToken="a")
    assert (answer["Status"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("STARTING_HOSTING", 202)
    aws.clock.wait(5)
    assert lookout.describe_model(**BOARDS)["ModelDescription"] == {
        "ModelVersion": "1",
        "ModelArn": "arn:aws:lookoutvision:us-east-1:123456789012:model/boards/1",
        "Status": "HOSTED",
        "StatusMessage": "The model is running.",
        "MinInferenceUnits": 2,
        "MaxInferenceUnits": 3,
    }
    assert lookout.stop_model(**BOARDS, ClientToken="b")["Status"] == "STOPPING_HOSTING"
    aws.clock.wait(2)
    assert status(lookout) == "TRAINED"


@pytest.mark.parametrize("first", aws_api.enum_of("lookoutvision", "ModelStatus"))
def test_only_an_idle_model_can_be_started(aws: ActingAws, lookout: Any, first: str) -> None:
    aws.play({**BOARDS, "Status": first})

    if first in ("TRAINED", "HOSTING_FAILED"):
        assert start(lookout, "a") == "STARTING_HOSTING"
    else:
        with pytest.raises(lookout.exceptions.ConflictException) as error:
            start(lookout, "a")
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
        assert error.value.response["ResourceId"] == "boards/1"


@pytest.mark.parametrize("first", aws_api.enum_of("lookoutvision", "ModelStatus"))
def test_only_a_hosted_model_can_be_stopped(aws: ActingAws, lookout: Any, first: str) -> None:
    aws.play({**BOARDS, "Status": first})

    if first == "HOSTED":
        assert lookout.stop_model(**BOARDS, ClientToken="a")["Status"] == "STOPPING_HOSTING"
    else:
        with pytest.raises(lookout.exceptions.ConflictException):
            lookout.stop_model(**BOARDS, ClientToken="a")


def test_the_same_token_starts_once_and_gets_the_first_answer_again(aws: ActingAws, lookout: Any) -> None:
    aws.play(BOARDS)

    assert start(lookout, "once") == "STARTING_HOSTING"
    aws.clock.wait(8 * 3600 - 1)
    assert start(lookout, "once") == "STARTING_HOSTING"
    assert status(lookout) == "HOSTED"


def test_after_eight_hours_a_token_is_a_new_one(aws: ActingAws, lookout: Any) -> None:
    aws.play(BOARDS)

    start(lookout, "once")
    aws.clock.wait(8 * 3600)

    with pytest.raises(lookout.exceptions.ConflictException, match="in the state HOSTED"):
        start(lookout, "once")


def test_the_same_token_with_other_parameters_is_a_conflict(aws: ActingAws, lookout: Any) -> None:
    aws.play(BOARDS)

    start(lookout, "once")

    with pytest.raises(lookout.exceptions.ConflictException, match="was used with other parameters"):
        start(lookout, "once", units=2)


def test_a_token_of_a_refused_start_can_be_used_again(aws: ActingAws, lookout: Any) -> None:
    aws.play({**BOARDS, "Status": "STOPPING_HOSTING"})

    with pytest.raises(lookout.exceptions.ConflictException):
        start(lookout, "again")
    aws.clock.wait(2)

    assert start(lookout, "again") == "STARTING_HOSTING"


def test_a_start_and_a_stop_may_have_the_same_token(aws: ActingAws, lookout: Any) -> None:
    aws.play({**BOARDS, "StartSeconds": 0})

    start(lookout, "same")

    assert lookout.stop_model(**BOARDS, ClientToken="same")["Status"] == "STOPPING_HOSTING"


@pytest.mark.parametrize("other", [{"ProjectName": "nothing"}, {"ModelVersion": "2"}])
def test_a_model_that_is_not_there_is_not_found(aws: ActingAws, lookout: Any, other: dict[str, str]) -> None:
    aws.play(BOARDS)

    with pytest.raises(lookout.exceptions.ResourceNotFoundException) as error:
        lookout.describe_model(**{**BOARDS, **other})
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_latest_means_the_highest_version(aws: ActingAws, lookout: Any) -> None:
    aws.play(*({**BOARDS, "ModelVersion": version} for version in ("9", "10", "2")))

    found = lookout.describe_model(ProjectName="boards", ModelVersion="latest")["ModelDescription"]

    assert found["ModelVersion"] == "10"


def test_the_models_of_a_project_are_listed_in_pages(aws: ActingAws, lookout: Any) -> None:
    aws.play(*({**BOARDS, "ModelVersion": str(version)} for version in range(1, 4)), {**BOARDS, "ProjectName": "other"})

    first = lookout.list_models(ProjectName="boards", MaxResults=2)
    rest = lookout.list_models(ProjectName="boards", MaxResults=2, NextToken=first["NextToken"])

    assert [[model["ModelVersion"] for model in page["Models"]] for page in (first, rest)] == [["1", "2"], ["3"]]
    assert rest["Models"][0]["Status"] == "TRAINED"
    assert "NextToken" not in rest
    with pytest.raises(lookout.exceptions.ResourceNotFoundException):
        lookout.list_models(ProjectName="nothing")
    with pytest.raises(lookout.exceptions.ValidationException):
        lookout.list_models(ProjectName="boards", MaxResults=0)


def test_projects_are_listed_in_pages(aws: ActingAws, lookout: Any) -> None:
    aws.play(BOARDS, {**BOARDS, "ModelVersion": "2"}, *({**BOARDS, "ProjectName": name} for name in ("b", "c")))

    first = lookout.list_projects(MaxResults=2)
    rest = lookout.list_projects(MaxResults=2, NextToken=first["NextToken"])

    assert [project["ProjectName"] for project in first["Projects"] + rest["Projects"]] == ["boards", "b", "c"]
    assert rest["Projects"][0]["ProjectArn"] == "arn:aws:lookoutvision:us-east-1:123456789012:project/c"
    assert "NextToken" not in rest
    for wrong in ({"MaxResults": 101}, {"NextToken": "more"}, {"NextToken": "more, please"}):
        with pytest.raises(lookout.exceptions.ValidationException):
            lookout.list_projects(**wrong)


def test_without_models_there_is_no_project(aws: ActingAws, lookout: Any) -> None:
    aws.play()

    assert lookout.list_projects()["Projects"] == []


def test_a_fault_befalls_the_list_of_projects(aws: ActingAws, lookout: Any) -> None:
    aws.play(BOARDS, faulty=[{"Operation": "ListProjects", "Error": "ThrottlingException", "Times": 1}])

    with pytest.raises(lookout.exceptions.ThrottlingException):
        lookout.list_projects()
    assert len(lookout.list_projects()["Projects"]) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("-boards/models/1/start", {"MinInferenceUnits": 1}),
        ("boards/models/01/start", {"MinInferenceUnits": 1}),
        ("boards/models/12345678901/start", {"MinInferenceUnits": 1}),
        ("b" * 256 + "/models/1/start", {"MinInferenceUnits": 1}),
        ("boards/models/1/start", {}),
        ("boards/models/1/start", {"MinInferenceUnits": 0}),
        ("boards/models/1/start", {"MinInferenceUnits": "1"}),
        ("boards/models/1/start", {"MinInferenceUnits": 2, "MaxInferenceUnits": 1}),
        ("boards/models/1/start", []),
    ],
)
def test_what_the_service_s_model_forbids_is_refused(aws: ActingAws, path: str, body: Any) -> None:
    aws.play(BOARDS)

    assert refused(aws, "POST", path, json.dumps(body)) == (400, "ValidationException")


@pytest.mark.parametrize("token", ["a b", "t" * 65, "ä"])
def test_a_token_that_is_none_is_refused(aws: ActingAws, token: str) -> None:
    aws.play(BOARDS)

    answer = refused(aws, "POST", "boards/models/1/start", '{"MinInferenceUnits": 1}', **{"X-Amzn-Client-Token": token})

    assert answer == (400, "ValidationException")


def test_a_request_without_a_signature_is_understood(aws: ActingAws) -> None:
    aws.play(BOARDS)

    assert refused(aws, "GET", "boards/models/1", None) == (200, None)
    assert refused(aws, "GET", "boards/models/2", None) == (404, "ResourceNotFoundException")
    assert refused(aws, "POST", "boards/models/1/start", '{"MinInferenceUnits": 1}') == (202, None)


def test_an_error_of_a_client_is_one_of_the_seven_documented(aws: ActingAws, lookout: Any) -> None:
    aws.play(BOARDS)
    for shape in aws_api.operation_model("lookoutvision", "StartModel").error_shapes:
        aws.play(BOARDS, faulty=[{"Operation": "StartModel", "Error": shape.name}])
        with pytest.raises(getattr(lookout.exceptions, shape.name)) as raised:
            start(lookout, "a")
        assert isinstance(raised.value, ClientError)
        assert (
            raised.value.response["ResponseMetadata"]["HTTPStatusCode"]
            == {
                "AccessDeniedException": 403,
                "InternalServerException": 500,
                "ValidationException": 400,
                "ConflictException": 409,
                "ResourceNotFoundException": 404,
                "ThrottlingException": 429,
                "ServiceQuotaExceededException": 402,
            }[shape.name]
        )


def test_moto_itself_does_not_know_the_service() -> None:
    # If it does one day, the service here hides it.
    assert "lookoutvision" not in list_of_moto_modules()
    assert [name for name, _ in moto.backend_index.backend_url_patterns].count("lookoutvision") <= 1
