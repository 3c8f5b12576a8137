"""Values of a template, in the form that a service takes."""

import json
from typing import Any

Properties = dict[str, Any]


def definition_of(properties: Properties) -> str:
    """Return a state machine's definition with its substitutions."""
    definition: str = properties.get("DefinitionString") or json.dumps(properties["Definition"])
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{name}}}", text(value))
    return definition


def lower(value: Any) -> Any:
    """Write the keys of a template's property as the service's API does."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: lower(item) for key, item in value.items()}
    if isinstance(value, list):
        return [lower(item) for item in value]
    return value


def text(value: Any) -> str:
    """Write a value where the service takes text alone."""
    return value if isinstance(value, str) else json.dumps(value)


def without_qualifier(properties: Properties) -> Properties:
    """Return what is set for the calls of all versions alike: moto knows no others."""
    return {name: value for name, value in properties.items() if name != "Qualifier"}
