"""A model that lives, as a step of the state machine meets it: in calls that take time and go wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.service import InferenceUnits, ModelDescription
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    InvalidRequestError,
    ModelInUseError,
    ModelLifecycleError,
    ModelNotFoundError,
    QuotaExceededError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from tests.fakes.fake_leases import FakeLeases
from tests.fakes.fake_records import FakeRecords
from tests.fakes.given import EXECUTION, START
from tests.simulation.life import UNHEARD_OF, Act, Call, Fault, Life

Answer = TypeVar("Answer")

_TOKENS_ARE_KEPT = timedelta(hours=8)
_ANOTHER = f"{EXECUTION}-of-another"
_NEVER = datetime.max.replace(tzinfo=UTC)
_CARRIED_OUT = (None, Fault.ANSWER_LOST, Fault.DIES_AFTER)
_DIES = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
_ERRORS: Mapping[Fault, ModelLifecycleError] = {
    Fault.THROTTLED: ServiceUnavailableError("throttled", perhaps_done=False),
    Fault.BROKEN: ServiceUnavailableError("no answer", perhaps_done=True),
    Fault.ANSWER_LOST: ServiceUnavailableError("no answer", perhaps_done=True),
    Fault.IN_USE: ModelInUseError("in use"),
    Fault.DENIED: AccessDeniedError("denied"),
    Fault.NOT_FOUND: ModelNotFoundError("not found"),
    Fault.QUOTA: QuotaExceededError("quota"),
    Fault.INVALID: InvalidRequestError("invalid"),
    Fault.REFUSED: ServiceRefusedError("refused"),
}


class ProcessDiedError(Exception):
    """The function's process ended in the middle of a step."""


@dataclass(frozen=True)
class OwnStart:
    """A start call of the execution that was carried out. `looks_before`: how often the status was looked at before."""

    moment: datetime
    looks_before: int
    status_before: str
    answered: bool


@dataclass(frozen=True)
class OwnStop:
    """A stop call of the execution that was carried out. `looks_before`: how often the status was looked at before."""

    moment: datetime
    looks_before: int
    answered: bool


@dataclass(frozen=True)
class Look:
    """What one call told of the status: None if it was to tell and did not. `step`: which try of which step made it."""

    step: int
    told: str | None
    moment: datetime


