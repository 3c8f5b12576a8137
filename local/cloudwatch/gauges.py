"""What queues hold, minute by minute, as far as their metrics tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from moto.sqs.models import sqs_backends

from local.account import Account
from local.api.measurement import Metric
from local.cloudwatch.datapoints import MINUTE, Sample, Window, floor
from local.sqs.queues import NAMESPACE, History

_AGE, _VISIBLE = "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"
_NAMES = (_AGE, _VISIBLE)


class Gauges:
    """The metrics of queues that are there although nothing happens."""

    def __init__(self, aws: Account) -> None:
        self._aws = aws

    def of_queue(self, metric: Metric) -> list[Metric]:
        """Return the gauges that may change when something of a queue is measured."""
        return [Metric(NAMESPACE, name, metric.dimensions) for name in _NAMES] if metric.namespace == NAMESPACE else []

    def all(self, since: datetime) -> set[Metric]:
        """Return those that had data since a moment."""
        now = self._aws.clock.now()
        queues = sqs_backends[self._aws.account_id][self._aws.region].queues
        active = [name for name, queue in queues.items() if any(queue.history.minutes(*_whole(since, now)))]
        return {Metric.of(NAMESPACE, name, QueueName=queue) for queue in active for name in _NAMES}

    def samples(self, metric: Metric, window: Window) -> Iterator[Sample]:
        """Yield a sample for each minute of a time that is over."""
        if metric not in self.of_queue(metric):
            return
        until = min(window.end, self._aws.clock.now())
        for minute, stays in self._history(metric).minutes(*_whole(window.since, until)):
            end = minute + MINUTE
            if metric.name == _VISIBLE:
                yield Sample.of(minute, len(stays), "Count")
            elif counted := [stay.begins for stay in stays if stay.often is None or stay.often >= end]:
                yield Sample.of(minute, (end - min(counted)).total_seconds(), "Seconds")

    def turns(self, metric: Metric, threshold: float) -> Iterator[datetime]:
        """Yield when a gauge crosses a threshold, or ends, although nothing happens."""
        if metric in self.of_queue(metric):
            yield from self._history(metric).turns(timedelta(seconds=threshold))

    def _history(self, metric: Metric) -> History:
        queue = sqs_backends[self._aws.account_id][self._aws.region].queues.get(
            dict(metric.dimensions).get("QueueName")
        )
        history: History = queue.history if queue else History(self._aws.clock.now())
        return history


def _whole(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    return floor(since, MINUTE), floor(until, MINUTE)
