"""Addresses that get nothing are those that are pending, and those of the settings that are not subscribed any more."""

import boto3
import pytest
from botocore.stub import Stubber

from model_lifecycle.aws.subscribers import Subscribers

TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"


@pytest.mark.parametrize(
    ("wanted", "arns", "unconfirmed"),
    [
        (0, [], 0),
        (2, [f"{TOPIC}:1", f"{TOPIC}:2"], 0),
        (2, [f"{TOPIC}:1", "PendingConfirmation"], 1),
        (2, [f"{TOPIC}:1"], 1),
        (2, [f"{TOPIC}:1", "Deleted"], 1),
        (0, ["PendingConfirmation"], 1),
        (1, [f"{TOPIC}:1", f"{TOPIC}:by-hand"], 0),
    ],
)
def test_an_address_counts_until_it_is_confirmed(wanted: int, arns: list[str], unconfirmed: int) -> None:
    client = boto3.client("sns", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
    emails = [{"Protocol": "email", "SubscriptionArn": arn} for arn in arns]
    queue = {"Protocol": "sqs", "SubscriptionArn": f"{TOPIC}:queue"}
    with Stubber(client) as stubber:
        pages: list[dict[str, object]] = [{"Subscriptions": emails, "NextToken": "more"}, {"Subscriptions": [queue]}]
        for page, asked in zip(pages, ({}, {"NextToken": "more"}), strict=True):
            stubber.add_response("list_subscriptions_by_topic", page, {"TopicArn": TOPIC, **asked})

        assert Subscribers({TOPIC: wanted}, client).unconfirmed() == unconfirmed
