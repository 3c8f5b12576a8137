"""The KMS keys of the stack: each rotates, and goes with the stack after a week in which it can be had back."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_kms import Key
from constructs import Construct


def key_of_the_stack(scope: Construct, id: str, *, description: str) -> Key:  # noqa: A002 - the CDK's own name
    """Make a key."""
    return Key(
        scope,
        id,
        description=description,
        enable_key_rotation=True,
        pending_window=Duration.days(7),
        removal_policy=RemovalPolicy.DESTROY,
    )
