"""A subscriber to the notification topic: an SQS queue, as a program would use one."""

import json
from dataclasses import dataclass
from typing import Any

from local.server import LocalAws


@dataclass(frozen=True)
class Notification:
    """What a subscriber gets. `document` is the message for programs."""

    subject: str
    document: dict[str, Any]
    attributes: dict[str, str]


class Subscriber:
    """Subscribes a queue of its own, and reads it."""

    def __init__(self, aws: LocalAws, topic_arn: str, *, name: str = "subscriber") -> None:
        self._sqs = aws.client("sqs")
        kept = {"MessageRetentionPeriod": str(14 * 86_400)}
        self._url = self._sqs.create_queue(QueueName=name, Attributes=kept)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]
        policy = json.dumps(_lets_in(topic_arn, attributes["QueueArn"]))
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        aws.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"])

    def receive(self, *, wait_seconds: int = 0) -> list[Notification]:
        """Return what has come since the last call; waits for a first one up to so many seconds."""
        received: list[Notification] = []
        while messages := self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=0 if received else wait_seconds
        ).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                received.append(_notification(json.loads(message["Body"])))
        return received


def _lets_in(topic_arn: str, queue_arn: str) -> dict[str, Any]:
    """Return the policy of a queue to which a topic delivers."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _notification(envelope: dict[str, Any]) -> Notification:
    attributes = envelope.get("MessageAttributes", {})
    return Notification(
        subject=envelope["Subject"],
        document=json.loads(envelope["Message"]),
        attributes={name: attribute["Value"] for name, attribute in attributes.items()},
    )
