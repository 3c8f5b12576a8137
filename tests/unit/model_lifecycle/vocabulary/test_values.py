"""What is a value here behaves as a frozen dataclass of Python's own does."""

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import Any

import pytest

from model_lifecycle.vocabulary.values import dataclass

Decorator = Callable[..., Callable[[type], type]]


def family(decorator: Decorator) -> tuple[Any, Any]:
    class Base:
        """A base."""

        one: int
        aside: str = field(default="", compare=False)

    decorator(frozen=True, kw_only=True)(Base)

    class Derived(Base):
        """A derived one."""

        more: tuple[int, ...] = field(default_factory=tuple)

    return Base, decorator(frozen=True, kw_only=True)(Derived)


FAMILIES = [pytest.param(family(dataclass), id="ours"), pytest.param(family(dataclasses.dataclass), id="Python's")]


@pytest.mark.parametrize("kinds", FAMILIES)
def test_a_value_is_equal_to_one_of_the_same_class_and_fields(kinds: tuple[Any, Any]) -> None:
    base, derived = kinds

    assert derived(one=1, more=(2,)) == derived(one=1, more=(2,), aside="x") != derived(one=1)
    assert base(one=1) != derived(one=1)
    assert len({base(one=1), base(one=1, aside="x"), base(one=2)}) == 2


@pytest.mark.parametrize("kinds", FAMILIES)
def test_a_value_never_changes(kinds: tuple[Any, Any]) -> None:
    value = kinds[1](one=1)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'one'"):
        value.one = 2
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'other'"):
        value.other = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'one'"):
        del value.one

    assert replace(value, one=2) == kinds[1](one=2)
    assert value.one == 1


@pytest.mark.parametrize("kinds", FAMILIES)
def test_a_value_shows_its_fields(kinds: tuple[Any, Any]) -> None:
    shown = repr(kinds[1](one=1, aside="x"))

    assert shown.endswith("Derived(one=1, aside='x', more=())")


@pytest.mark.parametrize("kinds", FAMILIES)
@pytest.mark.parametrize("given", [{}, {"one": 1, "unknown": 2}])
def test_a_value_wants_its_fields(kinds: tuple[Any, Any], given: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        kinds[1](**given)


def test_what_is_not_frozen_is_no_value() -> None:
    with pytest.raises(TypeError, match="must be frozen"):
        dataclass(frozen=False)
