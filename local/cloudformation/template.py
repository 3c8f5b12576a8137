"""The references in a template, and the order of its resources that follows from them."""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from moto.cloudformation.exceptions import ValidationError

Resources = dict[str, dict[str, Any]]
"""The resources of a template, by logical id."""

_SUBSTITUTED = re.compile(r"\$\{([^!.}][^.}]*)[^}]*\}")


_MOST = {"Parameters": 200, "Mappings": 200, "Resources": 500, "Outputs": 200}
_DESCRIPTION_BYTES = 1_024


def check_format(template: dict[str, Any]) -> None:
    """Refuse what is not a template for any stack, or has too much in it. Raises ValidationError.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    if not template.get("Resources"):
        raise _format_error("At least one Resources member must be defined.")
    for section, most in _MOST.items():
        if (number := len(template.get(section) or {})) > most:
            words = f"Number of {section.lower()}, {number}, is greater than maximum allowed, {most}"
            raise _format_error(words)
    for name in template["Resources"]:
        if not re.fullmatch("[a-zA-Z0-9]+", name):
            raise _format_error(f"Resource name {name} is non alphanumeric.")
    if len(str(template.get("Description") or "").encode()) > _DESCRIPTION_BYTES:
        raise _format_error(f"'Description' length is greater than {_DESCRIPTION_BYTES}.")


def _format_error(words: str) -> ValidationError:
    return ValidationError(message=f"Template format error: {words}")


def in_order(resources: Resources) -> list[str]:
    """Return the logical ids, each after all that it refers to. Raises ValidationError for a circle."""
    graph = {name: set(_needs(resource)) & resources.keys() for name, resource in resources.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        raise ValidationError(message=f"Circular dependency between resources: [{circle}]") from error


def _needs(resource: dict[str, Any]) -> Iterator[str]:
    depends_on = resource.get("DependsOn", [])
    yield from [depends_on] if isinstance(depends_on, str) else depends_on
    yield from references(resource.get("Properties", {}))


def references(value: Any) -> Iterator[str]:
    """Give the names that a value of a template refers to."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(path)}:
            yield path.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from _SUBSTITUTED.findall(text)
        case {"Fn::Sub": [str(text), inner]}:
            yield from _SUBSTITUTED.findall(text)
            yield from references(inner)
        case dict():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)
