"""Who gets what is published by e-mail, and who should: addresses confirm their subscriptions, and can end them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class Subscribers:
    """The e-mail addresses of topics; `wanted`: how many of the settings each has."""

    def __init__(self, wanted: Mapping[str, int], client: "SNSClient") -> None:
        self._wanted = wanted
        self._client = client

    def unconfirmed(self) -> int:
        """Return how many addresses get nothing, for want of a confirmation or of a subscription.

        SNS forgets a request for confirmation after two days. Raises botocore's ClientError and BotoCoreError.
        """
        return sum(self._unconfirmed(topic, wanted) for topic, wanted in self._wanted.items())

    def _unconfirmed(self, topic: str, wanted: int) -> int:
        pages = self._client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        emails = [
            one["SubscriptionArn"] for page in pages for one in page["Subscriptions"] if one["Protocol"] == "email"
        ]
        # Of those that are not confirmed, and of those that were ended, there is a word in the place of the ARN.
        confirmed = sum(arn.startswith("arn:") for arn in emails)
        return max(emails.count("PendingConfirmation"), wanted - confirmed)
