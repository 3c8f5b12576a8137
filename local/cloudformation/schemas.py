"""CloudFormation's schemas of resource types, as cfn-lint ships them, read on demand."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_PROPERTIES = "/properties/"
# Their name is unique within another resource only.
_WITHIN = {"AWS::Lambda::Alias": "FunctionName", "AWS::Scheduler::Schedule": "GroupName"}


@cache
def create_only(resource_type: str) -> frozenset[tuple[str, ...]]:
    """Return the paths of the properties whose change replaces a resource of this type, e.g. `("QueueName",)`.

    What replaces it under conditions counts. A path into a list ends before it.
    """
    schema = _schema(resource_type)
    written = [*schema.get("createOnlyProperties", []), *schema.get("conditionalCreateOnlyProperties", [])]
    paths = [path.removeprefix(_PROPERTIES).split("/") for path in written]
    return frozenset(tuple(path[: path.index("*")] if "*" in path else path) for path in paths)


def schema_of(resource_type: str) -> dict[str, Any] | None:
    """Return the whole schema of a type; None if there is no such type."""
    return _schema(resource_type) or None


def fixed_name(resource_type: str, properties: dict[str, Any]) -> tuple[str, Any] | None:
    """Return the name that a template gives a resource, and that within which it is unique; `None` without a name."""
    kind = resource_type.rpartition("::")[2]
    for name in (f"{kind}Name", "Name"):
        if (name,) in create_only(resource_type) and name in properties:
            return properties[name], properties.get(_WITHIN.get(resource_type, ""))
    return None


def _schema(resource_type: str) -> dict[str, Any]:
    if name := _names().get(resource_type):
        schema: dict[str, Any] = json.loads((_folder() / "resources" / f"{name}.json").read_bytes())
        return schema
    return {}


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = json.loads((_folder() / "providers" / "us-east-1.json").read_bytes())
    return names


@cache
def _folder() -> Path:
    # The package itself takes seconds to import.
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed")
    return Path(spec.origin).parent / "data" / "schemas"
