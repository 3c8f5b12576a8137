"""Every model of one service: of some projects, or of all."""

from typing import Any

import pytest

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_catalog import ServiceCatalog
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import Listed, Service
from tests.fakes.given import PROJECT, VERSION
from tests.fakes.stubbed import stubbed

BOARDS = "arn:aws:lookoutvision:us-east-1:123456789012:project/boards"
BOLTS = PROJECT.replace("parts", "bolts")
SECOND = VERSION.replace("1767603600000", "1")


def catalog(service: Service, client: Any, *projects: str) -> ServiceCatalog:
    """Return the catalog of those projects."""
    return ServiceCatalog(service, projects, ServiceCalls(client))


@pytest.mark.parametrize(
    ("service", "arn", "project"), [(REKOGNITION, PROJECT, PROJECT), (LOOKOUT_VISION, BOARDS, "boards")]
)
def test_projects_that_are_named_are_not_looked_for(service: Service, arn: str, project: str) -> None:
    with stubbed(service.client) as (client, _):
        assert catalog(service, client, arn).projects() == [project]


@pytest.mark.parametrize(
    ("service", "operation", "member", "name", "projects"),
    [
        (REKOGNITION, "describe_projects", "ProjectDescriptions", "ProjectArn", [PROJECT, BOLTS]),
        (LOOKOUT_VISION, "list_projects", "Projects", "ProjectName", ["boards", "bolts"]),
    ],
)
def test_projects_are_those_of_every_page(
    service: Service, operation: str, member: str, name: str, projects: list[str]
) -> None:
    first, second = projects
    with stubbed(service.client) as (client, stub):
        stub.add_response(operation, {member: [{name: first}], "NextToken": "more"}, {})
        stub.add_response(operation, {member: [{name: second}]}, {"NextToken": "more"})

        assert catalog(service, client).projects() == projects


def test_model_versions_are_those_of_every_page_with_their_status() -> None:
    first, second = (
        {"ProjectVersionArn": arn, "Status": status} for arn, status in [(VERSION, "RUNNING"), (SECOND, "STOPPED")]
    )
    asked = {"ProjectArn": PROJECT}
    with stubbed("rekognition") as (client, stub):
        answer = {"ProjectVersionDescriptions": [first], "NextToken": "more"}
        stub.add_response("describe_project_versions", answer, asked)
        stub.add_response(
            "describe_project_versions", {"ProjectVersionDescriptions": [second]}, {**asked, "NextToken": "more"}
        )

        assert catalog(REKOGNITION, client).models(PROJECT) == [
            Listed({"ProjectVersionArn": VERSION, "ProjectArn": PROJECT}, "RUNNING"),
            Listed({"ProjectVersionArn": SECOND, "ProjectArn": PROJECT}, "STOPPED"),
        ]


def test_models_are_those_of_every_page_with_their_status() -> None:
    pages = [[{"ModelVersion": "1", "Status": "HOSTED"}], [{"ModelVersion": "2", "Status": "TRAINED"}]]
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("list_models", {"Models": pages[0], "NextToken": "more"}, {"ProjectName": "boards"})
        stub.add_response("list_models", {"Models": pages[1]}, {"ProjectName": "boards", "NextToken": "more"})

        assert catalog(LOOKOUT_VISION, client).models("boards") == [
            Listed({"ProjectName": "boards", "ModelVersion": "1"}, "HOSTED"),
            Listed({"ProjectName": "boards", "ModelVersion": "2"}, "TRAINED"),
        ]
