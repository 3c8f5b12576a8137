"""Every model version of Rekognition Custom Labels projects."""

from model_lifecycle.aws.rekognition_catalog import RekognitionCatalog
from model_lifecycle.model.catalog import Listed
from tests.fakes.given import PROJECT, VERSION
from tests.fakes.service_endpoint import Endpoint

OTHER = PROJECT.replace("parts", "bolts")


def test_projects_that_are_named_are_not_looked_for() -> None:
    endpoint = Endpoint()

    assert RekognitionCatalog([PROJECT], endpoint.client).projects() == [PROJECT]
    assert endpoint.requests == []


def test_projects_are_those_of_every_page() -> None:
    pages = [
        {"ProjectDescriptions": [{"ProjectArn": PROJECT}], "NextToken": "more"},
        {"ProjectDescriptions": [{"ProjectArn": OTHER}]},
    ]
    endpoint = Endpoint(DescribeProjects=pages)

    assert RekognitionCatalog([], endpoint.client).projects() == [PROJECT, OTHER]
    assert endpoint.asked("DescribeProjects") == [{}, {"NextToken": "more"}]


def test_models_are_the_versions_of_every_page_with_their_status() -> None:
    second = VERSION.replace("1767603600000", "1")
    pages = [
        {"ProjectVersionDescriptions": [{"ProjectVersionArn": VERSION, "Status": "RUNNING"}], "NextToken": "more"},
        {"ProjectVersionDescriptions": [{"ProjectVersionArn": second, "Status": "STOPPED"}]},
    ]
    endpoint = Endpoint(DescribeProjectVersions=pages)

    assert RekognitionCatalog([], endpoint.client).models(PROJECT) == [
        Listed({"ProjectVersionArn": VERSION, "ProjectArn": PROJECT}, "RUNNING"),
        Listed({"ProjectVersionArn": second, "ProjectArn": PROJECT}, "STOPPED"),
    ]
