"""One model that runs, starts, stops or waits: what there is to say about it, without AWS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from model_lifecycle.aws.lease_schedules import schedule_name
from model_lifecycle.endings.money import Money, hours_left_of_month
from model_lifecycle.model.lease import Lease, lease_of
from model_lifecycle.model.line import Line, Waiter
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Source, Usage, usage_of
from model_lifecycle.model.usual_start import UsualStart
from model_lifecycle.requests.stop_request import StopRequest
from model_lifecycle.vocabulary.phase import Phase, meaning_of
from operations.status.origin import Origin, origin
from operations.status.recurring import Due, next_of
from operations.status.seen import Seen, SeenModel


class State(StrEnum):
    """What a model does."""

    RUNS = "Running"
    STARTS = "Starting"
    STOPS = "Stopping"
    WAITS = "Waiting"
    """It is stopped, and its start waits until it can ask, such as for a place in the account's quota."""
    UNCLEAR = "Unclear"
    """Its status is none that is known here, or one of an update: it may bill."""


class Leased(StrEnum):
    """Who stops a model."""

    ARMED = "armed"
    """A lease is in force, and its stop is scheduled."""
    UNARMED = "not armed"
    """A lease is in force, but its stop is not scheduled: the watch makes up for that within the hour."""
    OVER = "over"
    """Its lease is over, and it was not stopped."""
    NOBODY = "nobody"
    """It has no lease."""
    UNKNOWN = "unknown"
    """That could not be read."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """`since`: when it came into its state. `started_by`: None where someone started it in the service itself.

    `known`: whether its record could be read. `waits_until`: when its start gives up. `usd_by_month_end`: at this pace.
    `usual`: how long its starts take, while it starts. `ready_by`, `asks_from`: of a start that waits for its time.
    `place`: its number in the line of those that wait for a place in the quota; None if it stands in none. `behind`:
    the models before it.
    """

    request: StopRequest
    state: State
    status: str
    known: bool
    since: datetime | None
    usual: UsualStart | None
    usage: Usage | None
    started_by: Origin | None
    wanted_by: str | None
    stopping_by: str | None
    waits_until: datetime | None
    ready_by: datetime | None
    asks_from: datetime | None
    place: int | None
    behind: Sequence[str]
    units: tuple[int | None, int | None]
    lease: Lease | None
    leased: Leased
    next_start: Due | None
    next_stop: Due | None
    schedules_known: bool
    usd: float
    usd_per_hour: float
    usd_by_month_end: float

    @property
    def name(self) -> str:
        """The model's name for people."""
        return f"{self.request.project}/{self.request.version}"

    @property
    def unleased(self) -> bool:
        """Whether it bills, and nobody said for how long."""
        return self.leased is Leased.NOBODY and self.state in (State.RUNS, State.STARTS, State.UNCLEAR)

    @property
    def stops_at(self) -> datetime | None:
        """When it will be stopped, by its lease or by a schedule."""
        ends = [self.lease.ends_at] if self.lease and self.leased in (Leased.ARMED, Leased.UNKNOWN) else []
        return min([*ends, *([self.next_stop.at] if self.next_stop else [])], default=None)


def rows_of(seen: Seen) -> list[Row]:
    """Return a row for each model: first those that nobody leased, and of these the costliest first."""
    rows = [_row(model, state, seen) for model in seen.models if (state := state_of(model, seen)) is not None]
    return sorted(rows, key=lambda row: (not row.unleased, row.leased is Leased.ARMED, -row.usd, row.request.model_id))


def state_of(model: SeenModel, seen: Seen) -> State | None:
    """Return what a model does; None if it does nothing now."""
    meaning = meaning_of(model.status, model.request.service.statuses)
    if not meaning.may_bill:
        return State.WAITS if waiting_start(model, seen) else None
    if meaning.stop_before is Phase.STOPPING:
        return State.STOPS
    if meaning.before is Phase.STARTING:
        return State.STARTS
    return State.RUNS if meaning.before is Phase.RUNNING else State.UNCLEAR


def waiting_start(model: SeenModel, seen: Seen) -> str | None:
    """Return the start that waits until it can ask for that model; None if none is known."""
    wanted = (arn for arn in seen.unclaimed if arn in seen.asked)
    return next((arn for arn in wanted if seen.asked[arn].model_id == model.request.model_id), None)


