"""The changes that an update would make, as a change set lists them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap, clean_json

from local.cloudformation.deployment import Made, at
from local.cloudformation.schemas import create_only
from local.cloudformation.template import in_order


@dataclass
class Change:
    """One entry of a change set, under the names that moto writes its answers from."""

    action: str
    logical_resource_id: str
    resource_type: str
    physical_resource_id: str | None = None
    replacement: str | None = None
    scope: list[str] = field(default_factory=list)


class _Later:
    """A resource whose id and attributes are not known before it is there."""

    def __init__(self) -> None:
        self.physical_resource_id = f"<known after the update {uuid4()}>"

    def get_cfn_attribute(self, name: str) -> str:
        return f"{self.physical_resource_id}.{name}"


def changes_between(made: dict[str, Made], resources: ResourceMap) -> list[Change]:
    """Compare what is made with a template whose map this is. Raises ValidationError if a type changes.

    The map is used up by that.
    """
    wanted = {
        name: definition
        for name, definition in resources._resource_json_map.items()  # noqa: SLF001
        if "Condition" not in definition or resources.lazy_condition_map[definition["Condition"]]
    }
    other_types = [name for name in wanted if name in made and made[name].resource_type != wanted[name]["Type"]]
    if other_types:
        raise ValidationError(
            message="Update of resource type is not permitted. The new template modifies resource type of the "
            f"following resources: [{', '.join(other_types)}]"
        )
    found = []
    for name in in_order(wanted):
        change = _change(name, wanted[name], made.get(name), resources)
        is_new = change is not None and (change.action == "Add" or change.replacement == "True")
        resources._parsed_resources[name] = _Later() if is_new else made[name].resource  # noqa: SLF001
        if change:
            found.append(change)
    gone = [name for name in made if name not in wanted]
    found += [Change("Remove", name, made[name].resource_type, made[name].ref) for name in gone]
    return found


def _change(name: str, definition: dict[str, Any], before: Made | None, resources: ResourceMap) -> Change | None:
    if before is None:
        return Change("Add", name, definition["Type"])
    change = Change("Modify", name, before.resource_type, before.ref, "False", ["Properties"])
    try:
        properties = clean_json(definition.get("Properties", {}), resources)
    except (IndexError, KeyError, TypeError):
        # It takes apart what is not known yet.
        change.replacement = "Conditional"
        return change
    if properties == before.properties:
        return None
    paths = create_only(before.resource_type)
    differing = [value for path in paths if (value := at(properties, path)) != at(before.properties, path)]
    if differing:
        known = any("<known after the update" not in str(value) for value in differing)
        change.replacement = "True" if known else "Conditional"
    return change
