"""How a model of Lookout for Vision is named."""

from typing import Any

import pytest

from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from tests.fakes.given import DEFAULTS, HOME
from tests.fakes.refusals import BY_EITHER, Parse, refusal

BOARDS = {"ProjectName": "boards", "ModelVersion": "1"}


@BY_EITHER
@pytest.mark.parametrize("project", ["b", "0", "x" * 255, "A-b_9"], ids=lambda name: name[:10])
def test_a_model_is_named_by_project_and_version(parse: Parse, project: str) -> None:
    named = {"ProjectName": project, "ModelVersion": "12"}

    assert dict(parse(named, defaults=DEFAULTS, home=HOME).identity) == named


@BY_EITHER
@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        *(
            ("ProjectName", value, "a name of letters, digits, _ and -, a string of 1 to 255 characters")
            for value in ["", "x" * 256, "-b", "a b", "b\n", "bo\u0430rds", 5]
        ),
        *(
            ("ModelVersion", value, 'a version\'s number, as "1", a string of 1 to 10 characters')
            for value in ["", "0", "01", "1" * 11, "1\n", "\uff11", 1]
        ),
    ],
)
def test_what_is_not_its_name_is_refused(parse: Parse, field: str, value: Any, allowed: str) -> None:
    said = refusal({**BOARDS, field: value}, parse)

    assert f"{field} is " in said
    assert f"allowed is {allowed}" in said


@BY_EITHER
@pytest.mark.parametrize("field", BOARDS)
def test_half_a_name_is_not_enough(parse: Parse, field: str) -> None:
    assert f"{field} is missing" in refusal({name: value for name, value in BOARDS.items() if name != field}, parse)


@BY_EITHER
def test_the_latest_version_is_another_one_tomorrow(parse: Parse) -> None:
    assert 'ModelVersion is "latest", which is ambiguous' in refusal({**BOARDS, "ModelVersion": "latest"}, parse)


def test_a_token_is_letters_and_digits_and_hyphens() -> None:
    assert "ClientToken is " in refusal({**BOARDS, "ClientToken": "two words"})


def test_a_model_is_stopped_by_hand_with_its_name() -> None:
    assert LOOKOUT_VISION.stop_command(BOARDS) == (
        "aws lookoutvision stop-model --project-name boards --model-version 1"
    )
