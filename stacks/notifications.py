"""Where endings are told: the topic with its subscribers, and the table that remembers what was told."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk.aws_iam import Effect, PolicyStatement, ServicePrincipal
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from settings.settings import Encryption as Choice
from stacks.dead_letters import dead_letter_queue
from stacks.encryption import Encryption
from stacks.tables import table
from stacks.trust import service_for

_EVERY_ALARM = f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:{Aws.STACK_NAME}-*"


class Notifications(Construct):
    """The topic and its memory.

    The topic has a key of its own: CloudWatch alarms cannot publish to one that is encrypted with `alias/aws/sns`.
    """

    def __init__(self, scope: Construct, id: str, *, title: str, emails: Sequence[str], encryption: Choice) -> None:  # noqa: A002
        super().__init__(scope, id)
        self.encryption = Encryption(self, "Key", choice=encryption)
        self.key = self.encryption.key
        self.topic = Topic(self, "Topic", display_name=title, master_key=self.key, enforce_ssl=True)
        self.undelivered = dead_letter_queue(self, "Undelivered", encryption=self.encryption)
        for email in emails:
            self.topic.add_subscription(EmailSubscription(email, dead_letter_queue=self.undelivered))
        self._let_alarms_publish()
        self.told = table(self, "Told", key="NotificationId", expires_at="ExpiresAt", encryption=self.encryption)

    def publish(self) -> list[PolicyStatement]:
        """Return what publishing to the topic takes, which is encrypted."""
        use_key = PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.key.key_arn])
        return [PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn]), use_key]

    def _let_alarms_publish(self) -> None:
        alarms = ServicePrincipal("cloudwatch.amazonaws.com")
        this_account = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        self.key.add_to_resource_policy(
            PolicyStatement(
                effect=Effect.ALLOW,
                principals=[alarms],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions=this_account,
            )
        )
        self.topic.add_to_resource_policy(
            PolicyStatement(
                effect=Effect.ALLOW,
                principals=[service_for("cloudwatch.amazonaws.com", source=_EVERY_ALARM)],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            )
        )
