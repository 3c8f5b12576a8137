"""What the app remembers, in DynamoDB."""

from aws_cdk import RemovalPolicy
from aws_cdk.aws_dynamodb import (
    Attribute,
    AttributeType,
    BillingMode,
    PointInTimeRecoverySpecification,
    Table,
    TableEncryption,
)
from constructs import Construct

from stacks.encryption import Encryption


def table(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    key: str,
    encryption: Encryption,
    expires_at: str | None = None,
) -> Table:
    """Make a table with a text key: paid by the request, recoverable to any moment of 35 days, gone with the stack.

    `expires_at`: the attribute that says when an item is forgotten; without one, none is.
    """
    customer_key = encryption.of_data
    made = Table(
        scope,
        id,
        partition_key=Attribute(name=key, type=AttributeType.STRING),
        time_to_live_attribute=expires_at,
        encryption=TableEncryption.CUSTOMER_MANAGED if customer_key else None,
        encryption_key=customer_key,
        billing_mode=BillingMode.PAY_PER_REQUEST,
        point_in_time_recovery_specification=PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
        removal_policy=RemovalPolicy.DESTROY,
    )
    encryption.comes_after_its_users(made)
    return made
