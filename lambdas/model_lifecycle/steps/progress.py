"""How far an execution has come: what one step of a state machine leaves to the next."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Self, TypeVar

from model_lifecycle.model.pace import Slot
from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.steps.polling import next_check_seconds, usual_interval
from model_lifecycle.steps.report import ExecutionReport, Units
from model_lifecycle.vocabulary.codec import fields_json, read_json
from model_lifecycle.vocabulary.errors import (
    ModelFailedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
    ServiceUnreachableError,
)
from model_lifecycle.vocabulary.foreign import quoted, word
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import NEVER_SEEN, Goal, Phase, StatusMeaning, meaning_of, phase_of
from model_lifecycle.vocabulary.values import dataclass

AnyRequest = TypeVar("AnyRequest", bound=ModelRequest)
AnyProgress = TypeVar("AnyProgress", bound="Progress[Any]")

_SEEN_DONE = frozenset({Phase.RUNNING, Phase.STOPPED})
_WAITING = frozenset({Phase.STARTING, Phase.STOPPING, Phase.BLOCKED})
# No model comes up, and is stopped or fails again, in that time: starts take minutes.
CANNOT_HAVE_RUN = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Progress(ABC, Generic[AnyRequest]):
    """What is known of one start or one stop. Every method gives a new one.

    `asked`: this execution's call was sent, its answer lost or not. `carried_out`: the service did what was asked.
    `answer_lost`: whether it did is not known yet. `joined`: what someone else asked for was under way and is waited
    for. `since`: when the present phase was first seen. `trouble`: why the last call was of no use, else empty.
    `refusals`: how often the service refused a call that the model's status allows. `attempt`: which call it is; one
    that was refused is followed by another. `refused_at`: when it asked in vain, which the record still tells of.
    `faults`: how often a service could not answer. `seen_at`: when the model's status was heard last. `lag_seconds`:
    how long that was after the time before. `slot`: when the next step has its turn, where many wait for theirs.
    """

    GOAL: ClassVar[Goal]
    ASKS: ClassVar[Phase]
    """The phase in which the execution asks for its goal."""
    WAITS: ClassVar[Phase]
    """The phase in which it waits for what it asked for."""

    request: AnyRequest
    execution_arn: str
    started_at: datetime
    deadline: datetime
    phase: Phase = Phase.BLOCKED
    status: str = NEVER_SEEN
    status_message: str = ""
    min_inference_units: int | None = None
    max_inference_units: int | None = None
    asked: bool = False
    carried_out: bool = False
    answer_lost: bool = False
    joined: bool = False
    asked_at: datetime | None = None
    since: datetime | None = None
    trouble: str = ""
    refusals: int = 0
    attempt: int = 1
    refused_at: datetime | None = None
    faults: int = 0
    seen_at: datetime | None = None
    lag_seconds: float | None = None
    checks: int = 0
    next_check_seconds: int | None = None
    slot: Slot | None = None
    failure: ModelLifecycleError | None = None

    @classmethod
    def begin(cls, request: AnyRequest, *, execution_arn: str, started_at: datetime) -> Self:
        """Begin with nothing known. The deadline counts from the execution's start, whatever is retried or redriven."""
        deadline = started_at + timedelta(seconds=cls.timeout_seconds(request))
        return cls(request=request, execution_arn=execution_arn, started_at=started_at, deadline=deadline)

    @classmethod
    def from_json(cls, written: dict[str, Any], request: AnyRequest) -> Self:
        """Return what `to_json` wrote, for the request that it wrote. A failure ends an execution, so none is read."""
        return read_json(cls, written, request=request, next_check_seconds=None, failure=None)

    def to_json(self) -> dict[str, Any]:
        """Return it in PascalCase; `Failure` is null or what Fail shows: `{"Error": ..., "Cause": ...}`."""
        return fields_json(self)

    @staticmethod
    @abstractmethod
    def parse(execution_input: object, *, defaults: Defaults, home: Home | None, ours: bool = False) -> AnyRequest:
        """Return the request that an execution's input makes. `ours`: whether the app itself wrote that.

        Raises InvalidRequestError.
        """

    @staticmethod
    @abstractmethod
    def timeout_seconds(request: AnyRequest) -> int:
        """Return seconds from the execution's start to its deadline."""

    @property
    @abstractmethod
    def may_bill(self) -> bool:
        """The model bills, or comes to bill if nobody does anything, or nobody can tell."""

    @property
    def goes_on(self) -> bool:
        """The execution has not ended: it looks, or asks, again."""
        return self.phase in _WAITING

    @property
    def cleans_up(self) -> bool:
        """The execution gives up, and what it asked for may bill: it is to be stopped."""
        return False

    @property
    def tells(self) -> bool:
        """Whether people are notified now how it goes on, although it has not ended."""
        return False

    def told(self) -> Self:
        """Return the progress after people were notified."""
        return self

    @abstractmethod
    def report(self, *, now: datetime) -> ExecutionReport:
        """Tell how it went until now."""

    def _reported(self, now: datetime) -> dict[str, Any]:
        """Return what the reports of a start and of a stop have in common."""
        return {
            "status": self.status or None,
            "status_message": self.status_message or None,
            "joined": self.joined,
            "asked": self.asked,
            "asked_at": self.asked_at,
            "elapsed_seconds": round((now - self.started_at).total_seconds(), 3),
            "checks": self.checks,
            "transient_faults": self.faults,
            "detection_lag_seconds": self.lag_seconds if self.phase in _SEEN_DONE else None,
            "parent": self.request.parent,
            "may_bill": self.may_bill,
        }

    @abstractmethod
    def overdue(self) -> ModelLifecycleError:
        """Tell why the execution gives up at its deadline."""

    @abstractmethod
    def why_failed(self) -> str:
        """Tell why the execution gives up in the last status that was seen, in plain words."""

    @property
    def meaning(self) -> StatusMeaning:
        """What the last status that was seen means."""
        return meaning_of(self.status, self.request.service.statuses)

    @property
    def begun(self) -> bool:
        """What is wanted is under way as far as this execution knows: it asked for it, or joined someone who did."""
        return self.joined or self.carried_out

    def checked(self) -> Self:
        """Return the same progress. Raises InvalidRequestError for a request that nobody can have at the execution's
        start.
        """
        return self

    def looked_at(self, description: ModelDescription, *, now: datetime) -> Self:
        """Take in what the service says of the model, but not yet what that means."""
        lag = None if self.seen_at is None else round((now - self.seen_at).total_seconds(), 3)
        return replace(
            self,
            seen_at=now,
            lag_seconds=lag,
            status=description.status,
            status_message=description.status_message,
            min_inference_units=description.min_inference_units,
            max_inference_units=description.max_inference_units,
        )

    @abstractmethod
    def seen(self, description: ModelDescription, *, now: datetime) -> Self:
        """Take in that the model was looked at."""

    def unseen(self, trouble: ModelLifecycleError, *, now: datetime) -> Self:
        """Take in that the service could not answer. The phase stays; a call is tried again later."""
        phase = Phase.BLOCKED if self.phase is self.ASKS else self.phase
        return replace(self.in_phase(phase, now=now), trouble=trouble.cause, faults=self._faults_with(trouble))

    def accepted(self, status: str, *, now: datetime) -> Self:
        """Take in that the service accepted this execution's call, and the status that it answered."""
        progress = replace(
            self,
            asked=True,
            carried_out=True,
            answer_lost=False,
            asked_at=now,
            seen_at=now,
            status=status,
            status_message="",
            trouble="",
        )
        return progress.in_phase(self.WAITS, now=now)

    def lost(self, error: ModelLifecycleError, *, now: datetime) -> Self:
        """Take in that this execution's call was sent, and no answer came."""
        return replace(self.unseen(error, now=now), asked=True, answer_lost=True, asked_at=now)

    def asked_just_before(self, now: datetime) -> bool:
        """Tell whether its call went out so shortly ago that a model which is as before cannot have been changed and
        changed back.
        """
        return self.asked_at is not None and now - self.asked_at <= CANNOT_HAVE_RUN

    def phase_now(self) -> Phase:
        """Return what the last status that was seen means for this execution."""
        return phase_of(self.status, self.request.service.statuses, self.GOAL, begun=self.begun)

    def in_phase(self, phase: Phase, *, now: datetime) -> Self:
        """Change to that phase, which begins now unless it was the phase already."""
        # A call that is refused for now goes back and forth between the two, and waits all the while.
        same = phase is self.phase or {phase, self.phase} == {self.ASKS, Phase.BLOCKED}
        since = self.since if self.since is not None and same else now
        return replace(self, phase=phase, since=since)

    def blocked(self, *, now: datetime, trouble: str) -> Self:
        """Take in that it cannot be requested yet, for that reason."""
        return replace(self.in_phase(Phase.BLOCKED, now=now), trouble=trouble)

    def hindered(self, error: ModelLifecycleError, *, now: datetime) -> Self:
        """Take in that it cannot be requested yet, since that went wrong."""
        return replace(self.blocked(now=now, trouble=error.cause), faults=self._faults_with(error))

    def _faults_with(self, error: ModelLifecycleError) -> int:
        return self.faults + isinstance(error, ServiceUnavailableError)

    def failed(self, error: ModelLifecycleError) -> Self:
        """Give up for that reason."""
        return replace(self, phase=Phase.FAILED, failure=error, next_check_seconds=None)

    def settled(self, *, now: datetime) -> Self:
        """Decide what the state machine acts on: done, given up for a reason, or a time to look again."""
        progress = self.in_phase(Phase.BLOCKED if self.phase is self.ASKS else self.phase, now=now)
        progress = replace(progress, checks=self.checks + 1)
        if progress.goes_on:
            if now >= self.deadline:
                return replace(progress, phase=Phase.OVERDUE, failure=progress.overdue())
            return replace(progress, next_check_seconds=progress.seconds_to_next_check(now))
        if progress.phase is Phase.FAILED and progress.failure is None:
            return progress.failed(ModelFailedError(progress.why_failed()))
        return progress

    def seconds_to_next_check(self, now: datetime) -> int:
        """Return when to look again at a model that is on its way: in whole seconds, at least 1."""
        return next_check_seconds(
            self._interval(now),
            remaining=(self.deadline - now).total_seconds(),
            timeout_seconds=self.timeout_seconds(self.request),
        )

    def _interval(self, now: datetime) -> int:
        """Return seconds to the next look."""
        return self.request.poll_interval_seconds or usual_interval((now - (self.since or now)).total_seconds())

    @property
    def in_its_words(self) -> str:
        """The last status that was seen, and what the service says about it."""
        if not self.status:
            return ""
        return f"{word(self.status)} ({quoted(self.status_message)})" if self.status_message else word(self.status)

    @property
    def last_trouble(self) -> str:
        """A sentence about the last call that was of no use; empty for none."""
        return f" Last problem: {self.trouble}" if self.trouble else ""

    @property
    def units(self) -> Units:
        """The inference units that the service says are in force."""
        return Units(min_inference_units=self.min_inference_units, max_inference_units=self.max_inference_units)

    @property
    def is_gone(self) -> bool:
        """The service says that there is no such model, or is for certain not there itself."""
        return isinstance(self.failure, ModelNotFoundError | ServiceUnreachableError)
