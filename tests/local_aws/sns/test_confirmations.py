"""E-mail subscriptions that nobody has confirmed."""

import re
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.clock.clock import VirtualClock
from local.server import LocalAws
from local.sns.subscriptions import Email
from tests.local_aws.acting_aws import DAY

LATE = {"Protocol": "email", "Endpoint": "late@example.test"}


def test_a_mailbox_that_nobody_reads_gets_nothing_until_its_token_comes_back(aws: LocalAws) -> None:
    heard: list[Email] = []
    aws.listen(lambda news: heard.append(news) if isinstance(news, Email) else None)
    sns = aws.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid4()}")["TopicArn"]

    def listed() -> list[str]:
        return [each["SubscriptionArn"] for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]

    def counted() -> tuple[str, str]:
        attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
        return attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]

    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="quick@example.com")
    assert sns.subscribe(TopicArn=topic, **LATE)["SubscriptionArn"] == "pending confirmation"
    arn = sns.subscribe(TopicArn=topic, **LATE, ReturnSubscriptionArn=True)["SubscriptionArn"]
    sns.publish(TopicArn=topic, Message="before")
    assert (listed()[1], counted()) == ("PendingConfirmation", ("1", "1"))
    pending = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"]
    assert str(pending).lower() == "true"

    [token] = re.findall(r"--token (\S+)", heard[0].text)
    with pytest.raises(ClientError, match="Invalid parameter: Token"):
        sns.confirm_subscription(TopicArn=topic, Token=token[::-1])
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == arn
    sns.publish(TopicArn=topic, Message="after")

    assert (listed()[1], counted()) == (arn, ("0", "2"))
    assert [(email.address.partition("@")[0], email.text) for email in heard[1:]] == [
        ("quick", "before"),
        ("quick", "after"),
        ("late", "after"),
    ]


def test_a_subscription_that_nobody_confirms_is_gone_after_two_days(aws: LocalAws) -> None:
    assert isinstance(aws.clock, VirtualClock)
    sns = aws.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid4()}")["TopicArn"]
    sns.subscribe(TopicArn=topic, **LATE)

    with aws.clock.running():
        aws.clock.wait(2 * DAY + 1)

    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
