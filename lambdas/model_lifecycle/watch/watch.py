"""Find what bills unnoticed: models that run for long without a stop that is armed, whoever started them."""

from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from model_lifecycle.model.lease import Lease, Leases, end_run, lease_of, of_ended_run
from model_lifecycle.model.model import Model
from model_lifecycle.model.record import ModelRecord, ModelRecords
from model_lifecycle.model.usage import Meter, Usage, usage_of
from model_lifecycle.requests.stop_request import NOBODY, StopRequest
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.vocabulary.phase import Phase, meaning_of
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import duration

# A lease's stop comes within a minute, and is tried again by EventBridge Scheduler.
_STOP_IS_LATE = timedelta(minutes=10)


class Stops(Protocol):
    """What the watch asks of the state machines. Every method raises as `Model` does."""

    def start(self, request: StopRequest, *, once: str) -> object:
        """Start stop-model; once for that text, however often it is asked for."""
        ...

    def is_under_way(self, execution_arn: str) -> bool:
        """Tell whether an execution has not ended yet."""
        ...


class Finding(StrEnum):
    """What the watch found of a model, and did about it."""

    QUIET = "quiet"
    """It does not run, or its start is under way, or not for long."""
    ARMED = "armed"
    """A lease is in force, and its stop is armed."""
    LATE = "late"
    """Its lease is over, and the stop did not come: it is stopped now."""
    WARNED = "warned"
    """It runs for long without a lease: people are notified."""
    WARNED_BEFORE = "warned_before"
    """The same, and people were told less than a day ago."""
    STOPPED = "stopped"
    """It ran for too long without a lease: it is stopped now."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """For how long a model may run without a lease. `stop_after`: None is for ever."""

    warn_after: timedelta
    stop_after: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What was found of one model. `description`: of one that runs; `since`: since when, at least. `record`: what is
    remembered of it.
    """

    finding: Finding
    description: ModelDescription | None = None
    usage: Usage | None = None
    since: datetime | None = None
    record: ModelRecord = field(default=ModelRecord(), compare=False)


class Watch:
    """Looks at one model after the other. No method changes what a start under way wants.

    `now` is the moment of the look; `hour` names it: what is done once an hour is done once, however often it is tried.
    """

    def __init__(
        self,
        *,
        records: ModelRecords,
        leases: Leases,
        meter: Meter,
        stops: Stops,
        limits: Limits,
        now: datetime,
        hour: str,
    ) -> None:
        self._records = records
        self._leases = leases
        self._meter = meter
        self._stops = stops
        self._limits = limits
        self._now = now
        self._hour = hour

    def look(self, request: StopRequest, model: Model, *, listed_as: str) -> Watched:
        """See what is to be done about a model, and do it. Raises as `Model` does.

        `listed_as`: the status that it had when the models were listed; what neither ran then nor by its record is
        left.
        """
        # In this order: what is written on the record as it was before the look holds for what was seen.
        record = self._records.read(request)
        ran = record.ran_at is not None and record.stopped_at is None
        if not ran and not meaning_of(listed_as, request.service.statuses).may_bill:
            return Watched(finding=Finding.QUIET, record=record)
        description = model.describe()
        meaning = meaning_of(description.status, request.service.statuses)
        lease = lease_of(record)
        if meaning.stop_before is Phase.STOPPED:
            if ran:
                # Someone stopped it without stop-model: its lease is of a run that is over.
                ended = of_ended_run(record, stopped_at=self._now)
                end_run(request, record, ended, self._records, self._leases)
                record = ended
        elif meaning.may_bill and meaning.before is not Phase.STARTING and meaning.stop_before is not Phase.STOPPING:
            since = (record.ran_at or record.asked_at) if record.stopped_at is None else None
            if lease is not None:
                found = self._leased(request, lease)
                return Watched(finding=found, description=description, since=since, record=record)
            if record.latest_start is None or not self._stops.is_under_way(record.latest_start):
                return replace(self._unleased(request, description, record), record=record)
            return Watched(finding=Finding.QUIET, description=description, since=since, record=record)
        return Watched(finding=Finding.QUIET, record=record)

    def _leased(self, request: StopRequest, lease: Lease) -> Finding:
        if lease.ends_at > self._now:
            # Whatever became of its schedule.
            self._leases.arm(request, lease)
            return Finding.ARMED
        if self._now - lease.ends_at < _STOP_IS_LATE:
            return Finding.ARMED
        reason = f"Its lease ended on {request.when(lease.ends_at)}, but it was still running."
        self._stops.start(replace(request, lease_ends_at=lease.ends_at, reason=reason), once=self._hour)
        return Finding.LATE

    def _unleased(self, request: StopRequest, description: ModelDescription, record: ModelRecord) -> Watched:
        measured = self._meter.units_in_service(request, until=self._now)
        known = record if record.stopped_at is None else ModelRecord()
        usage = usage_of(measured, known, until=self._now, units=description.min_inference_units)
        if usage is None or record.stopped_at is not None:
            self._note_running(request, description, record, usage)
        ran = self._now - usage.since if usage else timedelta()
        if self._limits.stop_after is not None and ran >= self._limits.stop_after:
            lasted = duration(ran.total_seconds())
            reason = f"It ran for {lasted} without a lease, longer than stop_after_hours_unleased allows."
            latest = record.latest_start or NOBODY
            self._stops.start(replace(request, latest_start=latest, reason=reason), once=self._hour)
            return Watched(finding=Finding.STOPPED, description=description, usage=usage, since=self._now - ran)
        finding = Finding.WARNED if ran >= self._limits.warn_after else Finding.QUIET
        return Watched(finding=finding, description=description, usage=usage, since=self._now - ran)

    def _note_running(
        self, request: StopRequest, description: ModelDescription, record: ModelRecord, usage: Usage | None
    ) -> None:
        """Write down since when, at least, a model runs that someone started by hand."""
        self._records.replace(
            request,
            record,
            replace(
                record,
                asked_by=None,
                asked_at=None,
                status_when_asked=None,
                ran_at=usage.since if usage else self._now,
                min_inference_units=description.min_inference_units,
                max_inference_units=description.max_inference_units,
                stopped_at=None,
            ),
        )
