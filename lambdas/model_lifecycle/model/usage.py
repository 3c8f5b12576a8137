"""For how long a model ran, and with how many inference units: from the service's metric, or else from its record."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.values import dataclass

METRIC_PERIOD = timedelta(minutes=1)
MEASURED = timedelta(days=14)
"""How far back minutes are asked: CloudWatch keeps them for 15 days, and refuses to be asked for older ones."""

# A datapoint may be missing, and the last ones are not there yet. A model that was down for longer has run anew.
LONGEST_GAP = timedelta(minutes=5)
_LATEST_DATAPOINT = timedelta(minutes=15)


class Source(StrEnum):
    """Where a usage is from."""

    METRIC = "metric"
    RECORD = "record"


@dataclass(frozen=True)
class Datapoint:
    """The inference units in service in the minute that begins at `at`."""

    at: datetime
    units: float


class Meter(Protocol):
    """What the service measures."""

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:
        """Return the minutes in which the model ran, oldest first, and the `long_runs` before them.

        Raises as `Model` does.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One run of a model, up to a moment. `unit_hours`: hours times inference units in service."""

    since: datetime
    until: datetime
    unit_hours: float
    source: Source

    @property
    def seconds(self) -> float:
        """How long it ran."""
        return (self.until - self.since).total_seconds()

    @property
    def hours(self) -> float:
        """How long it ran."""
        return self.seconds / 3_600

    @property
    def told(self) -> "Run":
        """The run as it is told."""
        return Run(
            since=self.since,
            until=self.until,
            hours=round(self.hours, 4),
            inference_unit_hours=round(self.unit_hours, 4),
            source=self.source,
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as it is told: hours are rounded to a ten-thousandth, which is less than a second."""

    since: datetime
    until: datetime
    hours: float = field(metadata={"minimum": 0})
    inference_unit_hours: float = field(metadata={"minimum": 0})
    source: Source

    @property
    def seconds(self) -> float:
        """How long it ran: rounded hours would make a minute less of whole ones."""
        return (self.until - self.since).total_seconds()


def usage_of(measured: Sequence[Datapoint], record: ModelRecord, *, until: datetime, units: int | None) -> Usage | None:
    """Return the run that lasted until that moment; None where nothing is known of it.

    `record`: of this run; an empty one where the model's record is of another. `units`: the inference units that the
    service says are in force, for a record that knows none.
    """
    run = last_run([point for point in measured if point.at < until], record)
    since = record.ran_at or record.asked_at
    longer_than_measured = since is not None and since < until - MEASURED
    if run and until - run[-1].at <= _LATEST_DATAPOINT and not longer_than_measured:
        return _measured(run, until)
    in_force = record.min_inference_units or units
    if since is None or since > until:
        return None
    hours = (until - since).total_seconds() / 3_600
    return Usage(since=since, until=until, unit_hours=hours * (in_force or 1), source=Source.RECORD)


def last_run(measured: Sequence[Datapoint], record: ModelRecord) -> list[Datapoint]:
    """Return the datapoints of the last run, oldest first. `record`: as in `usage_of`."""
    run: list[Datapoint] = []
    for point in reversed(measured):
        anew = record.asked_at is not None and point.at + METRIC_PERIOD <= record.asked_at
        if anew or (run and run[-1].at - point.at > LONGEST_GAP):
            break
        run.append(point)
    return run[::-1]


def _measured(run: Sequence[Datapoint], until: datetime) -> Usage:
    """Return the usage: each datapoint counts until the next one, and the last until the end."""
    ends = [*(point.at for point in run[1:]), until]
    seconds = sum((end - point.at).total_seconds() * point.units for point, end in zip(run, ends, strict=True))
    return Usage(since=run[0].at, until=until, unit_hours=seconds / 3_600, source=Source.METRIC)
