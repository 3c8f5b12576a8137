"""Until when a model is wanted: which of several leases counts."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from model_lifecycle.model.record import ModelRecord, ModelRecords
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The end of a model's run, and the execution whose start wants it."""

    ends_at: datetime
    leased_by: str


class ArmedLeases(Protocol):
    """The stops that are armed for leases. Every method raises as `Model` does."""

    def disarm(self, request: ModelRequest, lease: Lease) -> None:
        """Delete the armed stop of a lease; what is not armed is as good as disarmed."""
        ...


class Leases(ArmedLeases, Protocol):
    """The same, where more can be armed."""

    def arm(self, request: ModelRequest, lease: Lease) -> None:
        """See to it that stop-model starts when the lease ends. Safe to repeat."""
        ...


def lease_of(record: ModelRecord) -> Lease | None:
    """Return the lease in force, by the model's record."""
    if record.lease_ends_at is None or record.leased_by is None:
        return None
    return Lease(ends_at=record.lease_ends_at, leased_by=record.leased_by)


def outlasts(wanted: Lease | None, in_force: Lease | None) -> bool:
    """Tell whether the lease that is wanted ends after the one in force: of several leases the latest end counts."""
    return wanted is not None and in_force is not None and wanted.ends_at > in_force.ends_at


def of_new_run(found: ModelRecord, wanted: Lease | None) -> ModelRecord:
    """Return the record of a model that is about to be started: what held for an earlier run holds no more."""
    return _with(found, wanted, before=None)


def of_same_run(found: ModelRecord, wanted: Lease | None, *, now: datetime) -> ModelRecord:
    """Return the record of a model that another start wants, too, while it starts or runs already.

    The latest end counts. A model that runs without a lease is wanted without end. A start without a lease changes
    none, but one that is over no longer stands: its stop would end what this start wants.
    """
    in_force = lease_of(found)
    if outlasts(wanted, in_force):
        return _with(found, wanted, before=in_force)
    if wanted is None and in_force is not None and in_force.ends_at <= now:
        return _with(found, None, before=None)
    return found


def of_ended_run(found: ModelRecord, *, stopped_at: datetime) -> ModelRecord:
    """Return the record of a model that was seen stopped: no lease is in force, and no override of the budget."""
    ended = _with(found.run_ended(stopped_at), None, before=None)
    return replace(ended, stopped_at=stopped_at, budget_ignored_at=None)


def end_run(
    request: ModelRequest, found: ModelRecord, ended: ModelRecord, records: ModelRecords, leases: ArmedLeases
) -> bool:
    """Write down that the model is stopped, and disarm its lease. False if someone else has written in between.

    `ended`: the record that `of_ended_run` gives. Raises as `ModelRecords` and `Leases` do.
    """
    if records.replace(request, found, ended) is None:
        return False
    lease = lease_of(found)
    if lease is not None:
        leases.disarm(request, lease)
    return True


def _with(found: ModelRecord, lease: Lease | None, *, before: Lease | None) -> ModelRecord:
    return replace(
        found,
        lease_ends_at=lease.ends_at if lease else None,
        leased_by=lease.leased_by if lease else None,
        lease_before=before.ends_at if before else None,
    )
