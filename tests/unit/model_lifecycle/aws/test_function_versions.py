"""Published versions, as Lambda lists them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from model_lifecycle.aws.function_versions import FunctionVersions
from model_lifecycle.releases.old_versions import Version
from model_lifecycle.vocabulary.errors import ServiceUnavailableError
from tests.fakes.stubbed import stubbed

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:step"


@pytest.fixture
def lambdas() -> Iterator[tuple[FunctionVersions, Stubber]]:
    with stubbed("lambda") as (client, stubber):
        yield FunctionVersions(client), stubber


def test_every_page_is_read_and_what_is_not_published_is_left_out(lambdas: tuple[FunctionVersions, Stubber]) -> None:
    versions, stubber = lambdas
    listed = [
        {"Version": version, "LastModified": f"2026-01-0{day}T09:00:00.000+0000"}
        for day, version in enumerate(["$LATEST", "9", "10"], start=5)
    ]
    asked = {"FunctionName": FUNCTION}
    stubber.add_response("list_versions_by_function", {"Versions": listed[:2], "NextMarker": "more"}, asked)
    stubber.add_response("list_versions_by_function", {"Versions": listed[2:]}, {**asked, "Marker": "more"})

    moments = [datetime(2026, 1, day, 9, tzinfo=UTC) for day in (6, 7)]
    assert versions.of(FUNCTION) == [Version(9, moments[0]), Version(10, moments[1])]


def test_one_version_is_deleted_and_never_the_function(lambdas: tuple[FunctionVersions, Stubber]) -> None:
    versions, stubber = lambdas
    stubber.add_response("delete_function", {}, {"FunctionName": FUNCTION, "Qualifier": "9"})
    versions.delete(FUNCTION, 9)


def test_a_version_that_is_gone_is_as_good_as_deleted(lambdas: tuple[FunctionVersions, Stubber]) -> None:
    versions, stubber = lambdas
    stubber.add_client_error("delete_function", "ResourceNotFoundException", http_status_code=404)
    versions.delete(FUNCTION, 9)


def test_what_cannot_be_asked_now_is_tried_again_by_whoever_called(
    lambdas: tuple[FunctionVersions, Stubber],
) -> None:
    versions, stubber = lambdas
    stubber.add_client_error("list_versions_by_function", "TooManyRequestsException", http_status_code=429)
    with pytest.raises(ServiceUnavailableError):
        versions.of(FUNCTION)
