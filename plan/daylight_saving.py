"""What daylight saving time does to schedules."""

from collections.abc import Iterator
from datetime import UTC
from itertools import pairwise

from plan.entries import Entry
from plan.occurrences import OddTime
from plan.plan import PlannedModel, PlannedStretch
from plan.plan_warning import Kind, PlanWarning
from plan.times import day, written
from schedule_expressions.rate import Rate


def warnings(planned: PlannedModel) -> Iterator[PlanWarning]:
    """Yield local times that come never or twice, stretches with a change of clocks, and times in UTC that shift."""
    for odd in planned.odd_times:
        entry = odd.entry
        yield PlanWarning(
            kind=Kind.SKIPPED if odd.skipped else Kind.DOUBLED,
            message=_skipped(odd) if odd.skipped else _doubled(odd),
            schedules=(entry.schedule,),
            models=(planned.model.id,),
            action=entry.action,
            at=odd.moment,
        )
    for stretch in planned.stretches:
        yield from _within(stretch, planned)
    for entry in planned.entries:
        yield from _moved(entry, planned)


def _skipped(odd: OddTime) -> str:
    return (
        f"{odd.entry.words} on {day(odd.local)} will not happen: "
        f"clocks in {odd.entry.zone} go forward that day and skip {odd.local:%H:%M}"
    )


def _doubled(odd: OddTime) -> str:
    return (
        f"{odd.entry.words} on {day(odd.local)} will happen once, at {odd.moment:%H:%M} UTC: "
        f"clocks in {odd.entry.zone} go back that day and show {odd.local:%H:%M} twice"
    )


def _within(stretch: PlannedStretch, planned: PlannedModel) -> Iterator[PlanWarning]:
    entry = stretch.stretch.started_by
    begin, until = (moment.astimezone(entry.shown_in) for moment in (stretch.begin, stretch.until))
    # By the clock: what the local times differ by.
    by_the_clock = (until.replace(tzinfo=None) - begin.replace(tzinfo=None)).total_seconds() / 3600
    if begin.utcoffset() != until.utcoffset():
        yield PlanWarning(
            kind=Kind.CLOCKS_CHANGE,
            message=f"{planned.model.name} will run {stretch.hours:,.2f} hours from {written(begin, entry.shown_in)} "
            f"to {written(until, entry.shown_in)}, not {by_the_clock:,.2f}: clocks change in between",
            schedules=(entry.schedule,),
            models=(planned.model.id,),
            at=stretch.begin,
        )


def _moved(entry: Entry, planned: PlannedModel) -> Iterator[PlanWarning]:
    """Yield an entry in UTC, seen in a time zone whose clocks change."""
    if entry.zoned or isinstance(entry.expression, Rate):
        return
    times = [
        event.occurrence.moment.astimezone(entry.shown_in)
        for event in planned.events
        if event.occurrence.entry is entry
    ]
    for before, after in pairwise(times):
        if before.utcoffset() != after.utcoffset():
            yield PlanWarning(
                kind=Kind.MEANT_IN_UTC,
                message=f"{entry.words} is in UTC, so its local time in {entry.shown_in} will shift "
                f"on {written(after, entry.shown_in)}, when clocks change. "
                'To prevent that, give the schedule a "time_zone"',
                schedules=(entry.schedule,),
                models=(planned.model.id,),
                action=entry.action,
                at=after.astimezone(UTC),
            )
