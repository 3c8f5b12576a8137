"""The life of one model, looking back: calls, records, messages, and when it billed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from local.scenario.words import Words
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.instant import from_instant


@dataclass(kw_only=True)
class Execution:
    """An execution of start-model or stop-model. `ended`: None of one that is under way. `quiet`: a stop that was not
    wanted any more, of which nobody is to hear.
    """

    arn: str
    input: Mapping[str, Any]
    began: datetime
    ended: datetime | None = None
    status: str = "RUNNING"
    quiet: bool = False

    @property
    def starts(self) -> bool:
        """It is one of start-model."""
        return ":start-model:" in self.arn

    @property
    def lease_ends_at(self) -> datetime | None:
        """Of a start: the end of the lease that it asks for. Of a stop: that of the lease for which it stops."""
        if after := self.input.get("StopAfterSeconds"):
            return _on_the_second(max(self.began, self.ready_by or self.began) + timedelta(seconds=after))
        written = self.input.get("StopAt") or self.input.get("LeaseEndsAt")
        return _on_the_second(from_instant(written)) if written else None

    @property
    def ready_by(self) -> datetime | None:
        """When its model is to be running; until shortly before that it waits."""
        written = self.input.get("ReadyBy")
        return from_instant(written) if written else None

    @property
    def cleans_up(self) -> str | None:
        """Of a stop: the start that gave up."""
        failed: Mapping[str, str] = self.input.get("FailedStart") or {}
        return failed.get("ExecutionArn")

    @property
    def undoes(self) -> bool:
        """It is a stop on no condition: what was asked for before it is not to be."""
        conditions = (self.lease_ends_at, self.cleans_up, self.only_after)
        return not self.starts and not any(conditions)

    @property
    def only_after(self) -> str | None:
        """Of a stop that the watch started: the only latest start after which it is wanted."""
        return self.input.get("LatestStart")


@dataclass(frozen=True)
class Call:
    """A start or a stop that was carried out. `by`: the execution's ARN; empty if a person called."""

    moment: datetime
    starts: bool
    by: str


class Written(NamedTuple):
    """The model's record from that moment on."""

    moment: datetime
    record: ModelRecord


@dataclass(frozen=True)
class Told:
    """One message. `execution_arn` is None of what the watch told. `document` is what programs are told."""

    moment: datetime
    notification_id: str
    outcome: str
    execution_arn: str | None
    lease_ends_at: datetime | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Somebody was told that the model runs, as was wanted."""
        return self.outcome in ("Running", "LeaseMoved")


@dataclass(frozen=True)
class Condition:
    """The model's status from that moment on."""

    moment: datetime
    status: str


@dataclass(frozen=True)
class Run:
    """A time in which the model billed, or came to. `starter`: who called the service; None where nobody did since the
    life began. `end`: None of a run that goes on.
    """

    begin: datetime
    end: datetime | None
    starter: str | None

    @property
    def called(self) -> datetime:
        """Its start call may have been on its way for a minute."""
        return self.begin - timedelta(seconds=60)

    def has(self, moment: datetime) -> bool:
        """Whether it was then."""
        return self.begin <= moment and (self.end is None or moment <= self.end)


@dataclass(frozen=True, kw_only=True)
class ModelLife:
    """Everything about one model up to `over`. All sequences are in the order of time. `leases`: the ends for which
    stops are still armed.
    """

    name: str
    words: Words
    over: datetime
    conditions: Sequence[Condition]
    executions: Mapping[str, Execution]
    calls: Sequence[Call]
    written: Sequence[Written]
    told: Sequence[Told]
    leases: Sequence[datetime] = ()

    @property
    def runs(self) -> list[Run]:
        """Every time in which it billed."""
        billing = {self.words.starting, self.words.running, "SYSTEM_UPDATING"}
        runs: list[Run] = []
        begin: datetime | None = None
        for condition in self.conditions:
            if begin is None and condition.status in billing:
                begin = condition.moment
            elif begin is not None and condition.status not in billing:
                runs.append(Run(begin, condition.moment, self._starter(begin)))
                begin = None
        return runs if begin is None else [*runs, Run(begin, None, self._starter(begin))]

    def record_at(self, moment: datetime) -> ModelRecord:
        """Return what stood in the record then."""
        return next((written.record for written in reversed(self.written) if written.moment <= moment), ModelRecord())

    @property
    def stood(self) -> list[Written]:
        """What was written, but for what was taken back with the next write."""
        first = Written(self.conditions[0].moment, ModelRecord())
        befores, afters = [first, *self.written], [*self.written[1:], None]
        return [
            written
            for before, written, after in zip(befores, self.written, afters, strict=False)
            if after is None or replace(after.record, version=before.record.version) != before.record
        ]

    @property
    def claims(self) -> Iterator[tuple[Written, Execution]]:
        """What stood in the record when which start wrote down that it wants the model."""
        for (_, before), written in pairwise([Written(self.over, ModelRecord()), *self.written]):
            moment, after = written
            claims_anew = after.latest_start != before.latest_start or after.asked_at != before.asked_at
            execution = self.executions.get(after.latest_start or "")
            # What was withdrawn gives the record back to a start that may be over.
            if claims_anew and execution and (execution.ended is None or moment <= execution.ended):
                yield written, execution

    def _starter(self, begin: datetime) -> str | None:
        return next((call.by for call in self.calls if call.starts and call.moment == begin), None)


def _on_the_second(moment: datetime) -> datetime:
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
