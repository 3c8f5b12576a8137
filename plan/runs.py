"""What the plan's table does not show of a run, and entries that do not appear in it."""

from collections.abc import Iterator
from datetime import timedelta

from plan.entries import Entry
from plan.plan import DAYS, Plan, PlannedModel, PlannedStretch
from plan.plan_warning import Kind, PlanWarning
from plan.stretches import Stretch
from plan.times import written
from schedule_expressions.rate import Rate


def warnings(planned: PlannedModel, plan: Plan) -> Iterator[PlanWarning]:
    """Yield the warnings about a model's stretches and entries."""
    for stretch in planned.stretches:
        yield from _of_stretch(stretch, planned)
        watched = plan.watches(planned.model.service)
        if watched and plan.unleased_limit is not None and _longer(stretch.stretch, plan.unleased_limit):
            yield _stopped_by_watch(stretch, planned, plan.unleased_limit)
    fired = {id(event.occurrence.entry) for event in planned.events}
    for entry in planned.entries:
        if entry.max_inference_units is not None and entry.max_inference_units > entry.inference_units:
            yield _more_units(entry, entry.max_inference_units, planned, plan)
        if id(entry) not in fired:
            yield _never(entry, planned, plan)
        elif isinstance(entry.expression, Rate):
            yield PlanWarning(
                kind=Kind.COUNTED_FROM_DEPLOY,
                message=f"{entry.words} is a rate, which is counted from its deployment: "
                "the plan assumes that you deploy at its beginning",
                schedules=(entry.schedule,),
                models=(planned.model.id,),
                action=entry.action,
            )


def _of_stretch(stretch: PlannedStretch, planned: PlannedModel) -> Iterator[PlanWarning]:
    entry, name = stretch.stretch.started_by, planned.model.name
    since = written(stretch.stretch.begin, entry.shown_in)
    if stretch.stretch.end is None:
        message = (
            f"nothing stops {name} after {entry.words} on {since}: it will run on after these {DAYS} days, "
            f"at {stretch.usd_per_hour:,.2f} USD an hour"
        )
        yield _warning(Kind.RUNS_WITHOUT_END, message, stretch, planned)
    if stretch.runs_since_before:
        message = (
            f'{name} is assumed to be running since {since}, started by "{entry.schedule}": '
            "only its hours within the plan are counted"
        )
        yield _warning(Kind.RUNS_SINCE_BEFORE, message, stretch, planned)


def _longer(stretch: Stretch, limit: timedelta) -> bool:
    """Return whether a model runs for longer than the limit without a lease."""
    return not stretch.leased and (stretch.end is None or stretch.end - stretch.begin > limit)


def _stopped_by_watch(stretch: PlannedStretch, planned: PlannedModel, limit: timedelta) -> PlanWarning:
    entry, hours = stretch.stretch.started_by, limit.total_seconds() / 3_600
    message = (
        f"{hours:,g} hours after {entry.words} on {written(stretch.stretch.begin, entry.shown_in)}, "
        f"the watch will stop {planned.model.name}: this run has no lease, and stop_after_hours_unleased is "
        f"{hours:,g}. The hours and costs above do not account for that"
    )
    return _warning(Kind.STOPPED_BY_WATCH, message, stretch, planned)


def _warning(kind: Kind, message: str, stretch: PlannedStretch, planned: PlannedModel) -> PlanWarning:
    schedules = (stretch.stretch.started_by.schedule,)
    return PlanWarning(
        kind=kind, message=message, schedules=schedules, models=(planned.model.id,), at=stretch.stretch.begin
    )


def _more_units(entry: Entry, units: int, planned: PlannedModel, plan: Plan) -> PlanWarning:
    most = units * plan.usd_per_unit_hour
    return PlanWarning(
        kind=Kind.MORE_UNITS,
        message=f"{entry.words} lets {planned.model.name} scale up to {units:,} inference units, at {most:,.2f} USD "
        f"an hour. The costs above are those of {entry.inference_units:,}",
        schedules=(entry.schedule,),
        models=(planned.model.id,),
        action=entry.action,
    )


def _never(entry: Entry, planned: PlannedModel, plan: Plan) -> PlanWarning:
    following = entry.expression.next_after(plan.end, entry.zone)
    when = f"but on {written(following, entry.shown_in, year=True)}" if following else "nor later"
    return PlanWarning(
        kind=Kind.NEVER_FIRES,
        message=f"{entry.words} will not happen in these {DAYS} days, {when}",
        schedules=(entry.schedule,),
        models=(planned.model.id,),
        action=entry.action,
    )
