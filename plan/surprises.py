"""Starts and stops that do not do what they seem to do."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from plan.entries import Entry
from plan.plan import PlannedModel
from plan.plan_warning import Kind, PlanWarning
from plan.stretches import Effect, Event, Run
from plan.times import written


def warnings(planned: PlannedModel) -> Iterator[PlanWarning]:
    """Yield one warning for each such start or stop."""
    for event in planned.events:
        yield from _of_event(event, planned)
    for before, event in pairwise(planned.events):
        if _at_once(before, event):
            yield _same_moment(before.occurrence.entry.words, before.occurrence.entry, event, planned, keeps=False)
    starts = {event.occurrence.moment: event for event in planned.events if event.effect is Effect.STARTS}
    for stretch in planned.stretches:
        leased_by, start = stretch.stretch.ended_by, starts.get(stretch.until)
        if stretch.stretch.by_lease and leased_by is not None and start is not None and not stretch.goes_on:
            # A lease that is prolonged in time stops nothing.
            keeps = start.occurrence.entry.lease_end(start.occurrence.moment) is not None
            yield _same_moment(f'the end of "{leased_by.schedule}"\'s lease', leased_by, start, planned, keeps=keeps)


def _of_event(event: Event, planned: PlannedModel) -> Iterator[PlanWarning]:
    entry, run, name = event.occurrence.entry, event.found, planned.model.name
    # A stop without a start of its own is there for what people start by hand.
    if event.effect is Effect.NOTHING_RUNS and entry.paired:
        message = f"{entry.words} on {_when(event)} will find nothing to stop: {_why(planned, event.occurrence.moment)}"
        yield _warning(Kind.NOTHING_TO_STOP, message, event, planned)
    elif event.effect is Effect.LEASE_OVER:
        message = f"{entry.words} on {_when(event)} will not start {name}: its StopAt is in the past by then"
        yield _warning(Kind.LEASE_OVER, message, event, planned)
    elif event.effect is Effect.CALLED_OFF and event.called_off_by is not None:
        waits, stop = written(event.occurrence.waits_from, entry.shown_in), event.called_off_by
        message = (
            f"{entry.words} on {_when(event)} will not happen: it waits for its time from {waits} on, and "
            f"{stop.entry.words} on {written(stop.moment, entry.shown_in)}, which will find nothing to stop, "
            "calls it off"
        )
        yield _warning(Kind.CALLED_OFF, message, event, planned, stop.entry.schedule)
    elif run is None:
        return
    elif event.effect is Effect.RUNS_ALREADY:
        message = (
            f"{entry.words} on {_when(event)} will find {name} already running, {_since(run)}: {_changes(event, run)}"
        )
        yield _warning(Kind.RUNS_ALREADY, message, event, planned, run.started_by.schedule)
    elif event.effect is Effect.STOPS and _cuts(entry, run):
        message = f"{entry.words} on {_when(event)} will stop {name}, which was {_since(run)}"
        yield _warning(Kind.STOPS_ANOTHER_RUN, message, event, planned, run.started_by.schedule)


def _same_moment(ends: str, ending: Entry, event: Event, planned: PlannedModel, *, keeps: bool) -> PlanWarning:
    """Return the warning. `keeps`: whether the model runs on if the start comes first."""
    name = planned.model.name
    stays = f"{name} will run on" if keeps else f"it changes nothing, and {name} will stay stopped"
    message = (
        f"{ends} and {event.occurrence.entry.words} are due at the same moment, {_when(event)}, and either may come "
        f"first. If the start does, {stays}; otherwise {name} will be stopped, then started again. "
        "Leave a few minutes between them"
    )
    return _warning(Kind.SAME_MOMENT, message, event, planned, ending.schedule)


def _warning(kind: Kind, message: str, event: Event, planned: PlannedModel, *others: str) -> PlanWarning:
    schedules = tuple(dict.fromkeys((event.occurrence.entry.schedule, *others)))
    return PlanWarning(
        kind=kind,
        message=message,
        schedules=schedules,
        models=(planned.model.id,),
        action=event.occurrence.entry.action,
        at=event.occurrence.moment,
    )


def _when(event: Event) -> str:
    return written(event.occurrence.moment, event.occurrence.entry.shown_in)


def _since(run: Run) -> str:
    return f'started on {written(run.begin, run.started_by.shown_in)} by "{run.started_by.schedule}"'


def _why(planned: PlannedModel, moment: datetime) -> str:
    """Return why nothing runs at a moment: the lease that ended before, or that nothing was started."""
    before = next((stretch for stretch in reversed(planned.stretches) if stretch.until <= moment), None)
    if before is not None and before.stretch.by_lease and before.stretch.ended_by is not None:
        leased_by = before.stretch.ended_by
        return f'the lease of "{leased_by.schedule}" will have ended on {written(before.until, leased_by.shown_in)}'
    return f"{planned.model.name} will not be running"


def _changes(event: Event, run: Run) -> str:
    """Return what a start of a running model keeps and changes."""
    entry, moment = event.occurrence.entry, event.occurrence.moment
    after, changes = run.joined_by(event.occurrence), []
    if entry.inference_units != run.started_by.inference_units:
        kept, asked = run.started_by.inference_units, entry.inference_units
        changes.append(f"it keeps {kept:,} inference unit{'' if kept == 1 else 's'} and does not get {asked:,}")
    if after.lease_end is not None and after.lease_end != run.lease_end:
        changes.append(f"its lease will be extended to {written(after.lease_end, entry.shown_in)}")
    elif run.lease_end is not None:
        changes.append(f"its lease will still end on {written(run.lease_end, run.started_by.shown_in)}")
    elif entry.lease_end(moment) is not None:
        changes.append("it was started without a lease, so it gets none")
    return ", and ".join(changes) or "nothing will change"


def _cuts(entry: Entry, run: Run) -> bool:
    """Return whether the stop belongs to another run than the one that it ends."""
    return entry.schedule != run.started_by.schedule and (entry.paired or run.started_by.paired)


def _at_once(before: Event, event: Event) -> bool:
    return (
        before.occurrence.moment == event.occurrence.moment
        and before.occurrence.entry.action == "stop"
        and event.occurrence.entry.action == "start"
    )
