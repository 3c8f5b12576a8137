"""The inline policies of roles, users and groups that `AWS::IAM::Policy` names."""

import json
from contextlib import suppress

from local.account import Account
from local.cloudformation.values import Properties

_KINDS = {"Roles": "role", "Users": "user", "Groups": "group"}


def attach_inline(aws: Account, properties: Properties) -> None:
    """Give the policy to all whom it names."""
    client = aws.client("iam")
    for kind, name in _holders(properties):
        getattr(client, f"put_{kind}_policy")(
            **{f"{kind.title()}Name": name},
            PolicyName=properties["PolicyName"],
            PolicyDocument=json.dumps(properties["PolicyDocument"]),
        )


def detach_inline(aws: Account, properties: Properties, *, except_for: Properties) -> None:
    """Take the policy from all whom it names, but from those whom the other one names, too."""
    client = aws.client("iam")
    for kind, name in _holders(properties) - _holders(except_for):
        with suppress(client.exceptions.NoSuchEntityException):
            getattr(client, f"delete_{kind}_policy")(
                **{f"{kind.title()}Name": name}, PolicyName=properties["PolicyName"]
            )


def _holders(properties: Properties) -> set[tuple[str, str]]:
    return {(kind, name) for names, kind in _KINDS.items() for name in properties.get(names, [])}
