"""The lines of a model's table: its events, and what no event shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from plan.plan import PlannedModel, PlannedStretch
from plan.stretches import Effect
from plan.times import written

WITHOUT_EFFECT = {Effect.RUNS_ALREADY, Effect.NOTHING_RUNS, Effect.LEASE_OVER, Effect.CALLED_OFF}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a model's table. `stretch`: the one that it ends. `rank`: the order at one moment."""

    moment: datetime
    zone: ZoneInfo
    what: str
    schedule: str
    stretch: PlannedStretch | None = None
    without_effect: bool = False
    rank: int = 1


def rows(planned: PlannedModel) -> list[Row]:
    """Return the lines in order of time."""
    return sorted([*_of_events(planned), *_of_edges(planned)], key=lambda row: (row.moment, row.rank))


def _of_events(planned: PlannedModel) -> Iterator[Row]:
    stopped = {
        (stretch.until, stretch.stretch.ended_by.schedule): stretch
        for stretch in planned.stretches
        if stretch.stretch.ended_by is not None and not stretch.stretch.by_lease and not stretch.goes_on
    }
    for event in planned.events:
        entry, moment = event.occurrence.entry, event.occurrence.moment
        yield Row(
            moment=moment,
            zone=entry.shown_in,
            what=entry.action,
            schedule=entry.schedule,
            stretch=stopped.get((moment, entry.schedule)) if event.effect is Effect.STOPS else None,
            without_effect=event.effect in WITHOUT_EFFECT,
        )
        if event.occurrence.ready_by is not None:
            yield Row(
                moment=event.occurrence.ready_by,
                zone=entry.shown_in,
                what="ready by",
                schedule=entry.schedule,
                without_effect=event.effect in WITHOUT_EFFECT,
            )


def _of_edges(planned: PlannedModel) -> Iterator[Row]:
    """Yield what no occurrence shows: runs under way at the beginning or the end, and ends of leases."""
    for stretch in planned.stretches:
        started_by, ended_by = stretch.stretch.started_by, stretch.stretch.ended_by
        if stretch.runs_since_before:
            yield Row(moment=stretch.begin, zone=started_by.shown_in, what="runs", schedule=started_by.schedule, rank=0)
        if stretch.goes_on:
            until = (
                f"until {written(stretch.stretch.end, started_by.shown_in)}" if stretch.stretch.end else "without end"
            )
            yield Row(
                moment=stretch.until,
                zone=started_by.shown_in,
                what="runs on",
                schedule=until,
                stretch=stretch,
                rank=2,
            )
        elif stretch.stretch.by_lease and ended_by is not None:
            yield Row(
                moment=stretch.until,
                zone=ended_by.shown_in,
                what="lease ends",
                schedule=ended_by.schedule,
                stretch=stretch,
                rank=0,
            )
