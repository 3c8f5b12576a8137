"""Log groups: kept as long as the settings say, gone with the stack."""

from typing import get_args

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import LogGroup, RetentionDays
from constructs import Construct

from settings.settings import LogRetentionDays, Settings
from stacks.encryption import Encryption

# The CDK names them by words, in the same order.
_RETENTION = dict(zip(get_args(LogRetentionDays), RetentionDays, strict=False))


def log_group(
    scope: Construct,
    id: str,  # noqa: A002
    *,
    settings: Settings,
    encryption: Encryption,
    name: str | None = None,
) -> LogGroup:
    """Make a log group that is kept as long as the settings say and goes with the stack."""
    return LogGroup(
        scope,
        id,
        log_group_name=name,
        retention=_RETENTION[settings.log_retention_days],
        encryption_key=encryption.of_data,
        removal_policy=RemovalPolicy.DESTROY,
    )
