"""What a deploy would change in a stack: two templates, compared as far as that can be known before."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]
Paths = Iterable[tuple[str, ...]]

_WITHOUT_EFFECT = "AWS::CDK::Metadata"
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """A resource that would be made anew, since `because` changes."""

    logical_id: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Logical ids of resources. `retyped`: those whose type changes, which CloudFormation refuses."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    retyped: list[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.retyped)


def changes_between(deployed: Template, wanted: Template) -> Changes:
    """Compare the resources of two templates, without what has no effect."""
    before, after = resources_of(deployed), resources_of(wanted)
    both = [name for name in after if name in before]
    retyped = [name for name in both if before[name]["Type"] != after[name]["Type"]]
    return Changes(
        added=[name for name in after if name not in before],
        changed=[name for name in both if name not in retyped and _effect(before[name]) != _effect(after[name])],
        removed=[name for name in before if name not in after],
        retyped=retyped,
    )


def replaced_by(
    changes: Changes, deployed: Template, wanted: Template, create_only: Callable[[str], Paths]
) -> Iterator[Replaced]:
    """Yield what would be replaced: what changes in a property that only a creation sets, or refers there to such.

    `create_only`: the paths of these properties, by the resource's type.
    """
    before, after = resources_of(deployed), resources_of(wanted)
    waiting, found = set(changes.changed), set(changes.retyped)
    everything = {name for name in after if name in before}
    begun = False
    while waiting:
        newly = set()
        for name in sorted(waiting):
            for path in create_only(after[name]["Type"]):
                value = _at(after[name].get("Properties"), path)
                if value != _at(before[name].get("Properties"), path) or found & set(_references(value)):
                    newly.add(name)
                    yield Replaced(logical_id=name, because=".".join(path))
                    break
        if not newly and begun:
            return
        found |= newly
        # What refers to it has a change that its own template does not show.
        waiting = {name for name in everything - found if found & set(_references(after[name].get("Properties")))}
        begun = True


def resources_of(template: Template) -> dict[str, Any]:
    """Return the resources that have an effect, by logical id."""
    return {name: one for name, one in template.get("Resources", {}).items() if one["Type"] != _WITHOUT_EFFECT}


def name_of(logical_id: str, *templates: Template) -> str:
    """Return a resource's place in the tree of constructs, such as `Functions/Notify`; its logical id without one."""
    for template in templates:
        path = template.get("Resources", {}).get(logical_id, {}).get("Metadata", {}).get("aws:cdk:path", "")
        if path:
            return str(path.partition("/")[2].removesuffix("/Resource").removesuffix("/Default"))
    return logical_id


def paths_of(schema: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the paths of the properties whose change replaces a resource, perhaps. One into a list ends before it."""
    written = [*schema.get("createOnlyProperties", []), *schema.get("conditionalCreateOnlyProperties", [])]
    found = []
    for each in written:
        path = tuple(each.removeprefix("/properties/").split("/"))
        found.append(path[: path.index("*")] if "*" in path else path)
    return found


def _effect(resource: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in resource.items() if key != "Metadata"}, sort_keys=True)


def _at(properties: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties


def _references(value: Any) -> Iterator[str]:
    """Yield the logical ids that an expression refers to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref" and isinstance(inner, str):
                yield inner
            elif key == "Fn::GetAtt":
                yield inner.partition(".")[0] if isinstance(inner, str) else str(inner[0])
            elif key == "Fn::Sub":
                yield from _SUBSTITUTED.findall(inner if isinstance(inner, str) else str(inner[0]))
                yield from _references(inner)
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
