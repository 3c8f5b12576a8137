"""A local AWS that plays a scenario."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.config import Config

from local.clock.clock import Clock, VirtualClock
from local.scenario.scenario import Scenario
from local.server import LocalAws

QUEUE = "arn:aws:sqs:us-east-1:123456789012:heard"
DEAD = "arn:aws:sqs:us-east-1:123456789012:dead"
ROLE = "arn:aws:iam::123456789012:role/honest"
TOPIC = "arn:aws:sns:us-east-1:123456789012:told"
HOUR, DAY = 3600, 86400
ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05T09.00.00/1767603600000"


class ActingAws(LocalAws):
    """A `LocalAws` that can be told what to play."""

    def play(
        self,
        *models: dict[str, Any],
        faulty: list[dict[str, Any]] | None = None,
        quotas: Mapping[str, int] | None = None,
    ) -> None:
        """Replace models and faults. There are no quotas but those that are given."""
        known = {"RunningModels": 10_000, "CallsPerSecond": 10_000, "InferenceUnits": 10_000, **(quotas or {})}
        self.load(Scenario.parse(json.dumps({"Quotas": known, "Models": models, "Faults": faulty or []})))

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


def honest_role(aws: LocalAws, name: str) -> str:
    """Make a role that AWS's services may assume and that may do anything; its ARN."""
    iam = aws.client("iam")
    services = [f"{service}.amazonaws.com" for service in ("events", "lambda", "scheduler", "states")]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": services}}
    anything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="anything", PolicyDocument=policy(anything))
    return str(made)


def open_queue(aws: LocalAws, name: str) -> str:
    """Make a queue that everybody may send to; its ARN."""
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    lets = policy({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn})
    aws.client("sqs").create_queue(QueueName=name, Attributes={"Policy": lets, "MessageRetentionPeriod": str(14 * DAY)})
    return arn


def policy(*statements: Mapping[str, object]) -> str:
    """Write a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


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
            open_queue(opened, name)
        yield opened


@contextmanager
def acting_aws(clock: Clock | None = None) -> Iterator[ActingAws]:
    """Open one."""
    with ActingAws(clock=clock) as aws:
        honest_role(aws, ROLE.rpartition("/")[2])
        yield aws
