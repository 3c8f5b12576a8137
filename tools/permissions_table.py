"""`python -m tools.permissions_table`: write docs/permissions.md again, from the synthesized template."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_ROOT = Path(__file__).parents[1]
PAGE = _ROOT / "docs" / "permissions.md"
_INTRODUCTION = """\
# Who may do what

Every statement of every policy that a deploy with the default settings makes. Names are places in the tree of the
stack, such as `Functions/Notify`. A test removes each statement, each action and each resource in turn, and sees that
something in the app then goes wrong: none is idle. `dynamodb:Scan` is for the [budget](leases-and-watch.md#the-budget).

With a [stage](settings.md#several-deployments-in-one-account), the names of state machines, of the leases' group and of
event sources end in it.

This page is made from the template: `.venv/bin/python -m tools.permissions_table` writes it anew.

## What roles may do

| role | trusts | may | on | if |
| --- | --- | --- | --- | --- |
"""
_RESOURCES = """
## What topics, queues, keys and functions let others do

| resource | who | may | if |
| --- | --- | --- | --- |
"""
_WITH_CUSTOMER_KEY = """
## What comes with a customer's key

With the setting [`encryption`](settings.md#whose-key-encrypts) at `customer` or `returning`.

| role or resource | trusts, or who | may | on | if |
| --- | --- | --- | --- | --- |
"""
_OF_RESOURCES = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
}


class _Template:
    def __init__(self, template: Mapping[str, Any]) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]
        self._names = {
            logical_id: resource.get("Metadata", {}).get("aws:cdk:path", f"/{logical_id}")
            for logical_id, resource in self._resources.items()
        }

    def of(self, resource_type: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return each resource of a type by its place in the tree, with its properties."""
        for logical_id, resource in self._resources.items():
            if resource["Type"] == resource_type:
                yield self._name(logical_id), self.plain(resource.get("Properties", {}))

    def plain(self, value: Any) -> Any:
        """Return a value with its references as text."""
        match value:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
                return self._name(name) if name in self._names else f"${{{name}}}"
            case {"Fn::Join": [str(between), list(parts)]}:
                return between.join(str(self.plain(part)) for part in parts)
            case Mapping():
                return {key: self.plain(inner) for key, inner in value.items()}
            case list():
                return [self.plain(inner) for inner in value]
        return value

    def _name(self, logical_id: str) -> str:
        return str(self._names[logical_id]).partition("/")[2].removesuffix("/Resource")


def page(template: Mapping[str, Any], encrypted: Mapping[str, Any]) -> str:
    """Make the page of a template, and of one with a customer's key."""
    roles, resources = _rows(template)
    more_roles, more_resources = (
        set(now) - set(before) for now, before in zip(_rows(encrypted), (roles, resources), strict=True)
    )
    more = [
        *more_roles,
        *(_row(who, what, may, "", condition) for who, what, may, condition in map(_cells, more_resources)),
    ]
    return "".join([_INTRODUCTION, *sorted(roles), _RESOURCES, *sorted(resources), _WITH_CUSTOMER_KEY, *sorted(more)])


def _rows(template: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the rows of the roles, and of what they use."""
    read = _Template(template)
    trusts = {name: role["AssumeRolePolicyDocument"]["Statement"] for name, role in read.of("AWS::IAM::Role")}
    roles = [
        _row(role, _trust(trusts[role]), _code(statement["Action"]), _code(statement["Resource"]), _if(statement))
        for _, policy in read.of("AWS::IAM::Policy")
        for role in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    resources = [
        _row(name.removesuffix("/Policy"), _who(statement), _may(statement), _if(statement))
        for resource_type, document in _OF_RESOURCES.items()
        for name, properties in read.of(resource_type)
        for statement in properties[document]["Statement"]
    ]
    resources += [
        _row(one["FunctionName"], one["Principal"], _code(one["Action"]), _code(f"aws:SourceArn is {one['SourceArn']}"))
        for _, one in read.of("AWS::Lambda::Permission")
    ]
    return roles, resources


def _cells(row: str) -> list[str]:
    return row.removeprefix("| ").removesuffix(" |\n").split(" | ")


def _trust(statements: list[dict[str, Any]]) -> str:
    return "<br>".join(" if ".join(filter(None, (_who(statement), _if(statement)))) for statement in statements)


def _may(statement: Mapping[str, Any]) -> str:
    return f"{'not ' if statement['Effect'] == 'Deny' else ''}{_code(statement['Action'])}"


def _who(statement: Mapping[str, Any]) -> str:
    principal = statement["Principal"]
    return (
        "everybody"
        if "*" in (principal, principal.get("AWS") if isinstance(principal, dict) else None)
        else ("<br>".join(str(value) for value in principal.values()))
    )


def _if(statement: Mapping[str, Any]) -> str:
    conditions = statement.get("Condition", {})
    return "<br>".join(
        _code(f"{key} {operator} {' or '.join(value) if isinstance(value, list) else value}")
        for operator, asked in sorted(conditions.items())
        for key, value in sorted(asked.items())
    )


def _code(values: Any) -> str:
    return "<br>".join(f"`{value}`" for value in (sorted(values) if isinstance(values, list) else [values]))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    """Synthesize, and write the page."""
    PAGE.write_text(page(synthesized(), synthesized(encryption="customer")), encoding="utf-8")


def synthesized(**settings: str) -> Any:
    """Return the template of these settings over those of `cdk.json`."""
    context = json.loads((_ROOT / "cdk.json").read_text(encoding="utf-8"))["context"] | settings
    context["aws:cdk:enable-path-metadata"] = True
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": folder}
        environment["JSII_NODE"] = str(Path(sys.prefix) / "bin" / "node")
        subprocess.run([sys.executable, "app.py"], cwd=_ROOT, env=environment, check=True)
        [template] = Path(folder).glob("*.template.json")
        return json.loads(template.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
