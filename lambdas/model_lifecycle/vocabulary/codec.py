"""The JSON that this app makes: names in PascalCase, moments as `instant` writes them, enumerations by their values."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from model_lifecycle.vocabulary.instant import from_instant, to_instant

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

AnyDataclass = TypeVar("AnyDataclass", bound="DataclassInstance")


def pascal(name: str) -> str:
    """`lease_ends_at` as `LeaseEndsAt`."""
    return "".join(word.capitalize() for word in name.split("_"))


def fields_json(instance: "DataclassInstance") -> dict[str, Any]:
    """Return every field of a dataclass; None is null. What has a `to_json` is written by that."""
    return {pascal(field.name): _written(getattr(instance, field.name)) for field in fields(instance)}


def read_json(kind: type[AnyDataclass], written: Mapping[str, Any], **known: Any) -> AnyDataclass:
    """Return the dataclass that `fields_json` wrote. `known`: fields that are not read, by name.

    A field that is not there has its default, and raises TypeError where it has none. Fields that are not known are
    left out.
    """
    types = field_types(kind)
    values = {
        name: _read(types[name], written[pascal(name)]) for name in types.keys() - known if pascal(name) in written
    }
    return kind(**values, **known)


@cache
def field_types(kind: type["DataclassInstance"]) -> dict[str, Any]:
    """Return the type of each field of a dataclass, in their order."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def without_none(kind: Any) -> tuple[Any, ...]:
    """Return the types of a union, but for None; of any other type that type alone."""
    return tuple(each for each in get_args(kind) if each is not NoneType) if get_origin(kind) is UnionType else (kind,)


def _written(value: Any) -> Any:
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, datetime):
        return to_instant(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    return fields_json(value) if is_dataclass(value) and not isinstance(value, type) else value


def _read(kind: Any, written: Any) -> Any:
    (kind, *_) = without_none(kind)
    if written is None:
        return None
    if kind is datetime:
        return from_instant(written)
    if is_dataclass(kind) and isinstance(kind, type):
        return read_json(kind, written)
    if get_origin(kind) is tuple:
        return tuple(written)
    return kind(written) if isinstance(kind, type) and issubclass(kind, Enum) else written
