"""How far an execution has come: what one step of the state machine leaves to the next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from model_lifecycle.errors import ModelFailedError, ModelLifecycleError, ModelNotFoundError, StartTimedOutError
from model_lifecycle.instant import from_instant, to_instant
from model_lifecycle.model import ModelDescription
from model_lifecycle.phase import NEVER_SEEN, Phase, StatusMeaning, meaning_of, phase_of
from model_lifecycle.polling import next_check_seconds
from model_lifecycle.record import ModelRecord
from model_lifecycle.request import Request

_REMEMBERED = (
    "execution_arn",
    "status",
    "status_message",
    "min_inference_units",
    "max_inference_units",
    "asked",
    "carried_out",
    "answer_lost",
    "joined",
    "already_running",
    "trouble",
    "refusals",
    "attempt",
    "checks",
)
# A start that is refused for now goes back and forth between them, and waits all the while.
_NOT_STARTING = {Phase.STARTABLE, Phase.BLOCKED}
# No model comes up, and is stopped or fails again, in that time: starts take minutes.
_CANNOT_HAVE_RUN = timedelta(seconds=30)
_INSTANTS = ("started_at", "deadline", "asked_at", "running_at", "refused_at", "since")


def failure_json(error: ModelLifecycleError) -> dict[str, str]:
    """An error as the execution's Fail state reads it."""
    return {"Error": error.name, "Cause": error.cause}


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What is known of one start. Every method gives a new one.

    `asked`: this execution's start call was sent, its answer lost or not. `carried_out`: the service did what was
    asked. `answer_lost`: whether it did is not known yet. `joined`: someone else's start was under way and is waited
    for. `refused_at`: when it asked in vain for a start, and its claim in the model's record could not be taken back.
    `since`: when the present phase was first seen. `trouble`: why the last call was of no use, else empty.
    `refusals`: how often the service refused to start a model that its status says can be started. `attempt`: which
    start it is; one that was refused is followed by another.
    """

    request: Request
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
    already_running: bool = False
    asked_at: datetime | None = None
    running_at: datetime | None = None
    refused_at: datetime | None = None
    since: datetime | None = None
    trouble: str = ""
    refusals: int = 0
    attempt: int = 1
    checks: int = 0
    next_check_seconds: int | None = None
    failure: ModelLifecycleError | None = None

    @classmethod
    def begin(cls, request: Request, *, execution_arn: str, started_at: datetime) -> "Progress":
        """Nothing is known yet. The deadline counts from the execution's start, whatever is retried or redriven."""
        return cls(
            request=request,
            execution_arn=execution_arn,
            started_at=started_at,
            deadline=started_at + timedelta(seconds=request.start_timeout_seconds),
        )

    @property
    def meaning(self) -> StatusMeaning:
        """What the last status that was seen means."""
        return meaning_of(self.status, self.request.service.statuses)

    @property
    def begun(self) -> bool:
        """A start is under way as far as this execution knows: its own, or one that it joined."""
        return self.joined or self.carried_out

    @property
    def client_token(self) -> str:
        """The token of the next start call: the same until the service refused one with it, then another."""
        derived = sha256(f"{self.execution_arn} {self.attempt}".encode()).hexdigest()
        return self.request.client_token or derived

    @property
    def may_bill(self) -> bool:
        """The model bills, or comes to bill if nobody does anything; or a start call may still be carried out."""
        if self.asked and isinstance(self.failure, ModelNotFoundError):
            # It was there: whether it is gone, one answer does not tell.
            return True
        if self.answer_lost or (self.asked and not self.carried_out):
            return True
        if self.status == NEVER_SEEN:
            # A step that died may have asked, if all that is known is that the time is up.
            return self.phase is Phase.OVERDUE
        return self.meaning.may_bill

    @classmethod
    def from_json(cls, written: dict[str, Any], request: Request) -> "Progress":
        """What `to_json` wrote, for the request that it wrote. A failure ends an execution, so none is read."""
        values: dict[str, Any] = {name: written[_pascal(name)] for name in _REMEMBERED}
        instants: dict[str, Any] = {
            name: from_instant(written[_pascal(name)]) for name in _INSTANTS if written[_pascal(name)]
        }
        return cls(request=request, phase=Phase(written["Phase"]), **values, **instants)

    def to_json(self) -> dict[str, Any]:
        """PascalCase; `Failure` is null or what the execution's Fail shows: `{"Error": ..., "Cause": ...}`."""
        instants = {name: getattr(self, name) for name in _INSTANTS}
        return {
            "Phase": self.phase.value,
            "Request": self.request.to_json(),
            "NextCheckSeconds": self.next_check_seconds,
            "Failure": self.failure and failure_json(self.failure),
            **{_pascal(name): getattr(self, name) for name in _REMEMBERED},
            **{_pascal(name): moment and to_instant(moment) for name, moment in instants.items()},
        }

    def recalling(self, record: ModelRecord) -> "Progress":
        """The model's record tells of a start call of this execution whose answer never came: a step died."""
        own = record.latest_start == self.execution_arn and record.asked_at != self.refused_at
        if self.asked or not own:
            return self
        return replace(
            self,
            asked=True,
            answer_lost=True,
            joined=False,
            asked_at=record.asked_at,
            status=record.status_when_asked or NEVER_SEEN,
        )

    def seen(self, description: ModelDescription, *, now: datetime) -> "Progress":
        """The model was looked at."""
        unchanged = self.answer_lost and description.status == self.status
        progress = replace(
            self,
            carried_out=self.carried_out or (self.answer_lost and not unchanged),
            status=description.status,
            status_message=description.status_message,
            min_inference_units=description.min_inference_units,
            max_inference_units=description.max_inference_units,
            # Long after, it may have been started and have ended again: that cannot be known any more.
            answer_lost=unchanged and not self._asked_just_before(now),
        )
        if progress.answer_lost:
            return progress.in_phase(Phase.FAILED, now=now)
        phase = phase_of(description.status, self.request.service.statuses, begun=progress.begun)
        return replace(
            progress.in_phase(phase, now=now),
            joined=self.joined or (phase is Phase.STARTING and not self.asked),
            already_running=phase is Phase.RUNNING and not self.begun and not self.asked,
            running_at=now if phase is Phase.RUNNING else None,
            # A model that can be started still has the trouble of the start call before.
            trouble=self.trouble if phase is Phase.STARTABLE else "",
        )

    def _asked_just_before(self, now: datetime) -> bool:
        """Its start call was lost so shortly ago that a model which is as before cannot have been started by it."""
        return self.asked_at is not None and now - self.asked_at <= _CANNOT_HAVE_RUN

    def unseen(self, trouble: ModelLifecycleError, *, now: datetime) -> "Progress":
        """The service could not answer. That tells nothing new: the phase stays; a start can only be tried later."""
        phase = Phase.BLOCKED if self.phase is Phase.STARTABLE else self.phase
        return replace(self.in_phase(phase, now=now), trouble=trouble.cause)

    def accepted(self, status: str, *, now: datetime) -> "Progress":
        """The service accepted this execution's start, and says that the model has that status now."""
        progress = replace(
            self,
            asked=True,
            carried_out=True,
            answer_lost=False,
            asked_at=now,
            status=status,
            status_message="",
            trouble="",
        )
        return progress.in_phase(Phase.STARTING, now=now)

    def in_phase(self, phase: Phase, *, now: datetime) -> "Progress":
        """The same progress in that phase, which began now unless it already was the phase."""
        same = phase is self.phase or {phase, self.phase} == _NOT_STARTING
        since = self.since if self.since is not None and same else now
        return replace(self, phase=phase, since=since)

    def failed(self, error: ModelLifecycleError) -> "Progress":
        """The start gives up for that reason."""
        return replace(self, phase=Phase.FAILED, failure=error, next_check_seconds=None)

    def settled(self, *, now: datetime) -> "Progress":
        """What the state machine acts on: done, given up for a reason, or a time to look again."""
        progress = self.in_phase(Phase.BLOCKED if self.phase is Phase.STARTABLE else self.phase, now=now)
        progress = replace(progress, checks=self.checks + 1)
        if progress.phase in (Phase.STARTING, Phase.BLOCKED):
            if now >= self.deadline:
                return replace(progress, phase=Phase.OVERDUE, failure=StartTimedOutError(self._overdue()))
            return replace(progress, next_check_seconds=self._seconds_to_next_check(progress.since, now))
        if progress.phase is Phase.FAILED and progress.failure is None:
            return progress.failed(ModelFailedError(self._why_failed()))
        return progress

    def _seconds_to_next_check(self, since: datetime | None, now: datetime) -> int:
        return next_check_seconds(
            waited=(now - (since or now)).total_seconds(),
            remaining=(self.deadline - now).total_seconds(),
            timeout_seconds=self.request.start_timeout_seconds,
            fixed_interval=self.request.poll_interval_seconds,
        )

    def _overdue(self) -> str:
        status = f"its status is {self._in_its_words()}" if self.status else "its status could not be read"
        if self.answer_lost and self.status:
            status = f"before its start was asked, its status was {self._in_its_words()}"
        trouble = f" The last trouble was: {self.trouble}" if self.trouble else ""
        return f"{self._model()} did not run within {self.request.start_timeout_seconds:,} seconds: {status}.{trouble}"

    def _why_failed(self) -> str:
        words = f"{self._model()} has the status {self._in_its_words()}"
        if self.answer_lost:
            return (
                f"{words}, as before its start was asked, and the answer to that was lost: whether it was started in "
                f"between cannot be known, so it is not started again."
            )
        if self.status not in self.request.service.statuses:
            return f"{words}, which is not known here, so nothing waits for it."
        if not self.begun:
            return f"{words} and cannot be started from it."
        if self.meaning.is_stop and self.asked and self.request.client_token:
            return (
                f"{words} after its start was accepted, so it is not started again: someone stopped it, or its "
                f"ClientToken was used in the last 8 hours and the service repeated the answer of then."
            )
        if self.meaning.is_stop:
            return f"{words} after its start was under way: someone stopped it, so it is not started again."
        return f"{words} after its start was under way."

    def _in_its_words(self) -> str:
        return f"{self.status} ({self.status_message})" if self.status_message else self.status

    def _model(self) -> str:
        return f"The model {self.request.version} of the project {self.request.project}"
