"""Every model of Lookout for Vision projects."""

from model_lifecycle.aws.lookout_vision_catalog import LookoutVisionCatalog
from model_lifecycle.model.catalog import Listed
from tests.fakes.stubbed import stubbed


def test_projects_that_are_named_are_not_looked_for() -> None:
    with stubbed("lookoutvision") as (client, _):
        assert LookoutVisionCatalog(["boards"], client).projects() == ["boards"]


def test_projects_are_those_of_every_page() -> None:
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("list_projects", {"Projects": [{"ProjectName": "boards"}], "NextToken": "more"}, {})
        stub.add_response("list_projects", {"Projects": [{"ProjectName": "bolts"}]}, {"NextToken": "more"})

        assert LookoutVisionCatalog([], client).projects() == ["boards", "bolts"]


def test_models_are_those_of_every_page_with_their_status() -> None:
    pages = [[{"ModelVersion": "1", "Status": "HOSTED"}], [{"ModelVersion": "2", "Status": "TRAINED"}]]
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("list_models", {"Models": pages[0], "NextToken": "more"}, {"ProjectName": "boards"})
        stub.add_response("list_models", {"Models": pages[1]}, {"ProjectName": "boards", "NextToken": "more"})

        assert LookoutVisionCatalog([], client).models("boards") == [
            Listed({"ProjectName": "boards", "ModelVersion": "1"}, "HOSTED"),
            Listed({"ProjectName": "boards", "ModelVersion": "2"}, "TRAINED"),
        ]
