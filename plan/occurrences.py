"""When the entries fire, and which of their local times do not exist or come twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plan.entries import Entry
from schedule_expressions.expression import LocalTimes
from schedule_expressions.local_time import moments

_DAY = timedelta(days=1)
"""Clocks go forward and back by less."""


@dataclass(frozen=True)
class Occurrence:
    """An entry fires. `moment` is in UTC. `ready_by`: when the model is to be running that is started then."""

    moment: datetime
    entry: Entry
    ready_by: datetime | None = None

    @property
    def waits_from(self) -> datetime:
        """When the execution begins; all but those that wait for their time act at once."""
        if self.ready_by is None:
            return self.moment
        wall = self.ready_by.astimezone(self.entry.zone).replace(tzinfo=None) - timedelta(hours=self.entry.hours_early)
        return moments(wall, self.entry.zone)[0]


@dataclass(frozen=True)
class OddTime:
    """A local time of an entry, without a zone, that the zone's clock shows never or twice.

    `moment`, in UTC: of a time that comes twice, the first, when it fires; of one that is skipped, the moment by the
    clocks as they were before.
    """

    local: datetime
    moment: datetime
    skipped: bool
    entry: Entry


def occurrences(entry: Entry, begin: datetime, end: datetime) -> Iterator[Occurrence]:
    """Yield when an entry fires in a window without its `end`. A rate is counted from the beginning of the window."""
    if isinstance(entry.expression, LocalTimes):
        for local, passes in _local_times(entry, begin, end):
            occurrence = _occurrence(entry, local, passes)
            if occurrence and begin <= occurrence.moment < end:
                yield occurrence
        return
    # EventBridge Scheduler fires a rate first when it begins.
    moment: datetime | None = begin
    while moment is not None and moment < end:
        yield Occurrence(moment, entry)
        moment = entry.expression.next_after(moment)


def _occurrence(entry: Entry, local: datetime, passes: tuple[datetime, ...]) -> Occurrence | None:
    if entry.lead is None:
        return Occurrence(passes[0], entry) if passes else None
    # The start fires hours earlier, and means a time that is skipped as the clock was before.
    ready_by = passes[0] if passes else local.replace(tzinfo=entry.zone).astimezone(UTC)
    return Occurrence(ready_by - entry.lead, entry, ready_by)


def odd_times(entry: Entry, begin: datetime, end: datetime) -> Iterator[OddTime]:
    """Yield the local times of an entry in a window that clocks skip or show twice."""
    for local, passes in _local_times(entry, begin, end):
        nominal = local.replace(tzinfo=entry.zone).astimezone(UTC)
        odd = len(passes) > 1 if entry.lead is not None else len(passes) != 1
        if odd and begin <= nominal < end:
            yield OddTime(local, nominal, not passes, entry)


def _local_times(entry: Entry, begin: datetime, end: datetime) -> Iterator[tuple[datetime, tuple[datetime, ...]]]:
    if not isinstance(entry.expression, LocalTimes):
        return
    last = end.astimezone(entry.zone).replace(tzinfo=None) + _DAY
    for local in entry.expression.local_times(begin.astimezone(entry.zone).replace(tzinfo=None) - _DAY):
        if local > last:
            return
        yield local, moments(local, entry.zone)
