"""What is remembered of a model beyond one execution: who wanted it last, since when, and until when.

A step that dies between its call and its answer leaves no other trace.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.values import dataclass

# The call follows at once upon what an execution writes down; the moment that it writes is that of its step's begin,
# and a step's function lives for a minute.
_ABOUT_TO_ASK = timedelta(seconds=75)
_STARTS_REMEMBERED = 10
_RUNS_REMEMBERED = 10


@dataclass(frozen=True, kw_only=True)
class ModelRecord:
    """The record of one model. `version` counts its changes; 0 is a model of which nothing is remembered.

    Executions stand by their ARNs. `latest_start`: who wanted the model last: it asked for the start, joined one or
    found the model running. `wanted_at`: when that execution started, or a later one before it. `asked_by`: who asked
    for the start. `asked_at`: when it was about to ask. `status_when_asked`: the status in which it asked. `ran_at`:
    when the model was seen running, with these units. `lease_ends_at`, `leased_by`: the lease in force, and the start
    that it is of. `lease_before`: the end of the lease that this one replaced. `stopping`, `stop_asked_at`: who was
    about to ask for the stop, and when. `stopped_at`: when the model was seen stopped. `unwanted_at`,
    `unwanted_by`: when the latest stop on no condition began, and which it is: what began before it starts nothing.
    `start_seconds`: how long each of the last ten starts took, the latest last, from when it was asked for until the
    model was seen running. `past_runs`: the last ten runs that have ended, three numbers each: since when and until
    when, in seconds of Unix time, and with how many inference units. `budget_ignored_at`: when the latest start of this
    run asked not to mind the budget.
    """

    version: int = 0
    latest_start: str | None = None
    wanted_at: datetime | None = None
    asked_by: str | None = None
    asked_at: datetime | None = None
    status_when_asked: str | None = None
    ran_at: datetime | None = None
    min_inference_units: int | None = None
    max_inference_units: int | None = None
    lease_ends_at: datetime | None = None
    leased_by: str | None = None
    lease_before: datetime | None = None
    stopping: str | None = None
    stop_asked_at: datetime | None = None
    stopped_at: datetime | None = None
    unwanted_at: datetime | None = None
    unwanted_by: str | None = None
    start_seconds: tuple[int, ...] = ()
    past_runs: tuple[int, ...] = ()
    budget_ignored_at: datetime | None = None

    @property
    def past_runs_told(self) -> list[tuple[datetime, datetime, int]]:
        """The past runs: since when, until when, and with how many inference units."""
        numbers = self.past_runs[: len(self.past_runs) // 3 * 3]
        return [
            (datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC), units)
            for since, until, units in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
        ]

    def run_ended(self, moment: datetime) -> Self:
        """Remember the run that lasted until that moment at most, if one was seen that has not ended yet."""
        if self.ran_at is None or self.stopped_at is not None:
            return self
        run = int(self.ran_at.timestamp()), int(moment.timestamp()), self.min_inference_units or 1
        return replace(self, past_runs=(*self.past_runs, *run)[-3 * _RUNS_REMEMBERED :])

    def learning(self, seconds: int) -> Self:
        """Remember how long one more start took."""
        return replace(self, start_seconds=(*self.start_seconds, seconds)[-_STARTS_REMEMBERED:])

    def wanted_since(self, moment: datetime) -> bool:
        """Tell whether someone asked for the model after that moment."""
        return self.wanted_at is not None and self.wanted_at > moment

    def unwanted_since(self, moment: datetime) -> bool:
        """Tell whether a stop on no condition began after that moment."""
        return self.unwanted_at is not None and self.unwanted_at > moment

    @property
    def unwanted_by_stop_of_a_run(self) -> bool:
        """Whether the latest stop on no condition found the model running, and asked the service for the stop."""
        if self.unwanted_at is None or self.stop_asked_at is None:
            return False
        return self.stopping == self.unwanted_by and self.stop_asked_at >= self.unwanted_at

    def stopped_since(self, moment: datetime) -> bool:
        """Tell whether someone saw it stopped at that moment or later."""
        return self.stopped_at is not None and self.stopped_at >= moment

    def another_is_about_to_start(self, execution_arn: str, *, status: str, now: datetime) -> bool:
        """Tell whether another start call may be on its way to a model that still has the status of then."""
        if self.asked_at is None or self.asked_by == execution_arn or self.status_when_asked != status:
            return False
        ended = self.ran_at is not None or self.stopped_at is not None
        return not ended and now - self.asked_at < _ABOUT_TO_ASK

    def someone_is_about_to_stop(self, *, now: datetime) -> bool:
        """Tell whether a stop call may be on its way to a model that still runs."""
        return self.stopped_at is None and self.stop_asked_at is not None and now - self.stop_asked_at < _ABOUT_TO_ASK


OF_RUN = frozenset({"asked_at", "stopped_at", "stop_asked_at"})
"""What changes in a record when its run does: a start or a stop is asked for, or the end is seen."""
GROWING = frozenset({"wanted_at", "lease_ends_at"})
"""Of these the latest counts, whoever writes last."""


class ModelRecords(Protocol):
    """The records of all models. Every method raises as `Model` does."""

    def read(self, request: ModelRequest) -> ModelRecord:
        """Return what is remembered of the request's model."""
        ...

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """Write `after` where `before` stands, and give it with its version; None if something else stands there.

        Of two writers one wins, and the other sees it.
        """
        ...

    def join(self, request: ModelRequest, found: ModelRecord, joined: ModelRecord) -> ModelRecord | None:
        """Write what a start changes that joins the run of `found`, and give the record as it was just before.

        None if that has changed by now in `OF_RUN`, or is later in `GROWING`. Those who join at the same time do not
        stand in each other's way, but for that.
        """
        ...
