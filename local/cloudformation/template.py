"""What a template says without being deployed: who refers to whom, and the order that follows."""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from moto.cloudformation.exceptions import ValidationError

Resources = dict[str, dict[str, Any]]
"""The resources of a template, by logical id."""

_SUBSTITUTED = re.compile(r"\$\{([^!.}][^.}]*)[^}]*\}")


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
