"""The tags of a stack, which CloudFormation gives to each of its resources that can have tags."""

from collections.abc import Mapping
from typing import Any

from local.cloudformation.changes_in_place import TAGGED


def tag_resources(template: dict[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """Write a stack's tags into a template, which becomes another one; what a resource says itself counts."""
    for resource in template.get("Resources", {}).values():
        if tags and resource["Type"] in TAGGED:
            own = resource.setdefault("Properties", {}).get("Tags", [])
            named = {tag["Key"] for tag in own}
            more = [{"Key": key, "Value": value} for key, value in tags.items() if key not in named]
            resource["Properties"]["Tags"] = [*own, *more]
    return template
