"""Where endings are told: the topic with its subscribers, and the table that remembers what was told."""

from collections.abc import Sequence

from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from settings.settings import Encryption as Choice
from stacks.dead_letters import dead_letter_queue
from stacks.encryption import Encryption
from stacks.tables import table


class Notifications(Construct):
    """The topic and its memory. Alarms go elsewhere: some of them are about this topic."""

    def __init__(self, scope: Construct, id: str, *, title: str, emails: Sequence[str], encryption: Choice) -> None:  # noqa: A002
        super().__init__(scope, id)
        self.encryption = Encryption(self, "Key", choice=encryption)
        self.key = self.encryption.key
        self.topic = Topic(self, "Topic", display_name=title, master_key=self.key, enforce_ssl=True)
        self.undelivered = dead_letter_queue(self, "Undelivered", encryption=self.encryption)
        for email in emails:
            self.topic.add_subscription(EmailSubscription(email, dead_letter_queue=self.undelivered))
        self.told = table(self, "Told", key="NotificationId", expires_at="ExpiresAt", encryption=self.encryption)

    def publish(self) -> list[PolicyStatement]:
        """Return what publishing to the topic takes, which is encrypted."""
        use_key = PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.key.key_arn])
        return [PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn]), use_key]
