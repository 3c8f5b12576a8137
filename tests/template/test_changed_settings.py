"""Every change of every setting can be deployed over what is deployed, and nothing is lost."""

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from local.cloudformation.schemas import create_only, fixed_name
from local.cloudformation.template import references
from settings.settings import Settings
from tests.template.changed_settings import CHANGED, IN_ONE, ONE_BY_ONE
from tests.template.synthesized import STACK, deploys_made_once

HOLDING = {
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::StepFunctions::StateMachine",
}
"""Types that hold data, executions or subscriptions, and of which no setting makes more or less."""
RELEASED: dict[str, str] = json.loads((Path(__file__).parent / "released.json").read_text(encoding="utf-8"))
"""The type of each logical id of the first release, with every setting chosen."""

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module", params=["in_one", pytest.param("one_by_one", marks=pytest.mark.soak)], ids=str)
def deploys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Resources]:
    """Return the resources of each deploy, by what it is."""
    wanted = {"in_one": IN_ONE, "one_by_one": ONE_BY_ONE}[request.param]
    folder = deploys_made_once(f"changed-{request.param}", tmp_path_factory, wanted)
    return {
        name: json.loads((folder / name / f"{STACK}.template.json").read_text(encoding="utf-8"))["Resources"]
        for name in wanted
    }


def test_every_setting_is_among_those_that_change() -> None:
    # Another stage is another stack, which leaves this one as it is.
    assert set(CHANGED) | {"schedules", "stage"} == set(Settings.model_fields)


def test_no_logical_id_changes_its_type(deploys: dict[str, Resources]) -> None:
    types: dict[str, set[str]] = {name: {resource_type} for name, resource_type in RELEASED.items()}
    for resources in deploys.values():
        for name, resource in resources.items():
            types.setdefault(name, set()).add(resource["Type"])
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_what_holds_anything_is_neither_replaced_nor_removed(deploys: dict[str, Resources]) -> None:
    released = {name for name, resource_type in RELEASED.items() if resource_type in HOLDING}
    for one, other in permutations(deploys, 2):
        before, after = deploys[one], deploys[other]
        assert replaced(before, after) == set(), (one, other)
        assert holding(before) == holding(after) >= released, (one, other)


def test_a_subscription_stays_while_its_address_does(deploys: dict[str, Resources]) -> None:
    ids: dict[str, set[str]] = {}
    for resources in deploys.values():
        for name, resource in resources.items():
            if resource["Type"] == "AWS::SNS::Subscription":
                properties = resource["Properties"]
                ids.setdefault(json.dumps([properties["TopicArn"], properties["Endpoint"]]), set()).add(name)
    assert {address: len(found) for address, found in ids.items()} == dict.fromkeys(ids, 1)


def test_no_fixed_name_is_there_twice_while_one_deploy_follows_another(deploys: dict[str, Resources]) -> None:
    for one, other in permutations(deploys, 2):
        owners: dict[str, set[str]] = {}
        for name, resource in (*deploys[one].items(), *deploys[other].items()):
            if named := fixed_name(resource["Type"], resource.get("Properties", {})):
                owners.setdefault(json.dumps([resource["Type"], named]), set()).add(name)
        assert {name: found for name, found in owners.items() if len(found) > 1} == {}, (one, other)


def holding(resources: Resources) -> set[str]:
    # The topic of alarms is there unless the operators have one of their own.
    return {
        name
        for name, resource in resources.items()
        if resource["Type"] in HOLDING and not name.startswith(("AlarmsKey", "AlarmsTopic"))
    }


def replaced(before: Resources, after: Resources) -> set[str]:
    """Return the logical ids of what becomes another resource, and of what refers to such by what cannot change."""
    found = {name for name in before.keys() & after.keys() if differing(before[name], after[name])}
    while more := {
        name
        for name in before.keys() & after.keys() - found
        if any(found & set(references(value)) for value in fixed_properties(after[name]))
    }:
        found |= more
    return found


def differing(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return list(fixed_properties(one)) != list(fixed_properties(other))


def fixed_properties(resource: dict[str, Any]) -> Iterator[Any]:
    for path in sorted(create_only(resource["Type"])):
        value = resource.get("Properties", {})
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        yield value
