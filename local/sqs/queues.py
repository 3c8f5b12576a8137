"""Queues that are measured: what each one holds is remembered, and what is too old is deleted.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from moto.sqs import models
from moto.sqs.models import Message, Queue

from local.account import Account
from local.api.measurement import Measurement, Metric

NAMESPACE = "AWS/SQS"
_ACTIVE_FOR = timedelta(hours=6)
_MINUTE = timedelta(minutes=1)
_OFTEN = 3
"""A message that was received so often, and not deleted, does not count as the oldest one any more."""


@dataclass
class Stay:
    """A message's time in a queue. `ends`: when it was deleted, or is to be; `often`: when it was received so often."""

    begins: datetime
    ends: datetime
    often: datetime | None = None


class History:
    """What a queue held when, and when it was active: only then it is measured."""

    def __init__(self, now: datetime) -> None:
        self.stays: dict[str, Stay] = {}
        self._active = [(now, now)]

    def touch(self, now: datetime) -> None:
        """Remember that somebody used the queue."""
        begin, last = self._active[-1]
        self._active[-1:] = [(begin, now)] if now - last <= _ACTIVE_FOR else [(begin, last), (now, now)]

    def minutes(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, list[Stay]]]:
        """Yield each minute of a time in which the queue was active, and what was in it as the minute ended.

        `since` and `until` are whole minutes.
        """
        stays = [stay for stay in self.stays.values() if stay.begins < until and stay.ends > since]
        while since < until:
            end = since + _MINUTE
            there = [stay for stay in stays if stay.begins < end <= stay.ends]
            if there or any(begin < end <= last + _ACTIVE_FOR for begin, last in self._active):
                yield since, there
            since = end

    def turns(self, age: timedelta) -> Iterator[datetime]:
        """Yield when what is there becomes that old, when it is deleted, and when the queue is active no more."""
        for stay in self.stays.values():
            yield from (stay.begins + age, stay.ends)
        yield self._active[-1][1] + _ACTIVE_FOR


class LocalQueue(Queue):  # type: ignore[misc]
    """A queue that measures what comes and goes, and deletes what it has kept for as long as it may."""

    aws: ClassVar[Account]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._kept: list[Message] = []
        self.history = History(self.aws.clock.now())
        super().__init__(*args, **kwargs)

    @property
    def _messages(self) -> list[Message]:
        """Forget what is too old. A message's times are in milliseconds."""
        oldest = (self.aws.clock.now() - timedelta(seconds=int(self.message_retention_period))).timestamp() * 1_000
        if any(message.sent_timestamp <= oldest for message in self._kept):
            self._kept = [message for message in self._kept if message.sent_timestamp > oldest]
        return self._kept

    @_messages.setter
    def _messages(self, messages: list[Message]) -> None:
        left = {message.id for message in self._kept} - {message.id for message in messages}
        self._kept = messages
        for message_id in left:
            self.history.stays[message_id].ends = self.aws.clock.now()
        if left:
            self.measure("NumberOfMessagesDeleted", len(left))

    def add_message(self, message: Message) -> None:
        now = self.aws.clock.now()
        stay = Stay(now, now + timedelta(seconds=int(self.message_retention_period)))
        self.history.stays[message.id] = stay
        super().add_message(message)
        if message in self._kept or stay.ends == now:
            self.measure("NumberOfMessagesSent")
        else:  # A FIFO queue had it already.
            del self.history.stays[message.id]

    def measure(self, name: str, number: int = 1) -> None:
        """Tell that so many messages came, were looked at or went."""
        self.history.touch(self.aws.clock.now())
        self.aws.announce(Measurement(Metric.of(NAMESPACE, name, QueueName=self.name), number))


def install(aws: Account) -> None:
    """Let the queues of a local AWS be measured."""

    def receive(backend: Any, queue_name: str, *args: Any, **kwargs: Any) -> list[Message]:
        found: list[Message] = received(backend, queue_name, *args, **kwargs)
        queue = backend.get_queue(queue_name)
        for message in found:
            if message.approximate_receive_count == _OFTEN and message.id in queue.history.stays:
                queue.history.stays[message.id].often = aws.clock.now()
        if found:
            queue.measure("NumberOfMessagesReceived", len(found))
        return found

    received = models.SQSBackend.receive_message
    aws.replace(LocalQueue, "aws", aws)
    aws.replace(models, "Queue", LocalQueue)
    aws.replace(models.SQSBackend, "receive_message", receive)
