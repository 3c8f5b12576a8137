"""Runs of many hours from what a metric says of each: a sixtieth of the data, and nearly as exact."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from model_lifecycle.model.usage import METRIC_PERIOD, Datapoint

HOUR = timedelta(hours=1)
HOURS_KEPT = timedelta(days=450)
"""How far back hours are asked: CloudWatch keeps them for 455 days."""
_STEP = timedelta(minutes=5)
"""As far apart as the datapoints of one run may be."""
_WHOLE = 55 / 60
"""The least part of an hour's samples in which a model did not stop and run anew."""


class Hour(NamedTuple):
    """`units`: the average in service. `samples`: how many there are, in what runs one each minute."""

    at: datetime
    units: float
    samples: float


def hours_before(first: datetime, kept: timedelta = HOURS_KEPT) -> tuple[datetime, datetime]:
    """Return from when to when hours of the clock are asked, of a run whose minutes begin at `first`: none in part."""
    end = first.replace(minute=0, second=0, microsecond=0) + HOUR
    return end - kept, end


def with_hours(
    minutes: Sequence[Datapoint], averages: Sequence[Datapoint], counts: Sequence[Datapoint]
) -> list[Datapoint]:
    """Return the datapoints of a run that began before its minutes, of which there must be some.

    `averages`, `counts`: the metric's statistics Average and SampleCount of the hours before.
    """
    first = minutes[0].at
    counted = {each.at: each.units for each in counts}
    hours = [Hour(each.at, each.units, counted.get(each.at, 0)) for each in averages]
    whole = max([len(minutes) * HOUR / (minutes[-1].at + METRIC_PERIOD - first), *(each.samples for each in hours)])
    return [*datapoints(hours, first, samples=whole), *minutes]


def datapoints(hours: Sequence[Hour], until: datetime, *, samples: float) -> list[Datapoint]:
    """Return the datapoints before a moment of the run that is under way in the hour before it, oldest first.

    It begins in the latest hour that is not whole, with that hour's samples at its end. `samples`: a whole one's.
    """
    found: list[Datapoint] = []
    for begin, hour in reversed(list(_run([hour for hour in hours if hour.at < until], samples))):
        at = begin
        while at < min(hour.at + HOUR, until):
            found.append(Datapoint(at, hour.units))
            at += _STEP
    return found


def _run(hours: Sequence[Hour], samples: float) -> Iterator[tuple[datetime, Hour]]:
    """Yield the hours of the last run, the latest first, each with the moment from which it counts."""
    for before, hour in reversed(list(zip([None, *hours], hours, strict=False))):
        goes_on = before is not None and hour.at - before.at <= HOUR and hour.samples >= samples * _WHOLE
        minutes = 60 if goes_on else min(60, round(60 * hour.samples / samples))
        yield hour.at + HOUR - timedelta(minutes=minutes), hour
        if not goes_on:
            return
