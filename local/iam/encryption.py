"""What a customer-managed KMS key encrypts, and which of its permissions a call needs."""

from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.iam.needs import Need
from local.iam.principals import ACCOUNT, PARTITION, Kind, Principal, service

_GETS, _PUTS = ("Decrypt",), ("GenerateDataKey", "Decrypt")
_BY_CALLER = {
    "sns:Publish": _PUTS,
    "sqs:SendMessage": _PUTS,
    "sqs:ReceiveMessage": _GETS,
    **{f"dynamodb:{verb}Item": _GETS for verb in ("Get", "Put", "Update", "Delete")},
    **{f"states:Describe{what}": _GETS for what in ("Execution", "StateMachine", "StateMachineForExecution")},
    "states:GetExecutionHistory": _GETS,
}
"""What it takes to put something into what is encrypted, or to get it out."""
_BY_LOGS = {
    "logs:PutLogEvents": ("GenerateDataKey",),
    **{f"logs:{verb}LogEvents": _GETS for verb in ("Get", "Filter")},
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html, "Set permissions"
    "logs:AssociateKmsKey": ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey"),
}
"""The same of logs, for which CloudWatch Logs itself asks, whoever calls."""


class Encryption:
    """Reads the encryption of one Region's resources."""

    def __init__(self, region: str) -> None:
        self._region = region

    def needs(self, principal: Principal, need: Need) -> Iterator[tuple[Principal, Need]]:
        """Give what a need takes of a key, and who needs that."""
        if need.resource == "*":
            return
        if (actions := _BY_CALLER.get(need.action)) and (key := self._key_of(need.resource)):
            yield from ((principal, each) for each in self.uses(principal, key, need.resource, *actions))
        elif actions := _BY_LOGS.get(need.action):
            key = need.key or self._key_of(need.resource)
            logs = service(f"logs.{self._region}.amazonaws.com")
            yield from ((logs, each) for each in (self.uses(logs, key, need.resource, *actions) if key else ()))

    def uses(self, principal: Principal, key: str, arn: str, *actions: str) -> list[Need]:
        """Return what using a key for a resource takes."""
        context = {f"kms:EncryptionContext:{name}": value for name, value in _context(arn)}
        if principal.kind is not Kind.SERVICE:
            via = f"{arn.split(':')[2]}.{self._region}.amazonaws.com"
            context |= {"kms:ViaService": via, "kms:CallerAccount": ACCOUNT}
        return [Need(f"kms:{action}", self.arn_of_key(key), context) for action in actions]

    def arn_of_key(self, key: str) -> str:
        """Return the ARN of a key by its id, alias or ARN; one that is not there has the ARN that it would have."""
        if not key.startswith("arn:"):
            kms = kms_backends[ACCOUNT][self._region]
            found = kms.get_key_id_from_alias(key) if key.startswith("alias/") else key
            key = f"arn:{PARTITION}:kms:{self._region}:{ACCOUNT}:key/{found or key}"
        return key

    def _key_of(self, arn: str) -> Any:
        """Return the customer's key that encrypts a topic, queue, table, log group, state machine or execution."""
        match arn.split(":"):
            case [_, _, "sns", *_]:
                return getattr(sns_backends[ACCOUNT][self._region].topics.get(arn), "kms_master_key_id", None)
            case [_, _, "sqs", *_, name]:
                return getattr(sqs_backends[ACCOUNT][self._region].queues.get(name), "kms_master_key_id", None)
            case [_, _, "dynamodb", *_, named]:
                table = dynamodb_backends[ACCOUNT][self._region].tables.get(named.partition("/")[2])
                return ((table and table.sse_specification) or {}).get("KMSMasterKeyId")
            case [_, _, "logs", _, _, "log-group", name, *_]:
                return getattr(logs_backends[ACCOUNT][self._region].groups.get(name), "kms_key_id", None)
            case [_, _, "states", _, _, kind, name, *_]:
                machines = stepfunctions_parser_backends[ACCOUNT][self._region].state_machines
                machine = next((each for each in machines if each.name == name), None)
                if machine and kind == "execution":
                    began = (each.state_machine for each in machine.executions if each.execution_arn == arn)
                    machine = next(began, None)
                return machine and key_of_machine(machine)
        return None


def key_of_machine(machine: Any) -> str | None:
    """Return the customer's key with which a state machine's data is encrypted."""
    key: str | None = (machine.encryptionConfiguration or {}).get("kmsKeyId")
    return key


def _context(arn: str) -> Iterator[tuple[str, str]]:
    """Give the encryption context with which a service uses a key for a resource."""
    match arn.split(":"):
        case [_, _, "sns", *_]:
            yield "aws:sns:topicArn", arn
        case [_, _, "sqs", *_]:
            yield "aws:sqs:arn", arn
        case [_, _, "dynamodb", *_, named]:
            yield "aws:dynamodb:tableName", named.partition("/")[2]
            yield "aws:dynamodb:subscriberId", ACCOUNT
        case [*head, "log-group", name] | [*head, "log-group", name, "log-stream", _]:
            yield "aws:logs:arn", ":".join([*head, "log-group", name])
        case [_, _, "logs", *_]:
            # Of logs that another service delivers.
            yield "SourceArn", arn
        case [*head, "stateMachine" | "execution", name] | [*head, "execution", name, _]:
            yield "aws:states:stateMachineArn", ":".join([*head, "stateMachine", name])
