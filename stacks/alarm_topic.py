"""The second way out: where alarms go, so that one about the notifications does not go the way of these."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from stacks.acknowledgements import acknowledge
from stacks.keys import key_of_the_stack
from stacks.trust import service_for

_EVERY_ALARM = f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:{Aws.STACK_NAME}-*"
"""Of this stack: CloudFormation names them after it."""


class AlarmTopic(Construct):
    """A topic with a key of its own: CloudWatch cannot publish to one that is encrypted with `alias/aws/sns`."""

    def __init__(self, scope: Construct, id: str, *, title: str, emails: Sequence[str]) -> None:  # noqa: A002
        super().__init__(scope, id)
        key = key_of_the_stack(self, "Key", description="Encrypts the alarms of the model lifecycle")
        self.topic = Topic(self, "Topic", display_name=title, master_key=key, enforce_ssl=True)
        for email in emails:
            self.topic.add_subscription(EmailSubscription(email))
        acknowledge(
            self.topic,
            "Serverless-SNSRedrivePolicy",
            reason="A queue of alarms that came back would raise an alarm, which would come back",
        )
        # Who uses the key for whom, CloudWatch says; for which alarm, it is not known to.
        key.add_to_resource_policy(
            PolicyStatement(
                principals=[ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        self.topic.add_to_resource_policy(
            PolicyStatement(
                principals=[service_for("cloudwatch.amazonaws.com", source=_EVERY_ALARM)],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            )
        )
