"""What the watch counts of the budget, once an hour."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from model_lifecycle.model.budget import ALL, Budget, BudgetStanding, Period
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import (
    BUDGET_PERIOD,
    LATE,
    Ledger,
    Stretch,
    count_on,
    measured,
    runs_of,
    usd_by_project,
)
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.stop_request import StopRequest
from model_lifecycle.vocabulary.values import dataclass

TOLD_AT = (50, 80, 100)
"""Percents of a budget."""


@dataclass(frozen=True, kw_only=True)
class SeenModel:
    """A model as the watch saw it. `units`: of one that runs; `since`: since when, if that is known."""

    request: StopRequest
    record: ModelRecord
    units: int | None
    since: datetime | None


def periods_of(budget: Budget, before: Sequence[Ledger], *, zone: tzinfo, now: datetime) -> list[Period]:
    """Return what is to be counted, the latest first: the present period, and the one before until that is done."""
    present = Period.of(now, budget.per, zone)
    last = present.before(budget.per, zone)
    return [present, *(last for ledger in before if ledger.is_of(last) and not ledger.closed)]


def counted(
    seen: Sequence[SeenModel],
    points: Mapping[str, Sequence[Datapoint]],
    before: Sequence[Ledger],
    periods: Sequence[Period],
    *,
    all_seen: bool,
    now: datetime,
) -> list[Ledger]:
    """Return the ledgers of these periods.

    `points`: of the models that could be measured. `all_seen`: whether there are no others than those that were seen.
    """
    return [_counted(seen, points, before, period, all_seen=all_seen, now=now) for period in periods]


def _counted(
    seen: Sequence[SeenModel],
    points: Mapping[str, Sequence[Datapoint]],
    before: Sequence[Ledger],
    period: Period,
    *,
    all_seen: bool,
    now: datetime,
) -> Ledger:
    until = min(now, period.ends_at)
    known = next((ledger for ledger in before if ledger.is_of(period)), None)
    ids = {model.request.model_id for model in seen}
    running: dict[str, float] = {model.request.model_id: model.units for model in seen if model.units is not None}
    records = {model.request.model_id: model.record for model in seen}
    # It stands for what nobody can measure.
    unit_seconds = count_on(before, records, period, until=until)
    if all_seen:
        # What is not there any more was stopped before it was deleted.
        was = known.unit_seconds if known else {}
        unit_seconds = {
            model_id: seconds if model_id in ids else was[model_id]
            for model_id, seconds in unit_seconds.items()
            if model_id in ids or model_id in was
        }
    elif before:
        running |= {model_id: units for model_id, units in before[0].running.items() if model_id not in ids}
    for model in seen:
        of_period = [
            point
            for point in points.get(model.request.model_id, ())
            if period.begins_at <= point.at and point.at + BUDGET_PERIOD <= until
        ]
        if of_period:
            unit_seconds[model.request.model_id] = _measured(model, of_period, period, until=until)
    return Ledger(
        begins_at=period.begins_at,
        ends_at=period.ends_at,
        until=until,
        unit_seconds={model_id: round(seconds, 3) for model_id, seconds in unit_seconds.items()},
        running=running,
        told=known.told if known else {},
        closed=now - period.ends_at >= LATE,
    )


def _measured(model: SeenModel, points: Sequence[Datapoint], period: Period, *, until: datetime) -> float:
    runs = runs_of(model.record, until=until)
    if model.units is not None and all(run.until < until for run in runs):
        runs.append(Stretch(model.since or points[-1].at, until, model.units))
    return measured(points, runs, period, until=until, runs_now=model.units is not None)


def standings_of(budget: Budget, ledger: Ledger, *, price: float) -> list[BudgetStanding]:
    """Return where the budget stands by a ledger."""
    period = Period(ledger.begins_at, ledger.ends_at)
    return budget.standings(usd_by_project(ledger.unit_seconds, price), period)


def untold(ledger: Ledger, standings: Iterable[BudgetStanding]) -> Iterator[BudgetStanding]:
    """Return what people are to hear: each percent that is reached, once."""
    for standing in standings:
        told = ledger.told.get(standing.project or ALL, ())
        for percent in TOLD_AT:
            if standing.percent >= percent and percent not in told:
                yield replace(standing, reached=percent)


def having_told(ledger: Ledger, standings: Iterable[BudgetStanding], told: Iterable[BudgetStanding]) -> Ledger:
    """Return the ledger after that was told. What a raised budget has not reached any more is told again one day."""
    now_told = [*told]
    return replace(
        ledger,
        told={
            standing.project or ALL: [
                percent
                for percent in TOLD_AT
                if standing.percent >= percent
                and (
                    percent in ledger.told.get(standing.project or ALL, ())
                    or replace(standing, reached=percent) in now_told
                )
            ]
            for standing in standings
        },
    )


def to_be_stopped(
    seen: Iterable[SeenModel], standings: Sequence[BudgetStanding]
) -> Iterator[tuple[SeenModel, BudgetStanding]]:
    """Return the models that run although their budget is spent, with that budget.

    Those that were started to ignore it, in this day or month, are left running.
    """
    for model in seen:
        spent = [each for each in standings if each.is_spent and each.project in (None, model.request.project)]
        ignored_at = model.record.budget_ignored_at
        if model.units is not None and spent and not (ignored_at and ignored_at >= spent[0].begins_at):
            yield model, spent[0]
