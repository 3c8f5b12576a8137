"""What clocks that are put forth and back do to schedules."""

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
    """Local times that come never or twice, stretches with a change of clocks, and times in UTC that move."""
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
        f"{odd.entry.words} on {day(odd.local)} does not happen: "
        f"the clocks of {odd.entry.zone} are put forth that day and never show {odd.local:%H:%M}"
    )


def _doubled(odd: OddTime) -> str:
    return (
        f"{odd.entry.words} on {day(odd.local)} happens once: the clocks of {odd.entry.zone} are put back that day and "
        f"show {odd.local:%H:%M} twice; the first time counts, {odd.moment:%H:%M} UTC"
    )


def _within(stretch: PlannedStretch, planned: PlannedModel) -> Iterator[PlanWarning]:
    entry = stretch.stretch.started_by
    begin, until = (moment.astimezone(entry.shown_in) for moment in (stretch.begin, stretch.until))
    # By the clock: what the local times differ by.
    by_the_clock = (until.replace(tzinfo=None) - begin.replace(tzinfo=None)).total_seconds() / 3600
    if begin.utcoffset() != until.utcoffset():
        yield PlanWarning(
            kind=Kind.CLOCKS_CHANGE,
            message=f"{planned.model.name} runs {stretch.hours:,.2f} hours from {written(begin, entry.shown_in)} to "
            f"{written(until, entry.shown_in)}, not {by_the_clock:,.2f}: the clocks change in between",
            schedules=(entry.schedule,),
            models=(planned.model.id,),
            at=stretch.begin,
        )


def _moved(entry: Entry, planned: PlannedModel) -> Iterator[PlanWarning]:
    """An entry in UTC, seen in a time zone whose clocks change."""
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
                message=f"{entry.words} is meant in UTC: from {written(after, entry.shown_in)} on its times move "
                f"by the clocks of {entry.shown_in}; with a time_zone they would not",
                schedules=(entry.schedule,),
                models=(planned.model.id,),
                action=entry.action,
                at=after.astimezone(UTC),
            )
