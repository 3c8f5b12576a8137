"""A local AWS in which a scenario is played, for the tests of what plays it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.config import Config

from local.clock.clock import Clock, VirtualClock
from local.scenario.scenario import Scenario
from local.server import LocalAws

QUEUE = "arn:aws:sqs:us-east-1:123456789012:heard"
DEAD = "arn:aws:sqs:us-east-1:123456789012:dead"
TOPIC = "arn:aws:sns:us-east-1:123456789012:told"
HOUR, DAY = 3600, 86400
ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05T09.00.00/1767603600000"


class ActingAws(LocalAws):
    """A `LocalAws` that can be told what to play."""

    def play(self, *models: dict[str, Any], faulty: list[dict[str, Any]] | None = None) -> None:
        """Replace models and faults."""
        self.load(Scenario.parse(json.dumps({"Models": models, "Faults": faulty or []})))

    def api(self, service: str, **config: Any) -> Any:
        """Make a client that tries a call once."""
        return self.client(service, config=Config(**{"retries": {"total_max_attempts": 1}, **config}))


def messages(aws: LocalAws, queue: str) -> list[dict[str, Any]]:
    """Take all messages out of a queue, given by its name or ARN."""
    url, found = f"{aws.endpoint_url}/123456789012/{queue.rpartition(':')[2]}", []
    sqs = aws.client("sqs")
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageAttributeNames": ["All"]}
    while some := sqs.receive_message(**asked).get("Messages"):
        for message in some:
            found.append(message)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def heard(aws: LocalAws, after: float = 0, *, queue: str = "heard") -> list[Any]:
    """Let time pass, and return what came to a queue."""
    # Deliveries count as work: virtual time goes on when they are done.
    aws.clock.wait(after + 0.001)
    return [json.loads(message["Body"]) for message in messages(aws, queue)]


@contextmanager
def hearing_aws(start: datetime) -> Iterator[ActingAws]:
    """Open one with two queues, in which time passes only where the test waits: it counts as work itself."""
    with acting_aws(VirtualClock(start)) as opened, opened.clock.running():
        opened.play()
        for name in ("heard", "dead"):
            opened.client("sqs").create_queue(QueueName=name)
        yield opened


@contextmanager
def acting_aws(clock: Clock | None = None) -> Iterator[ActingAws]:
    """Open one."""
    with ActingAws(clock=clock) as aws:
        yield aws
