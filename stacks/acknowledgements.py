"""Findings that are right in general and not here: each is taken back where it arises, with the reason.

They are cdk-nag's, as its packs name them, and checkov's, which begin with `CKV_`. `python -m findings` looks for more.
"""

from collections.abc import Iterator
from typing import cast

from aws_cdk import Acknowledgment, Aws, CfnElement, CfnResource, Stack, Validations
from aws_cdk.aws_dynamodb import CfnTable
from aws_cdk.aws_iam import CfnPolicy
from aws_cdk.aws_lambda import CfnFunction, IFunction
from aws_cdk.aws_logs import CfnLogGroup
from aws_cdk.aws_sqs import CfnQueue
from constructs import IConstruct

_PSEUDO_PARAMETERS = {
    Aws.PARTITION: "<AWS::Partition>",
    Aws.REGION: "<AWS::Region>",
    Aws.ACCOUNT_ID: "<AWS::AccountId>",
}


_NO_QUEUE = ("Serverless-LambdaDLQ", "NIST.800.53.R5-LambdaDLQ", "HIPAA.Security-LambdaDLQ", "CKV_AWS_116")
"""A function without a dead-letter queue of its own."""


def acknowledge(scope: IConstruct, *findings: str, reason: str) -> None:
    """Take back findings on a construct: those of cdk-nag also on all below it."""
    packs, checks = _by_tool(findings)
    if packs:
        acknowledged = [Acknowledgment(id=f"{name.partition('-')[0]}::{name}", reason=reason) for name in packs]
        Validations.of(scope).acknowledge(*acknowledged)
    if checks:
        resource = cast("CfnResource", scope.node.default_child or scope)
        skipped = (resource.get_metadata("checkov") or {"skip": []})["skip"]
        more = [{"id": check, "comment": reason} for check in checks]
        resource.add_metadata("checkov", {"skip": [*skipped, *more]})


def acknowledge_no_queue(function: IFunction, *, reason: str) -> None:
    """Take back that a function has no dead-letter queue of its own."""
    acknowledge(function, *_NO_QUEUE, reason=reason)


def acknowledge_on_every_resource(stack: Stack) -> None:
    """Take back what is true of every resource of a type. To be done when all are there."""
    for construct in stack.node.find_all():
        for findings, reason in _of(construct):
            acknowledge(construct, *findings, reason=reason)


def _by_tool(findings: tuple[str, ...]) -> tuple[list[str], list[str]]:
    checks = [finding for finding in findings if finding.startswith("CKV_")]
    return [finding for finding in findings if finding not in checks], checks


def _in_packs(rule: str, *packs: str) -> list[str]:
    return [f"{pack}-{rule}" for pack in packs or ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")]


_NOT_OF_PCI = ("NIST.800.53.R5", "HIPAA.Security")
_KEY_OF_AWS = (
    "AWS encrypts it with its own key; the setting encryption gives it the customer's, which is checked as well"
)


def _of(construct: IConstruct) -> Iterator[tuple[list[str], str]]:
    if isinstance(construct, CfnPolicy):
        yield (
            _in_packs("IAMNoInlinePolicy"),
            "It is made for the one role that has it, goes with that role, and nobody else can be given it",
        )
    elif isinstance(construct, CfnFunction):
        yield (
            [*_in_packs("LambdaInsideVPC"), "CKV_AWS_117"],
            "It calls public endpoints of AWS alone, over TLS and as its role; nothing that it needs is in a VPC",
        )
        yield (
            ["CKV_AWS_173"],
            "Its environment holds names and limits, which its configuration shows anyhow, and no secret",
        )
        if construct.reserved_concurrent_executions is None:
            yield (
                [*_in_packs("LambdaConcurrency", *_NOT_OF_PCI), "CKV_AWS_115"],
                "The setting reserved_concurrency reserves some, which the account's other functions then lack",
            )
    elif isinstance(construct, CfnTable):
        yield (
            _in_packs("DynamoDBInBackupPlan", *_NOT_OF_PCI),
            "It can be recovered to any second of 35 days; what is older says nothing about what runs now",
        )
        if construct.sse_specification is None:
            yield ["CKV_AWS_119"], _KEY_OF_AWS
    elif isinstance(construct, CfnLogGroup) and construct.kms_key_id is None:
        yield [*_in_packs("CloudWatchLogGroupEncrypted"), "CKV_AWS_158"], _KEY_OF_AWS
    elif isinstance(construct, CfnQueue) and construct.kms_master_key_id is None:
        yield ["CKV_AWS_27"], _KEY_OF_AWS


def on_resource(arn: str) -> str:
    """Return the finding that a statement is on that resource, which has a `*` in it."""
    for token, written in _PSEUDO_PARAMETERS.items():
        arn = arn.replace(token, written)
    return f"AwsSolutions-IAM5[Resource::{arn}]"


def on_versions_of(function: IFunction) -> str:
    """Return the finding that a statement is on every version of a function."""
    resource = cast("CfnElement", function.node.default_child)
    return f"AwsSolutions-IAM5[Resource::<{Stack.of(function).get_logical_id(resource)}.Arn>:*]"
