"""Checks of a call's parameters against botocore's model."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.api.errors import AwsError

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str, datetime),
    "boolean": (bool,),
    "list": (list,),
    "structure": (dict,),
    "map": (dict,),
    "blob": (bytes, str),
}


def check(parameters: Any, shape: Shape | None) -> dict[str, Any]:
    """Return the parameters if the model allows them; unknown ones and `null` are left out, as AWS does.

    Raises `AwsError`: `SerializationException` for a wrong type, else `ValidationException`, which names everything
    that is wrong in AWS's own words.
    """
    if not isinstance(shape, StructureShape):
        return {}
    if not isinstance(parameters, dict):
        raise AwsError("SerializationException", "Start of structure or map found where not expected.")
    if problems := list(_problems(parameters, shape, "")):
        raise AwsError("ValidationException", _in_words(problems))
    return {name: parameters[name] for name in shape.members if parameters.get(name) is not None}


def broken_constraints(parameters: Any, shape: Shape | None) -> str | None:
    """Return what the model does not allow of parameters of any type, in AWS's own words; None if there is nothing."""
    problems = list(_problems(parameters, shape, "", typed=False)) if shape is not None else []
    return _in_words(problems) if problems else None


def _in_words(problems: list[str]) -> str:
    found = "error" if len(problems) == 1 else "errors"
    return f"{len(problems)} validation {found} detected: {'; '.join(problems)}"


def _problems(value: Any, shape: Shape, path: str, *, typed: bool = True) -> Iterator[str]:
    """`typed`: whether a value of another type is a fault, and a required one that is missing."""
    if not _is_of(value, shape.type_name):
        if typed:
            raise AwsError(
                "SerializationException", f"{type(value).__name__} can not be converted to {shape.type_name} ({path})"
            )
        return
    if not isinstance(shape, StructureShape):
        for broken in _broken(value, shape):
            yield f"Value '{_short(value)}' at '{path}' failed to satisfy constraint: Member must {broken}"
    for inner, member, of_shape in _members(value, shape, path):
        if member is not None:
            yield from _problems(member, of_shape, inner, typed=typed)
        elif typed:
            yield f"Value null at '{inner}' failed to satisfy constraint: Member must not be null"


def _members(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, Any, Shape]]:
    """Yield what is in a value, each with its path and its shape: None for what is required, and is not there."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if value.get(name) is not None or name in shape.required_members:
                yield f"{path}.{_lower(name)}" if path else _lower(name), value.get(name), member
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value, start=1):
            yield f"{path}.{number}.member", item, shape.member
    elif isinstance(shape, MapShape):
        for name, item in value.items():
            yield f"{path}.key", name, shape.key
            yield f"{path}.{name}.value", item, shape.value


def _is_of(value: Any, type_name: str) -> bool:
    is_bool = isinstance(value, bool)
    return is_bool == (type_name == "boolean") and isinstance(value, _TYPES[type_name])


def _broken(value: Any, shape: Shape) -> Iterator[str]:
    """Say in AWS's words which constraints a value breaks."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    is_number = shape.type_name in ("integer", "long", "float", "double")
    measured, noun = (value, "value") if is_number else (len(value) if hasattr(value, "__len__") else 0, "length")
    if least is not None and measured < least:
        yield f"have {noun} greater than or equal to {least}"
    if most is not None and measured > most:
        yield f"have {noun} less than or equal to {most}"
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"satisfy regular expression pattern: {pattern}"
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"satisfy enum value set: [{', '.join(allowed)}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return some models have patterns of Java's, which Python does not know."""
    try:
        return re.compile(pattern)
    except re.error:
        return re.compile(".*", re.DOTALL)


def _lower(name: str) -> str:
    """AWS's messages name members in camelCase."""
    return name[0].lower() + name[1:]


def _short(value: Any) -> str:
    shown = str(value)
    return shown if len(shown) <= 256 else f"{shown[:256]}..."
