"""Runs of many hours from what a metric says of each: a sixtieth of the data, and nearly as exact."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from model_lifecycle.model.usage import Datapoint

_HOUR = timedelta(hours=1)
_STEP = timedelta(minutes=5)
"""As far apart as the datapoints of one run may be."""
_WHOLE = 55 / 60
"""The least part of an hour's samples in which a model did not stop and run anew."""


class Hour(NamedTuple):
    """`units`: the average in service. `samples`: how many there are, in what runs one each minute."""

    at: datetime
    units: float
    samples: float


def datapoints(hours: Sequence[Hour], until: datetime, *, samples: float) -> list[Datapoint]:
    """Return the datapoints before a moment of the run that is under way in the hour before it, oldest first.

    It begins in the latest hour that is not whole, with that hour's samples at its end. `samples`: a whole one's.
    """
    found: list[Datapoint] = []
    for begin, hour in reversed(list(_run([hour for hour in hours if hour.at < until], samples))):
        at = begin
        while at < min(hour.at + _HOUR, until):
            found.append(Datapoint(at, hour.units))
            at += _STEP
    return found


def _run(hours: Sequence[Hour], samples: float) -> Iterator[tuple[datetime, Hour]]:
    """Yield the hours of the last run, the latest first, each with the moment from which it counts."""
    for before, hour in reversed(list(zip([None, *hours], hours, strict=False))):
        goes_on = before is not None and hour.at - before.at <= _HOUR and hour.samples >= samples * _WHOLE
        minutes = 60 if goes_on else min(60, round(60 * hour.samples / samples))
        yield hour.at + _HOUR - timedelta(minutes=minutes), hour
        if not goes_on:
            return
