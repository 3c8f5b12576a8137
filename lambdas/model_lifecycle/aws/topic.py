"""The only publisher on the notification topic."""

import json
from typing import TYPE_CHECKING

from model_lifecycle.endings.message import Message

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


def publish(message: Message, *, topic_arn: str, client: "SNSClient") -> str:
    """Publish to every subscriber, each in its own form; the `MessageId` that SNS gave.

    Raises botocore's ClientError and BotoCoreError.
    """
    answer = client.publish(
        TopicArn=topic_arn,
        Subject=message.subject,
        MessageStructure="json",
        Message=json.dumps({"default": json.dumps(message.document), "email": message.text}),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        },
    )
    return answer["MessageId"]
