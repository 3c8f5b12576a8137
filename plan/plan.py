"""The plan: events and stretches of each model in the next 14 days, with their hours and costs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from plan.entries import Entry, Model
from plan.occurrences import Occurrence, OddTime, occurrences, odd_times
from plan.stretches import Event, Life, Run, Stretch, live, stretch_under_way
from schedule_expressions.rate import Rate

if TYPE_CHECKING:
    from plan.budget import PlannedBudget

DAYS = 14
HORIZON = timedelta(days=DAYS)
"""So far before its beginning the plan looks for runs under way, and so far after its end for their ends."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class PlannedStretch:
    """What of a stretch lies within the plan, from `begin` until `until`, which is the plan's end if it `goes_on`."""

    stretch: Stretch
    begin: datetime
    until: datetime
    goes_on: bool
    usd_per_hour: float

    @property
    def runs_since_before(self) -> bool:
        """Whether it is under way at the plan's beginning."""
        return self.stretch.begin < self.begin

    @property
    def hours(self) -> float:
        """Real hours within the plan, whatever clocks do."""
        return (self.until - self.begin) / _HOUR

    @property
    def usd(self) -> float:
        """What they cost with the inference units of the start."""
        return self.hours * self.usd_per_hour


@dataclass(frozen=True, kw_only=True)
class PlannedModel:
    """What is planned for one model, in order of time."""

    model: Model
    entries: Sequence[Entry]
    events: Sequence[Event]
    stretches: Sequence[PlannedStretch]
    odd_times: Sequence[OddTime]

    @property
    def hours(self) -> float:
        """The sum of its stretches."""
        return sum(stretch.hours for stretch in self.stretches)

    @property
    def usd(self) -> float:
        """The sum of its stretches."""
        return sum(stretch.usd for stretch in self.stretches)

    @property
    def open_ended(self) -> bool:
        """Whether a stretch has no end at all."""
        return any(stretch.stretch.end is None for stretch in self.stretches)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the schedules will do from `begin` to `end`, by model.

    `unleased_limit`: how long the watch lets a model run without a lease; None for ever. `watched_services`: the
    services whose models it looks at; None for all. `budgets`: what the schedules will spend of each, in whole days or
    months. `stops_over_budget`: whether models that run are stopped once a budget is spent.
    """

    begin: datetime
    end: datetime
    time_zone: ZoneInfo
    usd_per_unit_hour: float
    unleased_limit: timedelta | None
    models: Sequence[PlannedModel]
    watched_services: Collection[str] | None = None
    budgets: Sequence["PlannedBudget"] = ()
    stops_over_budget: bool = False

    def watches(self, service: str) -> bool:
        """Return whether the watch looks at the models of a service."""
        return self.watched_services is None or service in self.watched_services

    @property
    def hours(self) -> float:
        """Of all models."""
        return sum(model.hours for model in self.models)

    @property
    def usd(self) -> float:
        """Of all models."""
        return sum(model.usd for model in self.models)

    @property
    def open_ended(self) -> bool:
        """Whether any model runs without end."""
        return any(model.open_ended for model in self.models)


def make_plan(
    entries: Sequence[Entry],
    *,
    begin: datetime,
    time_zone: ZoneInfo,
    usd_per_unit_hour: float,
    unleased_limit: timedelta | None = None,
    watched_services: Collection[str] | None = None,
) -> Plan:
    """Plan the 14 days after an aware moment."""
    models = sorted({entry.model for entry in entries})
    return Plan(
        begin=begin,
        end=begin + HORIZON,
        time_zone=time_zone,
        usd_per_unit_hour=usd_per_unit_hour,
        unleased_limit=unleased_limit,
        watched_services=watched_services,
        models=[
            _planned(model, [entry for entry in entries if entry.model == model], begin, usd_per_unit_hour)
            for model in models
        ],
    )


def _planned(model: Model, entries: Sequence[Entry], begin: datetime, usd_per_unit_hour: float) -> PlannedModel:
    end = begin + HORIZON
    life = _life(entries, begin)
    return PlannedModel(
        model=model,
        entries=entries,
        events=[event for event in life.events if event.occurrence.moment < end],
        stretches=[
            PlannedStretch(
                stretch=stretch,
                begin=max(stretch.begin, begin),
                until=min(stretch.end or end, end),
                goes_on=stretch.end is None or stretch.end >= end,
                usd_per_hour=stretch.started_by.inference_units * usd_per_unit_hour,
            )
            for stretch in life.stretches
            if stretch.begin < end and (stretch.end is None or stretch.end > begin)
        ],
        odd_times=sorted((odd for entry in entries for odd in odd_times(entry, begin, end)), key=lambda odd: odd.local),
    )


def _life(entries: Sequence[Entry], begin: datetime) -> Life:
    """Return the life from the plan's beginning to well beyond its end.

    A run is assumed to be under way at the beginning if an earlier start began it and it ends within the plan. If it
    does not end there, looking back would hide the start to come.
    """
    far = begin + 2 * HORIZON
    coming = list(occurrences_of(entries, begin, far))
    running = running_at(entries, begin)
    life = _with_last_stretch(live(coming, run=running, until=far), entries, far)
    if running is not None and not _ends_before(begin + HORIZON, life.stretches[0]):
        return _with_last_stretch(live(coming, run=None, until=far), entries, far)
    return life


def _ends_before(moment: datetime, stretch: Stretch) -> bool:
    return stretch.end is not None and stretch.end < moment


def running_at(entries: Sequence[Entry], begin: datetime) -> Run | None:
    """Return the run of a model that an earlier start began and that is under way at a moment."""
    # A rate counts from the deploy, which is yet to come.
    since_long = [entry for entry in entries if not isinstance(entry.expression, Rate)]
    return live(occurrences_of(since_long, begin - HORIZON, begin), run=None, until=begin).run


def _with_last_stretch(life: Life, entries: Sequence[Entry], far: datetime) -> Life:
    """Return the same life with the stretch of the run that is under way at its end."""
    if life.run is None:
        return life
    run = life.run
    ends: list[tuple[datetime, Entry, bool]] = [
        (moment, entry, False)
        for entry in entries
        if entry.action == "stop" and (moment := entry.expression.next_after(far, entry.zone)) is not None
    ]
    if run.lease_end is not None and run.leased_by is not None:
        ends.append((run.lease_end, run.leased_by, True))
    last = stretch_under_way(run)
    if ends:
        end, ended_by, by_lease = min(ends, key=lambda found: found[0])
        last = replace(last, end=end, ended_by=ended_by, by_lease=by_lease)
    return replace(life, stretches=[*life.stretches, last])


def occurrences_of(entries: Iterable[Entry], begin: datetime, end: datetime) -> Iterable[Occurrence]:
    """Return when each of them fires."""
    return (occurrence for entry in entries for occurrence in occurrences(entry, begin, end))
