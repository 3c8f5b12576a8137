"""The model that an invalid input names."""

from typing import Any

import pytest

from model_lifecycle.requests.named import named_in, project_in, readable
from tests.fakes.given import EXECUTION, HOME, PROJECT, VERSION

NAMED = {"ProjectVersionArn": VERSION}
BOARDS = {"ProjectName": "boards", "ModelVersion": "1"}


@pytest.mark.parametrize(
    ("execution_input", "named"),
    [
        ({**NAMED, "MinInferenceUnits": 0}, NAMED),
        ({**NAMED, "StopAt": "yesterday", "Wait": 1}, NAMED),
        ({**NAMED, "ProjectArn": PROJECT.replace("parts", "other")}, NAMED),
        ({**NAMED, "ProjectArn": 5}, NAMED),
        ({**BOARDS, "ClientToken": "two words"}, BOARDS),
        ({"FailedStart": {"ExecutionArn": "x", "Input": {**NAMED, "Wait": 1}}, "Reason": 5}, NAMED),
        ({"FailedStart": {"ExecutionArn": EXECUTION}}, None),
        ({**NAMED, **BOARDS}, None),
        ({"ProjectVersionArn": VERSION.replace("us-east-1", "eu-west-1"), "Wait": 1}, None),
        ({"ProjectVersionArn": f"{VERSION}\n"}, None),
        ({**BOARDS, "ModelVersion": "latest"}, None),
        ({"ProjectName": "boards"}, None),
        ({}, None),
        ([NAMED], None),
        (None, None),
    ],
    ids=repr,
)
def test_is_read_as_far_as_it_goes(execution_input: Any, named: object) -> None:
    assert named_in(execution_input, HOME) == named


@pytest.mark.parametrize(
    ("execution_input", "service", "project"),
    [
        ({"ProjectVersionArn": f"{VERSION} "}, "Rekognition", "parts"),
        ({"ProjectVersionArn": f"\n{VERSION}"}, "Rekognition", "parts"),
        ({"ProjectVersionArn": VERSION.rpartition("/")[0]}, "Rekognition", "parts"),
        ({"ProjectVersionArn": VERSION.replace("us-east-1", "eu-west-1")}, "Rekognition", "parts"),
        ({"ProjectVersionArn": PROJECT}, "Rekognition", "parts"),
        ({"ProjectArn": PROJECT}, "Rekognition", "parts"),
        ({"ProjectName": "boards"}, "LookoutVision", "boards"),
        ({**BOARDS, "ModelVersion": "latest"}, "LookoutVision", "boards"),
        ({**BOARDS, "ModelVersion": 1}, "LookoutVision", "boards"),
        ({"FailedStart": {"Input": {**BOARDS, "ModelVersion": ""}}}, "LookoutVision", "boards"),
    ],
    ids=repr,
)
def test_tells_its_project_where_its_version_is_wrong(execution_input: Any, service: str, project: str) -> None:
    left = readable(execution_input, HOME)

    for each in (execution_input, left):
        found = project_in(each)
        assert found is not None
        assert (found[0].name, found[0].project(found[1])) == (service, project)


@pytest.mark.parametrize(
    "execution_input",
    [
        {"ProjectVersionArn": "arn:aws:rekognition:us-east-1:123456789012:project/pa rts!/version"},
        {"ProjectVersionArn": 5, "ProjectArn": "x" * 300},
        {"ProjectName": "no good"},
        {**NAMED, **BOARDS},
        {},
        [NAMED],
        None,
    ],
    ids=repr,
)
def test_tells_no_project_where_not_exactly_one_can_be_read(execution_input: Any) -> None:
    assert project_in(execution_input) is None
    assert readable(execution_input, HOME) is None