class World:
    """The service with the one model in it, the record of the model, and the time."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.now = START
        self.status = life.status
        self.step = 0
        self.records = FakeRecords()
        self.records.record = life.record
        self.leases = FakeLeases()
        self.own_starts: list[OwnStart] = []
        self.own_stops: list[OwnStop] = []
        self.wanted: list[datetime] = []
        self.looks: list[Look] = []
        self.stopped_by_others: list[datetime] = []
        self._since = START
        self._ahead = list(life.happenings)
        self._calls = dict.fromkeys(Call, 0)
        self._fault: Fault | None = None
        self._tokens: dict[str, datetime] = {}

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass, and what happens in it."""
        until = self.now + timedelta(seconds=seconds)
        while (moment := min(self._course_ends(), self._happens())) <= until:
            by_itself = self._course_ends() == moment
            self.now = max(self.now, moment)
            if by_itself:
                self._turn(self._course())
            else:
                self._happen(self._ahead.pop(0).what)
        self.now = until

    def call(self, kind: Call, carry_out: Callable[[], Answer]) -> Answer:
        """Make a call; half of its time has passed when it is carried out."""
        self._fault = fault = self.life.fault_of(kind, self._calls[kind])
        self._calls[kind] += 1
        self.pass_time(self.life.seconds_a_call / 2)
        error: ModelLifecycleError | None = None
        if fault in _CARRIED_OUT:
            try:
                answer = carry_out()
            except ModelLifecycleError as refusal:
                error = refusal
        self.pass_time(self.life.seconds_a_call / 2)
        if fault in _DIES:
            raise ProcessDiedError
        if fault is not None:
            raise _ERRORS[fault]
        if error is not None:
            raise error
        return answer

    def start(self, token: str) -> str:
        """Carry out a start call of the execution: of what can be started, and once for each token."""
        if token in self._tokens and self.now < self._tokens[token]:
            return self.life.words.starting
        if self.status not in self.life.words.startable:
            raise ModelInUseError(f"the status is {self.status}")
        self.own_starts.append(OwnStart(self.now, len(self.looks), self.status, answered=self._fault is None))
        if self.life.keeps_tokens:
            self._tokens[token] = self.now + _TOKENS_ARE_KEPT
        self._turn(self.life.words.starting)
        return self.status

    def stop(self) -> str:
        """Carry out a stop call of the execution: of what runs."""
        if self.status not in (self.life.words.running, UNHEARD_OF):
            raise ModelInUseError(f"the status is {self.status}")
        self.own_stops.append(OwnStop(self.now, len(self.looks), answered=self._fault is None))
        self._turn(self.life.words.stopping)
        return self.status

    def _course(self) -> str:
        """What the present status turns into by itself."""
        words = self.life.words
        return {words.starting: self.life.start_ends_in, words.stopping: words.stopped}.get(self.status, self.status)

    def _course_ends(self) -> datetime:
        if self._course() == self.status:
            return _NEVER
        starts = self.status == self.life.words.starting
        return self._since + timedelta(seconds=self.life.start_seconds if starts else self.life.stop_seconds)

    def _happens(self) -> datetime:
        return START + timedelta(seconds=self._ahead[0].seconds) if self._ahead else _NEVER

    def _turn(self, status: str) -> None:
        self.status, self._since = status, self.now

    def _happen(self, what: Act | str) -> None:
        words = self.life.words
        if isinstance(what, str):
            self._turn(what)
        elif what is Act.STOP and self.status in (words.starting, words.running):
            self.stopped_by_others.append(self.now)
            self._turn(words.stopping)
        elif what is Act.WANT and self.status in (words.starting, words.running):
            self._want()
        elif what in (Act.START, Act.START_BY_EXECUTION) and self.status in words.startable:
            if what is Act.START_BY_EXECUTION:
                self._claim()
            self._turn(words.starting)

    def _want(self) -> None:
        record = self.records.record
        if self.status == self.life.words.running and record.someone_is_about_to_stop(now=self.now):
            # It waits, then.
            return
        self.wanted.append(self.now)
        self.records.record = replace(
            record,
            version=record.version + 1,
            latest_start=_ANOTHER,
            wanted_at=self.now,
            lease_ends_at=None,
            leased_by=None,
            stopping=None,
            stop_asked_at=None,
        )

    def _claim(self) -> None:
        self.wanted.append(self.now)
        self.records.record = ModelRecord(
            version=self.records.record.version + 1,
            latest_start=_ANOTHER,
            wanted_at=self.now,
            asked_by=_ANOTHER,
            asked_at=self.now,
            status_when_asked=self.status,
        )


class LivingModel:
    """The `Model` of one step."""

    def __init__(self, world: World, request: ModelRequest) -> None:
        self.request = request
        self._world = world

    def describe(self) -> ModelDescription:
        """What the service says of it."""
        status = self._ask(Call.DESCRIBE, lambda: self._world.status)
        words = self._world.life.words
        units = 1 if status in (words.starting, words.running, words.stopping) else None
        return ModelDescription(status=status, status_message="", min_inference_units=units, max_inference_units=None)

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """What the service answers to a start."""
        assert units["MinInferenceUnits"] >= 1
        return self._ask(Call.START, lambda: self._world.start(client_token))

    def stop(self) -> str:
        """What the service answers to a stop."""
        return self._ask(Call.STOP, self._world.stop)

    def _ask(self, kind: Call, carry_out: Callable[[], str]) -> str:
        told = None
        try:
            told = self._world.call(kind, carry_out)
        finally:
            if told is not None or kind is Call.DESCRIBE:
                self._world.looks.append(Look(self._world.step, told, self._world.now))
        return told


class LivingRecords:
    """The `ModelRecords`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def read(self, request: ModelRequest) -> ModelRecord:
        """The record as it stands."""
        return self._world.call(Call.READ, lambda: self._world.records.read(request))

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """Write it, unless another version stands there."""
        return self._world.call(Call.WRITE, lambda: self._world.records.replace(request, before, after))
