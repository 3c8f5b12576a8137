"""Queues for what could not be delivered."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_sqs import Queue, QueueEncryption
from constructs import Construct

from settings.limits import DEAD_LETTERS_KEPT
from stacks.acknowledgements import acknowledge
from stacks.encryption import Encryption

MOST_RETRIES = 185
"""As often as EventBridge tries again: how long, the age of an event decides."""


def dead_letter_queue(scope: Construct, id: str, *, encryption: Encryption) -> Queue:  # noqa: A002 - the CDK's own name
    """Make a queue that keeps messages for 14 days, as long as SQS can, encrypted and reached over TLS only."""
    key = encryption.of_data
    queue = Queue(
        scope,
        id,
        encryption=QueueEncryption.KMS if key else QueueEncryption.SQS_MANAGED,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=Duration.days(DEAD_LETTERS_KEPT.days),
        removal_policy=RemovalPolicy.DESTROY,
    )
    encryption.comes_after_its_users(queue)
    acknowledge(
        queue,
        "AwsSolutions-SQS3",
        "Serverless-SQSRedrivePolicy",
        reason="It is a dead-letter queue itself; its alarm says when to read it",
    )
    return queue
