"""Until when a model is wanted: which of several leases counts. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import ModelRequest


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The end of a model's run, and the execution whose start wants it."""

    ends_at: datetime
    leased_by: str


class Leases(Protocol):
    """The stops that are armed for leases. Every method raises as `Model` does."""

    def arm(self, request: ModelRequest, lease: Lease) -> None:
        """See to it that stop-model starts when the lease ends. Safe to repeat."""
        ...

    def disarm(self, request: ModelRequest, lease: Lease) -> None:
        """Take that back; what is not armed is as good as disarmed."""
        ...


def lease_of(record: ModelRecord) -> Lease | None:
    """The lease in force, by the model's record."""
    if record.lease_ends_at is None or record.leased_by is None:
        return None
    return Lease(ends_at=record.lease_ends_at, leased_by=record.leased_by)


def of_new_run(found: ModelRecord, wanted: Lease | None) -> ModelRecord:
    """The record of a model that is about to be started: what held for an earlier run holds no more."""
    return _with(found, wanted, before=None)


def of_same_run(found: ModelRecord, wanted: Lease | None, *, now: datetime) -> ModelRecord:
    """The record of a model that another start wants, too, while it starts or runs already.

    The latest end counts. A model that runs without a lease is wanted without end. A start without a lease changes
    none, but one that is over no longer stands: its stop would end what this start wants.
    """
    in_force = lease_of(found)
    if in_force is None or (wanted is not None and wanted.ends_at <= in_force.ends_at):
        return found
    if wanted is not None:
        return _with(found, wanted, before=in_force)
    return found if in_force.ends_at > now else _with(found, None, before=None)


def of_ended_run(found: ModelRecord, *, stopped_at: datetime) -> ModelRecord:
    """The record of a model that was seen stopped: no lease is in force any more."""
    return replace(_with(found, None, before=None), stopped_at=stopped_at)


def _with(found: ModelRecord, lease: Lease | None, *, before: Lease | None) -> ModelRecord:
    return replace(
        found,
        lease_ends_at=lease.ends_at if lease else None,
        leased_by=lease.leased_by if lease else None,
        lease_before=before.ends_at if before else None,
    )
