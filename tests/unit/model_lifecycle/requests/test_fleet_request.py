"""The inputs of start-models and stop-models."""

from functools import partial
from typing import Any

import pytest

from model_lifecycle.requests.fleet_request import FleetRequest, parse_fleet_request
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.services.registry import service_named
from model_lifecycle.vocabulary.errors import InvalidRequestError
from tests.fakes.given import DEFAULTS, HOME, PROJECT, VERSION

OTHER = VERSION.replace("1767603600000", "1767603600001")
BOARDS = {"ProjectName": "boards", "ModelVersion": "1"}


def parse(execution_input: object, at_once: int = 40) -> FleetRequest:
    """Return the request that an input of start-models makes."""
    start = partial(parse_request, defaults=DEFAULTS, home=HOME)
    return parse_fleet_request(execution_input, parse=start, at_once=at_once)


def refusal(**given: Any) -> str:
    """Return what is said of an input that is refused."""
    with pytest.raises(InvalidRequestError) as caught:
        parse(given)
    return str(caught.value).removeprefix("The execution input is not valid: ")


def test_a_model_is_an_arn_or_what_its_own_input_would_have() -> None:
    leased = {"ProjectVersionArn": OTHER, "StopAfterSeconds": 60}

    fleet = parse({"Models": [VERSION, leased, BOARDS], "StopAfterSeconds": 3_600, "MaxConcurrency": None})

    assert fleet == FleetRequest(
        common={"StopAfterSeconds": 3_600},
        models=({"ProjectVersionArn": VERSION}, leased, BOARDS),
        at_once=40,
        notify_each=True,
    )


def test_what_is_null_in_a_model_leaves_what_all_have_in_common() -> None:
    nothing = {"ProjectVersionArn": VERSION, "StopAfterSeconds": None}

    fleet = parse({"Models": [VERSION, nothing], "StopAfterSeconds": 3_600})

    assert (fleet.models, fleet.common) == (({"ProjectVersionArn": VERSION},), {"StopAfterSeconds": 3_600})


def test_the_same_model_twice_is_one_model() -> None:
    assert len(parse({"Models": [VERSION, {"ProjectVersionArn": VERSION}, OTHER]}).models) == 2


@pytest.mark.parametrize(
    ("project", "service"), [({"ProjectArn": PROJECT}, "Rekognition"), ({"ProjectName": "boards"}, "LookoutVision")]
)
def test_all_models_of_a_project_may_be_meant(project: dict[str, str], service: str) -> None:
    fleet = parse({**project, "All": True, "MinInferenceUnits": 2, "NotifyEach": False, "MaxConcurrency": 3})

    [name] = project.values()
    assert fleet.project == (service_named(service), name)
    assert (fleet.models, fleet.common, fleet.at_once) == ((), {"MinInferenceUnits": 2}, 3)
    assert not fleet.notify_each


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "give either Models, or ProjectArn and All, or ProjectName and All."),
        ({"Models": [VERSION], "All": True}, "give either Models"),
        ({"Models": []}, "Models must be a list of 1 to 1,000 models, got []."),
        ({"Models": [VERSION] * 1_001}, "Models must be a list of 1 to 1,000 models, got 1,001."),
        ({"Models": VERSION}, "Models must be a list of 1 to 1,000 models, got"),
        ({"Models": [VERSION, 5]}, "Models[1] must be a JSON object with the fields of one model, or an ARN, got 5."),
        ({"Models": [VERSION, "parts"]}, "Models[1]: ProjectVersionArn must be a model version's ARN"),
        ({"Models": [{"ProjectVersionArn": VERSION, "Nonsense": 1}]}, 'Models[0]: "Nonsense" is unknown'),
        ({"Models": [VERSION], "Nonsense": 1}, 'Models[0]: "Nonsense" is unknown'),
        ({"Models": [VERSION], "NotifyEach": "no"}, 'NotifyEach must be true or false, got "no".'),
        ({"Models": [VERSION], "MaxConcurrency": 41}, "MaxConcurrency must be an integer from 1 to 40, got 41."),
        (
            {"Models": [VERSION, OTHER, {"ProjectVersionArn": VERSION, "StopAfterSeconds": 60}]},
            "Models[2] is the model of Models[0] with other fields.",
        ),
        ({"All": False, "ProjectArn": PROJECT}, "All must be true, or not there, got false"),
        ({"All": True}, "name one project, with ProjectArn or ProjectName."),
        ({"All": True, "ProjectArn": "parts"}, "ProjectArn must be a project's ARN"),
        ({"All": True, "ProjectArn": PROJECT, "MinInferenceUnits": 0}, "MinInferenceUnits must be an integer"),
        ({"All": True, "ProjectArn": PROJECT.replace("us-east-1", "eu-west-1")}, "ProjectArn must be of account"),
    ],
)
def test_a_refusal_says_which_field_of_which_model_is_wrong(given: dict[str, Any], said: str) -> None:
    assert refusal(**given).startswith(said)


def test_a_refusal_names_ten_models_and_counts_the_others() -> None:
    said = refusal(Models=["parts"] * 1_000)

    assert said.count("ProjectVersionArn must be") == 10
    assert said.endswith("; and 990 more.")


@pytest.mark.parametrize("given", [None, 5, "models", [VERSION]])
def test_what_is_not_an_object_is_refused(given: object) -> None:
    with pytest.raises(InvalidRequestError, match="must be a JSON object with Models"):
        parse(given)
