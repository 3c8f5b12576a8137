"""Who is subscribed to a topic."""

from typing import NamedTuple

from operations.aws import Aws
from operations.errors import on_one_line


class Subscriber(NamedTuple):
    """As SNS lists it. `arn`: `PendingConfirmation` until it is confirmed."""

    protocol: str
    endpoint: str
    arn: str


def subscribers_of(aws: Aws, topic: str) -> list[Subscriber]:
    """ListSubscriptionsByTopic. Raises OperationsError."""
    pages = aws.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    with on_one_line("SNS"):
        return [
            Subscriber(each["Protocol"], each["Endpoint"], each["SubscriptionArn"])
            for page in pages
            for each in page["Subscriptions"]
        ]
