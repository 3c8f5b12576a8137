"""From when until when a model runs, by what happens to it.

The rules are those of start-model and stop-model. A start of a running model joins it. Of several leases, the latest
end counts. A run without a lease has no end of its own. A stop ends any run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from plan.entries import Entry
from plan.occurrences import Occurrence


class Effect(StrEnum):
    """What an occurrence does to its model."""

    STARTS = "Starts"
    STOPS = "Stops"
    RUNS_ALREADY = "RunsAlready"
    NOTHING_RUNS = "NothingRuns"
    LEASE_OVER = "LeaseOver"
    CALLED_OFF = "CalledOff"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run under way. `lease_end`: when its lease stops it; None without a lease."""

    begin: datetime
    started_by: Entry
    lease_end: datetime | None
    leased_by: Entry | None

    def joined_by(self, start: Occurrence) -> "Run":
        """Return the run after another start, which changes only a lease, and only to a later end."""
        end = start.entry.lease_end(start.ready_by or start.moment)
        if self.lease_end is None or end is None or end <= self.lease_end:
            return self
        return replace(self, lease_end=end, leased_by=start.entry)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From when until when a model runs, in UTC.

    `leased`: whether a lease is in force. `end`: None where nothing ends it.
    `ended_by`: the entry that stops it, or that has leased it if it ends `by_lease`.
    """

    begin: datetime
    started_by: Entry
    leased: bool
    end: datetime | None = None
    ended_by: Entry | None = None
    by_lease: bool = False


@dataclass(frozen=True, kw_only=True)
class Event:
    """An occurrence, its effect, and the run that it found, if any. `called_off_by`: the stop that came before it."""

    occurrence: Occurrence
    effect: Effect
    found: Run | None
    called_off_by: Occurrence | None = None


@dataclass(frozen=True, kw_only=True)
class Life:
    """The events and the stretches of one model in their order, and the run that is under way at the end."""

    events: Sequence[Event]
    stretches: Sequence[Stretch]
    run: Run | None


def live(occurrences: Iterable[Occurrence], *, run: Run | None, until: datetime) -> Life:
    """Let a model live through occurrences until a moment, from a run under way or None.

    At one moment a lease's end comes before a start, and a stop before both.
    """
    events: list[Event] = []
    stretches: list[Stretch] = []
    stopped_nothing: Occurrence | None = None
    for occurrence in sorted(occurrences, key=_order):
        stops = occurrence.entry.action == "stop"
        if run is not None and run.lease_end is not None and _over(run.lease_end, occurrence, stops=stops):
            stretches.append(_ended_by_lease(run))
            run = None
        effect = _effect(occurrence, run)
        called_off_by = None
        if effect is Effect.NOTHING_RUNS:
            stopped_nothing = occurrence
        elif not stops and stopped_nothing is not None and stopped_nothing.moment > occurrence.waits_from:
            effect, called_off_by = Effect.CALLED_OFF, stopped_nothing
        events.append(Event(occurrence=occurrence, effect=effect, found=run, called_off_by=called_off_by))
        if run is None:
            run = _begun(occurrence) if effect is Effect.STARTS else None
        elif effect is Effect.STOPS:
            stretches.append(replace(stretch_under_way(run), end=occurrence.moment, ended_by=occurrence.entry))
            run = None
        elif effect is Effect.RUNS_ALREADY:
            run = run.joined_by(occurrence)
    if run is not None and run.lease_end is not None and run.lease_end < until:
        stretches.append(_ended_by_lease(run))
        run = None
    return Life(events=events, stretches=stretches, run=run)


def _order(occurrence: Occurrence) -> tuple[datetime, bool, str]:
    return occurrence.moment, occurrence.entry.action == "start", occurrence.entry.schedule


def _over(lease_end: datetime, occurrence: Occurrence, *, stops: bool) -> bool:
    return lease_end < occurrence.moment if stops else lease_end <= occurrence.moment


def _effect(occurrence: Occurrence, run: Run | None) -> Effect:
    if occurrence.entry.action == "stop":
        return Effect.NOTHING_RUNS if run is None else Effect.STOPS
    lease_end = occurrence.entry.lease_end(occurrence.ready_by or occurrence.moment)
    if lease_end is not None and lease_end <= occurrence.moment:
        return Effect.LEASE_OVER
    return Effect.STARTS if run is None else Effect.RUNS_ALREADY


def _begun(start: Occurrence) -> Run:
    lease_end = start.entry.lease_end(start.ready_by or start.moment)
    return Run(
        begin=start.moment,
        started_by=start.entry,
        lease_end=lease_end,
        leased_by=start.entry if lease_end is not None else None,
    )


def _ended_by_lease(run: Run) -> Stretch:
    return replace(stretch_under_way(run), end=run.lease_end, ended_by=run.leased_by, by_lease=True)


def stretch_under_way(run: Run) -> Stretch:
    """Return what is known of a run's stretch before it has ended."""
    return Stretch(begin=run.begin, started_by=run.started_by, leased=run.lease_end is not None)