def _row(model: SeenModel, state: State, seen: Seen) -> Row:
    request = model.request
    record = _of_this_run(model, state)
    usage = _usage(model, state, record, seen)
    money = _money(model, record, usage, seen)
    usd = money.paid(usage.told).usd if usage else 0.0
    # What stops costs no more, and what waits costs nothing yet.
    usd_per_hour = 0.0 if state in (State.STOPS, State.WAITS) else money.usd_per_hour
    lease = lease_of(record)
    schedules = seen.schedules or ()
    waiting = waiting_start(model, seen)
    asked_by = waiting if state is State.WAITS else record.asked_by
    latest = waiting or record.latest_start
    ready_by, asks_from = _early(model, waiting if state is State.WAITS else None, seen)
    ahead = _ahead_of(waiting, request, seen) if state is State.WAITS else None
    return Row(
        request=request,
        state=state,
        status=model.status,
        known=model.record is not None,
        since=_since(state, record, usage) if state is not State.WAITS else _began(waiting, seen),
        usual=UsualStart.of(record.start_seconds) if state is State.STARTS else None,
        usage=usage,
        started_by=_origin(asked_by, request, seen) if asked_by else None,
        wanted_by=latest if latest != asked_by and state is not State.WAITS else None,
        stopping_by=record.stopping if state is State.STOPS else None,
        waits_until=_waits_until(waiting, seen) if state is State.WAITS else None,
        ready_by=ready_by,
        asks_from=asks_from,
        place=None if ahead is None else len(ahead) + 1,
        behind=[each.model for each in ahead or ()],
        units=(model.units[0] or record.min_inference_units, model.units[1] or record.max_inference_units),
        lease=lease,
        leased=_leased(model, lease, seen),
        next_start=next_of(schedules, "start", seen.now, request.model_id),
        next_stop=next_of(schedules, "stop", seen.now, request.model_id),
        schedules_known=seen.schedules is not None,
        usd=usd,
        usd_per_hour=usd_per_hour,
        usd_by_month_end=round(usd + usd_per_hour * hours_left_of_month(seen.now, seen.deployed.zone), 2),
    )


def _of_this_run(model: SeenModel, state: State) -> ModelRecord:
    """Return the record; an empty one where it is of an earlier run, or could not be read."""
    record = model.record or ModelRecord()
    return record if record.stopped_at is None and state is not State.WAITS else ModelRecord()


def _usage(model: SeenModel, state: State, record: ModelRecord, seen: Seen) -> Usage | None:
    """Return the run so far. What starts does not run yet, and what waits does not either."""
    if state not in (State.RUNS, State.STOPS, State.UNCLEAR):
        return None
    measured = seen.measured.get(model.request.model_id, ())
    if state is not State.RUNS and record.ran_at is None and not measured:
        return None
    return usage_of(measured, record, until=seen.now, units=model.units[0])


def _since(state: State, record: ModelRecord, usage: Usage | None) -> datetime | None:
    match state:
        case State.STARTS:
            return record.asked_at
        case State.STOPS:
            return record.stop_asked_at
    return usage.since if usage else None


def _origin(arn: str, request: StopRequest, seen: Seen) -> Origin:
    asked = seen.asked.get(arn)
    return origin(
        arn,
        began=_began(arn, seen),
        model_id=request.model_id,
        schedules=seen.schedules or (),
        parent=asked.parent if asked else None,
    )


def _began(arn: str | None, seen: Seen) -> datetime | None:
    listed = (seen.executions or {}).get(arn or "")
    return listed.began if listed else None


def _waits_until(arn: str | None, seen: Seen) -> datetime | None:
    began = _began(arn, seen)
    if began is None or arn is None:
        return None
    asked = seen.asked[arn]
    return max(began, asked.ready_by or began) + asked.timeout


def _early(model: SeenModel, arn: str | None, seen: Seen) -> tuple[datetime | None, datetime | None]:
    """Return by when a start is to have its model running, and when it will ask; None once that is over."""
    ready_by = seen.asked[arn].ready_by if arn is not None else None
    if ready_by is None:
        return None, None
    known = model.record.start_seconds if model.record else ()
    lead = UsualStart.lead(known, unless_known=seen.deployed.defaults.ready_lead_seconds)
    asks_from = ready_by - timedelta(seconds=lead)
    return (ready_by, asks_from) if asks_from > seen.now else (None, None)


def _ahead_of(waiting: str | None, request: StopRequest, seen: Seen) -> list[Waiter] | None:
    line = seen.lines.get(request.service.name, Line())
    since = line.place_of(waiting or "")
    return None if waiting is None or since is None else line.ahead_of(waiting, since, now=seen.now)


def _leased(model: SeenModel, lease: Lease | None, seen: Seen) -> Leased:
    if model.record is None:
        return Leased.UNKNOWN
    if lease is None:
        return Leased.NOBODY
    if lease.ends_at <= seen.now:
        return Leased.OVER
    if seen.armed is None:
        return Leased.UNKNOWN
    return Leased.ARMED if schedule_name(model.request, lease) in seen.armed else Leased.UNARMED


def _money(model: SeenModel, record: ModelRecord, usage: Usage | None, seen: Seen) -> Money:
    """Return what it costs with the units that are in service now; these may be more than the least."""
    least = model.units[0] or record.min_inference_units or 1
    measured = seen.measured.get(model.request.model_id)
    in_service = measured[-1].units if measured and usage and usage.source is Source.METRIC else 0
    return Money(max(least, round(in_service)), seen.deployed.price)
