"""The steps' records, leases and meter of one model, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from model_lifecycle.model.lease import Lease
from model_lifecycle.model.pace import AT_ONCE, BETWEEN_CALLS, Queue, Slot
from model_lifecycle.model.record import GROWING, OF_RUN, ModelRecord
from model_lifecycle.model.spending import Ledger
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.errors import ModelLifecycleError
from tests.fakes.given import START


class Seam:
    """`trouble` is what every call gets instead of an answer, as long as it is set. All requests are of one model."""

    trouble: ModelLifecycleError | None = None

    def reached(self) -> None:
        """Raise the trouble."""
        if self.trouble:
            raise self.trouble


class FakeRecords(Seam):
    """The `ModelRecords`.

    `write_troubles` is what the next writes get, one after the other. `meanwhile` is what someone else writes just
    before the next write.
    """

    def __init__(self, record: ModelRecord | None = None) -> None:
        self.record = record or ModelRecord()
        self.write_troubles: list[ModelLifecycleError | None] = []
        self.meanwhile: ModelRecord | None = None

    def read(self, request: ModelRequest) -> ModelRecord:  # noqa: ARG002
        """Return the record as it stands."""
        self.reached()
        return self.record

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:  # noqa: ARG002
        """Write it, unless another version stands there."""
        self._write_reached()
        if before.version != self.record.version:
            return None
        self.record = replace(after, version=before.version + 1)
        return self.record

    def join(self, request: ModelRequest, found: ModelRecord, joined: ModelRecord) -> ModelRecord | None:  # noqa: ARG002
        """Write what differs, unless the run is another by now, or what is to grow has grown further."""
        self._write_reached()
        was = self.record
        changed = {name: value for name, value in vars(joined).items() if value != getattr(found, name)}
        grow = {name for name in GROWING if changed.get(name) is not None}
        minded = {*OF_RUN, *(changed.keys() & GROWING - grow), *(name for name in grow if getattr(found, name) is None)}
        others_wrote = any(getattr(was, name) != getattr(found, name) for name in minded)
        if others_wrote or any(
            not (getattr(was, name) and getattr(was, name) < changed[name]) for name in grow - minded
        ):
            return found if was == replace(joined, version=found.version + 1) else None
        if "lease_ends_at" in grow - minded:
            changed["lease_before"] = was.lease_ends_at
        self.record = replace(was, **{**changed, "version": was.version + 1})
        return was

    def _write_reached(self) -> None:
        self.reached()
        if self.write_troubles and (trouble := self.write_troubles.pop(0)):
            raise trouble
        if self.meanwhile:
            self.record, self.meanwhile = self.meanwhile, None


class FakePace(Seam):
    """The `Pace` of one service. `reserved`: how many calls each slot was for."""

    def __init__(self) -> None:
        self.reserved: list[int] = []
        self._ends = {True: START, False: START}
        self._pushed = 0

    def reserve(self, service: str, calls: int, *, first: bool, now: datetime) -> tuple[Slot, Queue]:
        """Append to the queue of all, and to that of those who go first as well if it is one of them."""
        self.reached()
        self.reserved.append(calls)
        takes = calls * BETWEEN_CALLS
        self._pushed += first * round(takes.total_seconds() * 1_000)
        for queue in {False, first}:
            self._ends[queue] = max(self._ends[queue], now) + takes
        at = self._ends[first] - max(calls, AT_ONCE) * BETWEEN_CALLS
        return Slot(at=at, first=first, pushed=self._pushed), self.queue(service, now=now)

    def queue(self, service: str, *, now: datetime) -> Queue:  # noqa: ARG002
        """Return how it stands."""
        self.reached()
        return Queue(free_at=self._ends[False], pushed=self._pushed)


class FakeLeases(Seam):
    """The `Leases`. `armed`: the stops that are armed, in the order in which they were."""

    def __init__(self) -> None:
        self.armed: list[Lease] = []

    def arm(self, request: ModelRequest, lease: Lease) -> None:  # noqa: ARG002
        """Arm it; one that is armed is not armed twice."""
        self.reached()
        if lease not in self.armed:
            self.armed.append(lease)

    def disarm(self, request: ModelRequest, lease: Lease) -> None:  # noqa: ARG002
        """Take it back, if it is armed."""
        self.reached()
        self.armed = [armed for armed in self.armed if armed != lease]


class FakeMeter(Seam):
    """The `Meter`: `measured` is what it tells."""

    def __init__(self) -> None:
        self.measured: list[Datapoint] = []

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:  # noqa: ARG002
        """Return what was measured up to that moment."""
        self.reached()
        return [point for point in self.measured if point.at <= until]

    def units_of_all(
        self,
        requests: Sequence[ModelRequest],
        *,
        since: datetime,
        until: datetime,
    ) -> dict[str, list[Datapoint]]:
        """Return the same of every model."""
        self.reached()
        points = [point for point in self.measured if since <= point.at <= until]
        return {request.model_id: points for request in requests}


@dataclass
class FakeLedgers(Seam):
    """The `Ledgers`, which can be written, and the records beside them."""

    written: list[Ledger] = field(default_factory=list)
    records_of_all: dict[str, ModelRecord] = field(default_factory=dict)

    def ledgers(self) -> list[Ledger]:
        """Return what was written last."""
        self.reached()
        return self.written

    def records(self) -> dict[str, ModelRecord]:
        """Return the records."""
        self.reached()
        return self.records_of_all

    def write(self, ledgers: Sequence[Ledger]) -> None:
        """Write them."""
        self.reached()
        self.written = [*ledgers]
