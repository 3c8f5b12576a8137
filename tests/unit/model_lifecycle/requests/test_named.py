"""Which model is named by an input that is not valid."""

from typing import Any

import pytest

from model_lifecycle.requests.named import named_in
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
