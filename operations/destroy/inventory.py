"""What a removal ends: the models that run, the armed stops, and the schedules of the settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from model_lifecycle.aws.lease_schedules import schedule_name
from operations.aws import Aws
from operations.errors import on_one_line
from operations.status.row import Row
from operations.status.status import Status


@dataclass(frozen=True)
class Inventory:
    """A status before the removal. `others`: armed stops of models that do nothing now, in the words of each."""

    status: Status
    others: Sequence[str]

    @property
    def rows(self) -> list[Row]:
        """The models that run, start, stop or wait for their start."""
        return self.status.rows

    @property
    def lines(self) -> Iterator[str]:
        """What ends with the stack beside them, a sentence each."""
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


def inventory_of(status: Status, aws: Aws) -> Inventory:
    """GetSchedule of what no row explains. Raises OperationsError."""
    explained = {schedule_name(row.request, row.lease) for row in status.rows if row.lease is not None}
    others = []
    scheduler, group = aws.client("scheduler"), status.seen.deployed.lease_group
    for name in sorted((status.seen.armed or frozenset()) - explained):
        with on_one_line("EventBridge Scheduler"):
            found = scheduler.get_schedule(GroupName=group, Name=name)
        others.append(f"{found.get('Description', name)}, {found['ScheduleExpression']} UTC")
    return Inventory(status, others)
