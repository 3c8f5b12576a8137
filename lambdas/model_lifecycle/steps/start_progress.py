"""How far a start has come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import ClassVar, Self

from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.model.lease import Lease, lease_of, outlasts
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usual_start import UsualStart
from model_lifecycle.requests.model_request import MAX_TIMEOUT_SECONDS
from model_lifecycle.requests.ready_by import LONGEST_LEAD_SECONDS, MAX_AHEAD
from model_lifecycle.requests.start_request import IGNORE_BUDGET, MAX_LEASE_SECONDS, Request, parse_request
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.steps.coming_up import LONGEST_WAIT, ComingUp
from model_lifecycle.steps.progress import Progress
from model_lifecycle.steps.report import LeaseStanding, StartReport, Units, UnitsOfStart
from model_lifecycle.steps.standing import Standing
from model_lifecycle.vocabulary.errors import (
    BudgetExceededError,
    InvalidRequestError,
    ModelLifecycleError,
    QuotaExceededError,
    StartTimedOutError,
)
from model_lifecycle.vocabulary.phase import NEVER_SEEN, Goal, Phase
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import duration, some_of

_OTHER_UNITS = "To change its units, stop it and start it again. It cannot be used until it is running again."


_LONGEST_NAP = 300
"""A redrive begins a wait anew, and whoever calls the start off wants to see that it ends."""


@dataclass(frozen=True, kw_only=True)
class StartProgress(Progress[Request]):
    """What is known of one start. Every method gives a new one.

    `lease_ends_at`: the end of the lease in force, None if there is none or none is known. `lease_moved_from`: the end
    of the lease that this start's replaced. `quota`: what the service said if the last call was one too many for the
    account's quota. `said_to_wait`: whether people are told that it waits for a place. `run_asked_at`: when the start
    that is under way was asked for, by whomever. `start_seconds`: how long the model's last starts took.
    `overlong`: whether the start that was asked for takes clearly longer than any of them. `said_still_starting`:
    whether people were told that; the state machine notes it. `budget`: where the budget stood when the start was about
    to be asked for, or was to ignore it. `standing`: its place in the line of those that wait for one in the quota, or
    what it was.
    `startable_since`: since when the model could be started, for all that is known.
    """

    GOAL: ClassVar[Goal] = Goal.RUNNING
    ASKS: ClassVar[Phase] = Phase.STARTABLE
    WAITS: ClassVar[Phase] = Phase.STARTING

    already_running: bool = False
    running_at: datetime | None = None
    lease_ends_at: datetime | None = None
    lease_moved_from: datetime | None = None
    quota: str = ""
    said_to_wait: bool = False
    run_asked_at: datetime | None = None
    start_seconds: tuple[int, ...] = ()
    overlong: bool = False
    said_still_starting: bool = False
    budget: BudgetStanding | None = None
    standing: Standing | None = None
    startable_since: datetime | None = None

    parse = staticmethod(parse_request)

    @classmethod
    def begin(cls, request: Request, *, execution_arn: str, started_at: datetime) -> Self:
        """Begin as any execution does; one that is early has until so long after its model is to be running."""
        begun = super().begin(request, execution_arn=execution_arn, started_at=started_at)
        deadline = begun.wanted_from + timedelta(seconds=request.start_timeout_seconds)
        return replace(begun, deadline=min(deadline, started_at + timedelta(seconds=MAX_TIMEOUT_SECONDS)))

    @staticmethod
    def timeout_seconds(request: Request) -> int:
        return request.start_timeout_seconds

    @property
    def wanted_from(self) -> datetime:
        """From when on the model is wanted: times of the request count from then."""
        return max(self.started_at, self.request.ready_by or self.started_at)

    @property
    def asks_from(self) -> datetime:
        """When the start is requested at the earliest: so long before its time as the model's starts take."""
        lead = UsualStart.lead(self.start_seconds, unless_known=self.request.ready_lead_seconds)
        return max(self.started_at, self.wanted_from - timedelta(seconds=lead))

    def is_early(self, *, now: datetime) -> bool:
        """Tell whether it waits for its time, and has nothing to do with its model before."""
        return now < self.asks_from and not self.begun and not self.asked

    def may_have_asked(self, *, now: datetime) -> bool:
        """Tell whether the start may have been requested by then, whatever is remembered of how long starts take."""
        return now >= self.wanted_from - timedelta(seconds=LONGEST_LEAD_SECONDS)

    def waiting_for_its_time(self, *, now: datetime) -> Self:
        """Take in that it is too early to do anything."""
        return self.blocked(now=now, trouble="")

    def is_called_off_by(self, record: ModelRecord) -> bool:
        """Tell whether someone stopped the model, for good, after this start began.

        A stop of an earlier run, while this start waited for its time, was not meant for this one.
        """
        if not record.unwanted_since(self.started_at):
            return False
        return not record.unwanted_by_stop_of_a_run or record.unwanted_since(self.asks_from)

    @property
    def wanted_lease_end(self) -> datetime | None:
        """When the request wants the model to be stopped again, on the second; None for a start without a lease.

        A schedule of EventBridge Scheduler knows whole seconds only.
        """
        end = self.request.stop_at
        if self.request.stop_after_seconds is not None:
            end = self.wanted_from + timedelta(seconds=self.request.stop_after_seconds)
        if end is None or not end.microsecond:
            return end
        return end.replace(microsecond=0) + timedelta(seconds=1)

    @property
    def wanted_lease(self) -> Lease | None:
        """The lease that the request wants."""
        ends_at = self.wanted_lease_end
        return None if ends_at is None else Lease(ends_at=ends_at, leased_by=self.execution_arn)

    @property
    def client_token(self) -> str:
        """The token of the next start call: the same until the service refused one with it, then another."""
        derived = sha256(f"{self.execution_arn} {self.attempt}".encode()).hexdigest()
        return self.request.client_token or derived

    @property
    def may_bill(self) -> bool:
        """The model bills, or comes to bill if nobody does anything; or a start call may still be carried out."""
        if self.request.is_open:
            return False
        if self.asked and self.is_gone:
            # It was there: whether it is gone, one answer does not tell.
            return True
        if self.answer_lost or (self.asked and not self.carried_out):
            return True
        if self.status == NEVER_SEEN:
            # A step that died may have asked, if all that is known is that the time is up.
            return self.phase is Phase.OVERDUE
        return self.meaning.may_bill

    @property
    def cleans_up(self) -> bool:
        # What someone else is stopping already needs no second stop.
        being_stopped = self.carried_out and self.meaning.is_stop and not self.is_gone
        return self.failure is not None and self.asked and self.may_bill and not being_stopped

    @property
    def at_full_quota(self) -> bool:
        """Whether the last trouble was that the account runs as many models as it may."""
        return self.quota != "" and self.quota == self.trouble

    @property
    def usual_start(self) -> UsualStart | None:
        """How long the model's starts usually take, if that is known."""
        return UsualStart.of(self.start_seconds)

    @property
    def tells(self) -> bool:
        return self._tells_to_wait or (self.overlong and not self.said_still_starting)

    @property
    def _tells_to_wait(self) -> bool:
        return self.goes_on and self.at_full_quota and not self.said_to_wait

    def told(self) -> Self:
        return replace(self, said_to_wait=self.said_to_wait or self._tells_to_wait)

    def _seconds_of_start(self, now: datetime) -> float | None:
        """Return how long the start has taken that was asked for; None if it is not known when that was."""
        asked_at = self.asked_at or self.run_asked_at
        return None if asked_at is None else ((self.running_at or now) - asked_at).total_seconds()

    def over_quota(self, refusal: ModelLifecycleError, *, now: datetime) -> Self:
        """Take in that the quota is full. The next call is a new one, for a service that keeps client tokens."""
        blocked = self.blocked(now=now, trouble=refusal.cause)
        return replace(blocked, failure=None, quota=refusal.cause, attempt=self.attempt + 1)

    def behind(self, standing: Standing, models: Sequence[str], *, now: datetime) -> Self:
        """Take in that others are before it in line, who want these models besides its own."""
        names = some_of(models) or "another start of the same model"
        words = f"It is number {standing.ahead + 1:,} in line, behind {names}."
        return replace(self.blocked(now=now, trouble=words), quota=words)

    @property
    def waits_in_line(self) -> bool:
        """Whether it waits for a place, in its turn."""
        return self.goes_on and self.at_full_quota and self.standing is not None

    def settled(self, *, now: datetime) -> Self:
        progress = super().settled(now=now)
        if self.is_early(now=now) and progress.goes_on:
            # It has looked at nothing.
            return replace(progress, checks=self.checks)
        if progress.phase is Phase.OVERDUE and progress.at_full_quota:
            waited = duration(round((self.deadline - self.asks_from).total_seconds()))
            return progress.failed(QuotaExceededError(f"{progress.quota} No place became free within {waited}."))
        return replace(progress, overlong=progress.is_overlong(now=now))

    def is_overlong(self, *, now: datetime) -> bool:
        """Tell whether that is so of a start that this execution asked for, and whose model it has just seen."""
        if self.phase is not Phase.STARTING or not self.asked or self.trouble or self.usual_start is None:
            return False
        return self.usual_start.outlasted_by(self._seconds_of_start(now) or 0)

    def seconds_to_next_check(self, now: datetime) -> int:
        if self.is_early(now=now) and self.phase is Phase.BLOCKED and not self.trouble:
            return min(_LONGEST_NAP, ceil((self.asks_from - now).total_seconds()))
        return super().seconds_to_next_check(now)

    def _interval(self, now: datetime) -> int:
        usual, fixed = super()._interval(now), self.request.poll_interval_seconds is not None
        if self.waits_in_line and self.standing is not None:
            return self.standing.interval(usual, fixed=fixed, now=now)
        if fixed or self.phase is not Phase.STARTING:
            return usual
        began = self.asked_at or self.run_asked_at or self.since or now
        units = self.min_inference_units or self.request.min_inference_units
        return ComingUp(self.start_seconds).seconds_to_next_look(
            (now - began).total_seconds(), usd_per_hour=units * self.request.price_per_inference_unit_hour
        )

    def report(self, *, now: datetime) -> StartReport:
        asked = Units(
            min_inference_units=self.request.min_inference_units, max_inference_units=self.request.max_inference_units
        )
        as_asked = None if self.min_inference_units is None else asked == self.units
        seconds = None if self.already_running or not self.begun else self._seconds_of_start(now)
        return StartReport(
            **self._reported(now),
            already_running=self.already_running,
            running_at=self.running_at,
            inference_units=UnitsOfStart(asked=asked, in_force=self.units),
            units_as_asked=as_asked,
            remedy=_OTHER_UNITS if as_asked is False else None,
            lease=LeaseStanding(
                asked=self.wanted_lease_end, ends_at=self.lease_ends_at, moved_from=self.lease_moved_from
            ),
            ready_by=self.request.ready_by,
            late_seconds=self._late_seconds,
            start_took_seconds=None if seconds is None else round(seconds, 3),
            usual_start=self.usual_start,
            budget=self.budget,
            waited=None if self.standing is None else self.standing.waited(now=now),
        )

    def within(self, budget: BudgetStanding | None) -> Self:
        """Take in where the budget stands: if it is spent, the start gives up, unless it is to ignore that."""
        if budget is None:
            return self
        if self.request.ignore_budget is not None:
            return replace(self, budget=budget.ignoring())
        progress = replace(self, budget=budget)
        return progress.failed(self._over(budget)) if budget.is_spent else progress

    def _over(self, budget: BudgetStanding) -> BudgetExceededError:
        return BudgetExceededError(
            f"{self.request.in_words} was not started: the budget {budget.in_words} is spent "
            f"({budget.so_far(self.request.zone)}). Starts are refused until {self.request.when(budget.ends_at)}. To "
            f'start it all the same, once, add "{IGNORE_BUDGET.name}": "<reason>" to the input.'
        )

    @property
    def _late_seconds(self) -> float | None:
        if self.request.ready_by is None or self.running_at is None:
            return None
        return round((self.running_at - self.request.ready_by).total_seconds(), 3)

    def checked(self) -> Self:
        """Return the same progress. Raises InvalidRequestError for a StopAt that no start could be leased until, and
        for a ReadyBy that no execution can wait for.
        """
        stop_at, ready_by = self.request.stop_at, self.request.ready_by
        if ready_by is not None and abs(ready_by - self.started_at) > MAX_AHEAD:
            raise InvalidRequestError(
                f"The execution input is not valid: ReadyBy must be within {duration(MAX_AHEAD.total_seconds())} of "
                f"the execution's start, {self.request.when(self.started_at)}, got {self.request.when(ready_by)}."
            )
        if ready_by is not None and stop_at is not None and stop_at <= ready_by:
            raise InvalidRequestError(
                f"The execution input is not valid: StopAt must be after ReadyBy, {self.request.when(ready_by)}, "
                f"got {self.request.when(stop_at)}."
            )
        latest = self.started_at + timedelta(seconds=MAX_LEASE_SECONDS)
        if stop_at is not None and not self.started_at < stop_at <= latest:
            raise InvalidRequestError(
                f"The execution input is not valid: StopAt must be after the execution's start, "
                f"{self.request.when(self.started_at)}, and not after {self.request.when(latest)}, "
                f"got {self.request.when(stop_at)}."
            )
        return self

    def recalling(self, record: ModelRecord) -> Self:
        """Take in what the record says: how long starts take, and of a start call before which a step died."""
        own = record.asked_by == self.execution_arn and record.asked_at != self.refused_at
        remembering = replace(
            self,
            start_seconds=tuple(each for each in record.start_seconds if 0 < each <= MAX_TIMEOUT_SECONDS),
            run_asked_at=record.asked_at if record.ran_at is None and record.stopped_at is None else None,
        )
        if not own or (self.asked_at is not None and record.asked_at is not None and record.asked_at <= self.asked_at):
            return remembering
        return replace(
            remembering,
            asked=True,
            answer_lost=True,
            joined=False,
            asked_at=record.asked_at,
            status=record.status_when_asked or NEVER_SEEN,
        )

    def seen(self, description: ModelDescription, *, now: datetime) -> Self:
        """Take in that the model was looked at."""
        unchanged = self.answer_lost and description.status == self.status
        progress = replace(
            self.looked_at(description, now=now),
            carried_out=self.carried_out or (self.answer_lost and not unchanged),
            # Long after, it may have been started and have ended again: that cannot be known any more.
            answer_lost=unchanged and not self.asked_just_before(now),
        )
        if progress.answer_lost:
            return progress.in_phase(Phase.FAILED, now=now)
        phase = progress.phase_now()
        # Who wants the model later has asked for nothing before its time.
        since = self.startable_since or (now if self.checks else self.asks_from)
        return replace(
            progress.in_phase(phase, now=now),
            startable_since=since if phase is Phase.STARTABLE else None,
            joined=self.joined or (phase is Phase.STARTING and not self.asked),
            already_running=phase is Phase.RUNNING and not self.begun and not self.asked,
            running_at=now if phase is Phase.RUNNING else None,
            # A model that can be started still has the trouble of the start call before.
            trouble=self.trouble if phase is Phase.STARTABLE else "",
            quota=self.quota if phase is Phase.STARTABLE else "",
        )

    def took(self, record: ModelRecord, *, now: datetime) -> int | None:
        """Return after how many seconds a start was seen running; None if that says little of how long starts take.

        So it does of one that others asked for, and of one that nobody looked at for long.
        """
        if record.asked_at is None or record.asked_by != self.execution_arn:
            return None
        if self.lag_seconds is None or self.lag_seconds > LONGEST_WAIT:
            return None
        return max(1, round((now - record.asked_at).total_seconds()))

    def outlasts(self, record: ModelRecord) -> bool:
        """Tell whether the lease in force ends before the one that this start wants.

        So it is where the run that it asked for or joined has ended, and someone else has started the model anew.
        """
        return outlasts(self.wanted_lease, lease_of(record))

    def leased(self, record: ModelRecord) -> Self:
        """Take in what the model's record says of the lease in force."""
        own = record.leased_by == self.execution_arn
        return replace(self, lease_ends_at=record.lease_ends_at, lease_moved_from=record.lease_before if own else None)

    def overdue(self) -> StartTimedOutError:
        status = f"its status is {self.in_its_words}" if self.status else "its status could not be read"
        if self.answer_lost and self.status:
            status = f"before its start was requested, its status was {self.in_its_words}"
        waited = duration(round((self.deadline - self.asks_from).total_seconds()))
        if self.phase_now() is Phase.RUNNING and self.wanted_lease_end is not None:
            return StartTimedOutError(
                f"{self.request.in_words} is running, but its lease could not be saved within {waited}, "
                f"so nothing will stop it at its end.{self.last_trouble}"
            )
        return StartTimedOutError(
            f"{self.request.in_words} was not running after {waited}: {status}.{self.last_trouble}"
        )

    def why_failed(self) -> str:
        words = f"{self.request.in_words} has the status {self.in_its_words}"
        if self.answer_lost:
            return (
                f"{words}, as before its start was requested, and the answer to the request was lost. "
                f"Whether it was started in between cannot be known, so it is not started again."
            )
        if self.status not in self.request.service.statuses:
            return f"{words}, which is not known here, so this start gives up."
        if not self.begun:
            return f"{words} and cannot be started from there."
        if self.meaning.is_stop and self.asked and self.request.client_token:
            return (
                f"{words} after its start was accepted, so it is not started again. Someone stopped it, or its "
                f"ClientToken was used in the last 8 hours and the service repeated its answer."
            )
        if self.meaning.is_stop:
            return f"{words} while its start was under way: someone stopped it, so it is not started again."
        return f"{words} while its start was under way."
