"""How far a stop has come."""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Self

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Run, Usage
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.steps.progress import Progress
from model_lifecycle.steps.report import StopReport, UnitsInForce
from model_lifecycle.vocabulary.errors import StopTimedOutError
from model_lifecycle.vocabulary.phase import NEVER_SEEN, Goal, Phase
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import duration


@dataclass(frozen=True, kw_only=True)
class StopProgress(Progress[StopRequest]):
    """What is known of one stop. Every method gives a new one.

    `started_again`: someone wants the model since, so it is left alone. `left_alone`: why a model is left alone, in
    plain words. `ran`: the run that ended, or that goes on although it should not.
    """

    GOAL: ClassVar[Goal] = Goal.STOPPED
    ASKS: ClassVar[Phase] = Phase.STOPPABLE
    WAITS: ClassVar[Phase] = Phase.STOPPING

    already_stopped: bool = False
    started_again: bool = False
    left_alone: str = ""
    stopped_at: datetime | None = None
    ran: Run | None = None

    parse = staticmethod(parse_stop_request)

    @staticmethod
    def timeout_seconds(request: StopRequest) -> int:
        return request.stop_timeout_seconds

    @property
    def may_bill(self) -> bool:
        """The model bills, or comes to bill, or nobody saw that it does not; one that still stops is not stopped."""
        if self.phase is Phase.STOPPED:
            return self.started_again
        if self.is_gone:
            return self.status != NEVER_SEEN
        return self.phase is Phase.OVERDUE or self.status == NEVER_SEEN or self.meaning.may_bill

    def report(self, *, now: datetime) -> StopReport:
        return StopReport(
            **self._reported(now),
            already_stopped=self.already_stopped,
            started_again=self.started_again,
            superseded=self.phase is Phase.SUPERSEDED,
            left_alone=self.left_alone or None,
            stopped_at=self.stopped_at,
            inference_units=UnitsInForce(in_force=self.units),
            reason=self.request.reason,
            ran=self.ran,
        )

    def recalling(self, record: ModelRecord) -> Self:
        """Take in what the record says of a stop call whose answer never came, since a step died."""
        own = record.stopping == self.execution_arn and record.stop_asked_at != self.refused_at
        if self.asked or not own:
            return self
        return replace(self, asked=True, answer_lost=True, asked_at=record.stop_asked_at)

    def seen(self, description: ModelDescription, *, now: datetime) -> Self:
        """Take in that the model was looked at."""
        progress = self.looked_at(description, now=now)
        if self.answer_lost:
            # A stop that was not carried out is asked for again.
            carried_out = progress.meaning.stop_before in (Phase.STOPPING, Phase.STOPPED)
            progress = replace(progress, answer_lost=False, carried_out=carried_out)
        phase = progress.phase_now()
        turned_back = phase is Phase.STOPPED and progress.begun and progress.meaning.may_bill
        if turned_back and self.carried_out and self.asked_just_before(now):
            # Nothing can be stopped and started again so fast: the service does not say yet what it accepted.
            phase, turned_back = Phase.STOPPING, False
        done = phase is Phase.STOPPED
        return replace(
            progress.in_phase(phase, now=now),
            joined=self.joined or (phase is Phase.STOPPING and not self.asked),
            already_stopped=done and not self.begun and not self.asked,
            started_again=turned_back,
            left_alone="It was started again after it had been stopped." if turned_back else "",
            stopped_at=now if done and not turned_back else None,
            trouble=self.trouble if phase is Phase.STOPPABLE else "",
        )

    def not_yet(self, why: str, *, now: datetime) -> Self:
        """Look again: it is stopped, but perhaps not for long, for that reason."""
        phase = self.WAITS if self.begun else Phase.BLOCKED
        return replace(self.in_phase(phase, now=now), already_stopped=False, stopped_at=None, trouble=why)

    def superseded(self, why: str, *, now: datetime) -> Self:
        """Take in that, by the model's record, this stop is no longer wanted."""
        return replace(self.in_phase(Phase.SUPERSEDED, now=now), left_alone=why)

    def overtaken(self, why: str, *, now: datetime) -> Self:
        """Take in that someone asked for the model after this stop began."""
        return replace(self.in_phase(Phase.STOPPED, now=now), started_again=True, left_alone=why, stopped_at=None)

    def with_usage(self, usage: Usage | None) -> Self:
        """Take in what the run cost so far. A stop that failed says since when the model bills."""
        progress = replace(self, ran=usage.told if usage else None)
        return replace(progress, failure=progress.overdue()) if self.phase is Phase.OVERDUE else progress

    def overdue(self) -> StopTimedOutError:
        status = f"its status is {self.in_its_words}" if self.status else "its status could not be read"
        since = f" (running since {self.request.when(self.ran.since)})" if self.ran else ""
        asked = "" if self.asked else " Its stop could not be requested."
        if self.joined:
            asked = " Someone else had requested its stop."
        return StopTimedOutError(
            f"{self.request.in_words}{since} is still billing. It was not stopped within "
            f"{duration(self.request.stop_timeout_seconds)}: {status}.{asked}{self.last_trouble}"
        )

    def why_failed(self) -> str:
        return (
            f"{self.request.in_words} has the status {self.in_its_words} after its stop was accepted. "
            f"This status is not known here, so the model may still bill."
        )
