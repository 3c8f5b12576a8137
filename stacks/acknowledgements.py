"""Findings of cdk-nag that are right in general and not here: each is taken back where it arises, with the reason."""

from typing import cast

from aws_cdk import Acknowledgment, Aws, CfnElement, Stack, Validations
from aws_cdk.aws_lambda import IFunction
from constructs import IConstruct

_PSEUDO_PARAMETERS = {
    Aws.PARTITION: "<AWS::Partition>",
    Aws.REGION: "<AWS::Region>",
    Aws.ACCOUNT_ID: "<AWS::AccountId>",
}


def acknowledge(scope: IConstruct, *findings: str, reason: str) -> None:
    """Take back findings, as cdk-nag names them, on a construct and all below it."""
    acknowledged = [
        Acknowledgment(id=f"{pack}::{finding}", reason=reason)
        for finding in findings
        for pack in [finding.partition("-")[0]]
    ]
    Validations.of(scope).acknowledge(*acknowledged)


def on_resource(arn: str) -> str:
    """Return the finding that a statement is on that resource, which has a `*` in it."""
    for token, written in _PSEUDO_PARAMETERS.items():
        arn = arn.replace(token, written)
    return f"AwsSolutions-IAM5[Resource::{arn}]"


def on_versions_of(function: IFunction) -> str:
    """Return the finding that a statement is on every version of a function."""
    resource = cast("CfnElement", function.node.default_child)
    return f"AwsSolutions-IAM5[Resource::<{Stack.of(function).get_logical_id(resource)}.Arn>:*]"
