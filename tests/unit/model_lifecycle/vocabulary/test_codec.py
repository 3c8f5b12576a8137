"""Values survive a trip through JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from model_lifecycle.vocabulary.codec import fields_json, pascal, read_json
from model_lifecycle.vocabulary.errors import ModelNotFoundError


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Inner:
    seen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Outer:
    a_number: int
    colour: Colour
    inner: Inner | None = None
    error: ModelNotFoundError | None = None


MOMENT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WRITTEN = {"ANumber": 1, "Colour": "red", "Inner": {"SeenAt": "2026-01-05T09:00:00.000Z"}, "Error": None}


def test_names_are_written_in_pascal_case() -> None:
    assert [pascal(name) for name in ("status", "lease_ends_at")] == ["Status", "LeaseEndsAt"]


@pytest.mark.parametrize("inner", [None, Inner(seen_at=None), Inner(seen_at=MOMENT)])
def test_what_was_written_is_read_again(inner: Inner | None) -> None:
    value = Outer(a_number=1, colour=Colour.RED, inner=inner)

    assert read_json(Outer, fields_json(value)) == value


def test_moments_enumerations_and_what_writes_itself_are_written_in_their_own_words() -> None:
    value = Outer(a_number=1, colour=Colour.RED, inner=Inner(seen_at=MOMENT), error=ModelNotFoundError("None."))

    assert fields_json(value) == {**WRITTEN, "Error": {"Error": "ModelNotFoundError", "Cause": "None."}}


def test_a_field_that_is_not_there_has_its_default_and_one_that_nobody_knows_is_left_out() -> None:
    assert read_json(Outer, {"ANumber": 1, "Colour": "red", "Novel": 5}) == Outer(a_number=1, colour=Colour.RED)
    with pytest.raises(TypeError, match="colour"):
        read_json(Outer, {"ANumber": 1})


def test_a_field_that_is_given_is_not_read() -> None:
    assert read_json(Outer, WRITTEN, colour=Colour.RED, inner=None, a_number=2).a_number == 2
