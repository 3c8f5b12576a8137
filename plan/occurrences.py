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
    """An entry fires. `moment` is in UTC."""

    moment: datetime
    entry: Entry


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
        for _, passes in _local_times(entry, begin, end):
            if passes and begin <= passes[0] < end:
                yield Occurrence(passes[0], entry)
        return
    # EventBridge Scheduler fires a rate first when it begins.
    moment: datetime | None = begin
    while moment is not None and moment < end:
        yield Occurrence(moment, entry)
        moment = entry.expression.next_after(moment)


def odd_times(entry: Entry, begin: datetime, end: datetime) -> Iterator[OddTime]:
    """Yield the local times of an entry in a window that clocks skip or show twice."""
    for local, passes in _local_times(entry, begin, end):
        nominal = local.replace(tzinfo=entry.zone).astimezone(UTC)
        if len(passes) != 1 and begin <= nominal < end:
            yield OddTime(local, nominal, not passes, entry)


def _local_times(entry: Entry, begin: datetime, end: datetime) -> Iterator[tuple[datetime, tuple[datetime, ...]]]:
    if not isinstance(entry.expression, LocalTimes):
        return
    last = end.astimezone(entry.zone).replace(tzinfo=None) + _DAY
    for local in entry.expression.local_times(begin.astimezone(entry.zone).replace(tzinfo=None) - _DAY):
        if local > last:
            return
        yield local, moments(local, entry.zone)
