"""What a deploy would change, by two templates."""

from typing import Any

import pytest

from operations.doctor.changes import (
    Changes,
    Replaced,
    changes_between,
    name_of,
    paths_of,
    replaced_by,
)

CREATE_ONLY = {
    "T": paths_of({"createOnlyProperties": ["/properties/Name", "/properties/Key/Id", "/properties/List/*/X"]}),
    "Refers": paths_of({"conditionalCreateOnlyProperties": ["/properties/To"]}),
}


def template(**resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a template of these types and properties."""
    return {"Resources": {name: {"Type": kind, "Properties": given} for name, (kind, given) in resources.items()}}


def replaced(before: dict[str, Any], after: dict[str, Any]) -> list[Replaced]:
    """Return what would be replaced."""
    return list(replaced_by(changes_between(before, after), before, after, lambda kind: CREATE_ONLY.get(kind, [])))


def test_what_is_added_changed_removed_and_retyped_is_told_apart() -> None:
    before = template(
        a=("T", {"x": 1}), b=("T", {"x": 1}), c=("T", {}), d=("T", {}), m=("AWS::CDK::Metadata", {"a": 1})
    )
    after = template(b=("T", {"x": 2}), c=("T", {}), d=("Refers", {}), e=("T", {}), m=("AWS::CDK::Metadata", {"a": 2}))
    after["Resources"]["c"]["Metadata"] = {"aws:cdk:path": "Stack/Some/c/Resource"}

    changes = changes_between(before, after)

    assert changes == Changes(added=["e"], changed=["b"], removed=["a"], retyped=["d"])
    assert (bool(changes), bool(changes_between(before, before))) == (True, False)
    assert (name_of("c", before, after), name_of("b", before, after)) == ("Some/c", "b")


@pytest.mark.parametrize(
    ("before", "after", "because"),
    [
        ({"Name": "a"}, {"Name": "b"}, "Name"),
        ({"Name": "a"}, {}, "Name"),
        ({"Key": {"Id": 1, "Of": 2}}, {"Key": {"Id": 2, "Of": 2}}, "Key.Id"),
        ({"List": [{"X": 1}]}, {"List": [{"X": 2}]}, "List"),
        ({"Key": {"Id": 1, "Of": 2}}, {"Key": {"Id": 1, "Of": 3}}, None),
        ({"Other": 1}, {"Other": 2}, None),
    ],
)
def test_a_change_of_what_only_a_creation_sets_replaces(
    before: dict[str, Any], after: dict[str, Any], because: str | None
) -> None:
    found = replaced(template(a=("T", before)), template(a=("T", after)))

    assert found == ([Replaced(logical_id="a", because=because)] if because else [])


@pytest.mark.parametrize(
    "reference", [{"Ref": "a"}, {"Fn::GetAtt": ["a", "Arn"]}, {"Fn::GetAtt": "a.Arn"}, {"Fn::Sub": ["${a.Arn}/x", {}]}]
)
def test_what_refers_to_a_replaced_resource_where_only_a_creation_may_is_replaced_too(reference: Any) -> None:
    others: dict[str, Any] = {
        "b": ("Refers", {"To": {"Fn::Join": ["", [reference]]}}),
        "c": ("Refers", {"To": {"Ref": "b"}}),
        "d": ("Refers", {"By": reference}),
    }

    found = replaced(template(a=("T", {"Name": "x"}), **others), template(a=("T", {"Name": "y"}), **others))

    assert [each.logical_id for each in found] == ["a", "b", "c"]
