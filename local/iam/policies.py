"""The account's current policies: of roles and users, and of resources."""

import json
from functools import lru_cache
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda_simple.models import lambda_simple_backends
from moto.events.models import events_backends
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local.iam.evaluator import NamedPolicy
from local.iam.principals import ACCOUNT, PARTITION, Kind, Principal, role_name

_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_NOT_TO_BE_HAD = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
            "Resource": "*",
        }
    ],
}
"""What a key that is disabled, or about to be deleted, or not there, lets anybody do."""
_BY_AWS = f"arn:{PARTITION}:iam::aws:policy/"

_OF_STATEMENTS = ("Sid", "Effect", "Principal", "Action", "Resource", "Condition")


class Policies:
    """Reads policies of one Region."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._readers = {
            "events": self._of_bus,
            "iam": self._of_role,
            "kms": self._of_key,
            "lambda": self._of_function,
            "sns": self._of_topic,
            "sqs": self._of_queue,
        }

    def identity(self, principal: Principal) -> list[NamedPolicy]:
        """Return the policies of a principal."""
        match principal.kind:
            case Kind.ADMINISTRATOR:
                return [{"name": "AdministratorAccess", "policy": _EVERYTHING}]
            case Kind.SERVICE:
                return []
        owners = [self._owner(principal)]
        iam = iam_backends[ACCOUNT][PARTITION]
        if principal.kind is Kind.USER:
            owners += iam.get_groups_for_user(principal.name)
        return [policy for owner in owners if owner for policy in _policies_of(owner)]

    def boundary(self, principal: Principal) -> NamedPolicy | None:
        """Return the policy that bounds what a role or user may do."""
        arn = getattr(self._owner(principal), "permissions_boundary_arn", None)
        if not arn:
            return None
        document = iam_backends[ACCOUNT][PARTITION].managed_policies[arn].document
        return {"name": arn, "policy": _read(document)}

    def of_resource(self, arn: str) -> NamedPolicy | None:
        """Return the policy of a topic, queue, key, bus or function, or the trust policy of a role."""
        read = self._readers.get((arn.split(":") + [""] * 3)[2])
        policy = _read(read(arn)) if read else None
        return {"name": arn, "policy": policy} if policy and policy.get("Statement") else None

    def is_there(self, arn: str) -> bool:
        """Tell whether there is such a topic, queue or function; of anything else it is taken for granted."""
        match arn.split(":")[2]:
            case "sns":
                return arn in sns_backends[ACCOUNT][self._region].topics
            case "sqs":
                return self._queue(arn) is not None
            case "lambda":
                return self._function(arn) is not None
        return True

    def _owner(self, principal: Principal) -> Any:
        iam = iam_backends[ACCOUNT][PARTITION]
        try:
            match principal.kind:
                case Kind.ROLE:
                    return iam.get_role(principal.name)
                case Kind.USER:
                    return iam.get_user(principal.name)
        except NotFoundException:
            pass
        return None

    def _of_topic(self, arn: str) -> Any:
        topic = sns_backends[ACCOUNT][self._region].topics.get(arn)
        return topic and topic.policy

    def _queue(self, arn: str) -> Any:
        return sqs_backends[ACCOUNT][self._region].queues.get(arn.rpartition(":")[2])

    def _of_queue(self, arn: str) -> Any:
        queue = self._queue(arn)
        return queue and queue.policy

    def _of_key(self, arn: str) -> Any:
        key = kms_backends[ACCOUNT][self._region].keys.get(arn.rpartition("/")[2])
        if key and key.enabled and key.key_state != "PendingDeletion":
            return key.policy
        allowed = _read(key.policy)["Statement"] if key else []
        return {**_NOT_TO_BE_HAD, "Statement": [*allowed, *_NOT_TO_BE_HAD["Statement"]]}

    def _of_bus(self, arn: str) -> Any:
        bus = events_backends[ACCOUNT][self._region].event_buses.get(arn.rpartition("/")[2])
        return bus and bus.policy

    def _of_role(self, arn: str) -> Any:
        role = self._owner(Principal(Kind.ROLE, arn, role_name(arn)))
        return role and role.assume_role_policy_document

    def _function(self, arn: str) -> Any:
        try:
            return lambda_simple_backends[ACCOUNT][self._region].get_function(arn)
        except UnknownFunctionException:
            return None

    def _of_function(self, arn: str) -> Any:
        function = self._function(arn)
        if function is None or not function.policy.statements:
            return None
        policy = function.policy.get_policy()["Policy"]
        # What a template has beside it, moto leaves in the statement.
        statements = [{key: one[key] for key in _OF_STATEMENTS if key in one} for one in policy["Statement"]]
        return {**policy, "Statement": statements}


def _policies_of(owner: Any) -> list[NamedPolicy]:
    inline: list[NamedPolicy] = [
        {"name": f"{owner.name}/{name}", "policy": _read(text)} for name, text in owner.policies.items()
    ]
    managed: list[NamedPolicy] = [
        {"name": arn, "policy": _EVERYTHING if arn == f"{_BY_AWS}AdministratorAccess" else _read(policy.document)}
        for arn, policy in owner.managed_policies.items()
    ]
    return inline + managed


def _read(document: Any) -> Any:
    policy = _parsed(document) if isinstance(document, str) else document
    if isinstance(policy, dict) and None in (statements := policy.get("Statement") or []):
        # What a template leaves out by AWS::NoValue moto leaves empty.
        return {**policy, "Statement": [statement for statement in statements if statement]}
    return policy


@lru_cache(maxsize=1_000)
def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
