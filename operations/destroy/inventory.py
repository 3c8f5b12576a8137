"""What a removal ends: the models that run, the armed stops, and the schedules of the settings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from model_lifecycle.aws.lease_schedules import schedule_name
from model_lifecycle.vocabulary.phase import Goal
from operations.deployment import Deployment, make
from operations.errors import OperationsError, on_one_line
from operations.redrive.queues import queues_of
from operations.status.fleet import Fleet
from operations.status.row import Row
from operations.status.status import Status

_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True)
class Inventory:
    """A status before the removal. `others`: armed stops of models that do nothing now, in the words of each.

    `letters`: how many messages lie in each dead-letter queue that has any, by the name of its alarm; None if
    that could not be read.
    """

    status: Status
    others: Sequence[str]
    letters: Mapping[str, int] | None

    @property
    def rows(self) -> list[Row]:
        """The models that run, start, stop or wait for their start."""
        return self.status.rows

    @property
    def unread(self) -> bool:
        """Whether something could not be read, so that more may run."""
        return bool(self.status.seen.failures)

    @property
    def starting(self) -> list[Fleet]:
        """The fleets that would go on starting models."""
        return [fleet for fleet in self.status.seen.fleets or () if fleet.goal is Goal.RUNNING]

    @property
    def lines(self) -> Iterator[str]:
        """What ends with the stack beside them, a sentence each."""
        for fleet in self.starting:
            yield (
                f"A fleet of {fleet.models} is under way: execution {fleet.execution}. It will be aborted, so that it "
                "starts no more of them."
            )
        armed = len(self.status.seen.armed or ())
        if armed:
            yield f"{armed:,} {'stop is' if armed == 1 else 'stops are'} scheduled for leases, and will not take place."
        yield from (f"  {other}" for other in self.others)
        schedules = len(self.status.seen.schedules or ())
        if schedules:
            yield (
                f"{schedules:,} {'start or stop is' if schedules == 1 else 'starts and stops are'} scheduled by the "
                "settings, and will not take place."
            )
        if self.letters is None:
            yield "What lies in the dead-letter queues could not be read, and will be deleted."
        elif letters := sum(self.letters.values()):
            queues = ", ".join(f"{number:,} in {queue}" for queue, number in self.letters.items())
            messages, them = ("message", "it") if letters == 1 else ("messages", "them")
            goes = f"{letters:,} {messages} about what got lost will be deleted ({queues})"
            yield f"{goes}. {make('redrive', self.status.seen.stage)} shows {them} first."


def inventory_of(status: Status, deployment: Deployment) -> Inventory:
    """GetSchedule of what no row explains, and GetQueueAttributes. Raises OperationsError."""
    explained = {schedule_name(row.request, row.lease) for row in status.rows if row.lease is not None}
    others = []
    scheduler, group = deployment.aws.client("scheduler"), status.seen.deployed.lease_group
    for name in sorted((status.seen.armed or frozenset()) - explained):
        with on_one_line("EventBridge Scheduler"):
            found = scheduler.get_schedule(GroupName=group, Name=name)
        others.append(f"{found.get('Description', name)}, {found['ScheduleExpression']} UTC")
    return Inventory(status, others, _letters(deployment))


def _letters(deployment: Deployment) -> dict[str, int] | None:
    sqs, found = deployment.aws.client("sqs"), {}
    try:
        with on_one_line("SQS"):
            for name, url in queues_of(deployment).items():
                counted = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
                found[name] = sum(int(counted[each]) for each in _COUNTS)
    except OperationsError:
        return None
    return {name: number for name, number in found.items() if number}
