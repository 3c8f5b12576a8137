"""What ran in a period: counted by the watch once an hour, and since then by the records of the models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

from model_lifecycle.model.budget import ALL, Budget, BudgetStanding, Period
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.registry import service_named
from model_lifecycle.vocabulary.values import dataclass

BUDGET_PERIOD = timedelta(minutes=5)
"""CloudWatch keeps it for 63 days, longer than a month, and every midnight begins one."""

LATE = timedelta(minutes=15)
"""The last datapoints are not there yet."""


class Stretch(NamedTuple):
    """From when until when a model ran with so many inference units."""

    since: datetime
    until: datetime
    units: float

    def within(self, since: datetime, until: datetime) -> float:
        """Return how many seconds it ran between two moments, times its units."""
        return max(0.0, (min(self.until, until) - max(self.since, since)).total_seconds()) * self.units


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What the watch counted of one period up to `until`. Everything by model ids.

    `unit_seconds`: seconds times inference units. `running`: the units of the models that ran then. `told`: which
    percents people were told of which budget (by project; `ALL`). `closed`: nothing of it is to be counted any more.
    """

    begins_at: datetime
    ends_at: datetime
    until: datetime
    unit_seconds: Mapping[str, float] = field(default_factory=dict)
    running: Mapping[str, float] = field(default_factory=dict)
    told: Mapping[str, Sequence[int]] = field(default_factory=dict)
    closed: bool = False

    def is_of(self, period: Period) -> bool:
        """Tell whether it is that period's."""
        return (self.begins_at, self.ends_at) == (period.begins_at, period.ends_at)


class Ledgers(Protocol):
    """What the watch has counted, the latest period first. Every method raises as `Model` does."""

    def ledgers(self) -> Sequence[Ledger]:
        """Return what is written."""
        ...

    def records(self) -> Mapping[str, ModelRecord]:
        """Return the records of all models, by their ids."""
        ...


class Spending:
    """What is spent of the budget now."""

    def __init__(self, budget: Budget, ledgers: Ledgers) -> None:
        self._budget = budget
        self._ledgers = ledgers

    def standing(self, request: ModelRequest, *, price: float, now: datetime) -> BudgetStanding | None:
        """Return the budget, of those for the request's model, of which the most is spent; None without one.

        `price`: of an inference unit for an hour. Raises as `Model` does.
        """
        standings = self.standings(price=price, zone=request.zone, now=now)
        of_model = [each for each in standings if each.project in (None, request.project)]
        return max(of_model, key=lambda each: each.percent, default=None)

    def standings(self, *, price: float, zone: tzinfo, now: datetime) -> list[BudgetStanding]:
        """Return where the budget of all models, and of each project, stands. Raises as `Model` does."""
        period = Period.of(now, self._budget.per, zone)
        counted = count_on(self._ledgers.ledgers(), self._ledgers.records(), period, until=now)
        return self._budget.standings(usd_by_project(counted, price), period)


def count_on(
    ledgers: Sequence[Ledger], records: Mapping[str, ModelRecord], period: Period, *, until: datetime
) -> dict[str, float]:
    """Return the unit seconds of a period until a moment in it, by model ids.

    What has run since the watch looked last is known from the records, or goes on as it was then.
    """
    latest = ledgers[0] if ledgers else None
    known = next((ledger for ledger in ledgers if ledger.is_of(period)), None)
    since = known.until if known else period.begins_at
    found = dict(known.unit_seconds) if known else {}
    running = latest.running if latest and latest.until <= until else {}
    for model_id in records.keys() | running.keys():
        record = records.get(model_id, ModelRecord())
        stretches = [stretch for stretch in runs_of(record, until=until) if stretch.until > since]
        stopped = latest is not None and record.stopped_at is not None and record.stopped_at > latest.until
        if not stretches and model_id in running and not stopped:
            stretches = [Stretch(since, until, running[model_id])]
        if added := sum(stretch.within(since, until) for stretch in stretches):
            found[model_id] = found.get(model_id, 0.0) + added
    return found


def measured(
    points: Sequence[Datapoint], runs: Iterable[Stretch], period: Period, *, until: datetime, runs_now: bool
) -> float:
    """Return the unit seconds of a period until a moment in it, of a model that the service measures.

    `points`: of `BUDGET_PERIOD`, oldest first, at least one. `runs`: what the record knows, for what is not measured
    yet, or was not. A model that does not run may have been stopped behind the app's back: what was measured counts.
    """
    found = sum(point.units for point in points) * BUDGET_PERIOD.total_seconds()
    last = points[-1].at + BUDGET_PERIOD
    for run in runs:
        is_measured = any(run.since < point.at + BUDGET_PERIOD and point.at < run.until for point in points)
        unknown = last if runs_now else max(last, until - LATE)
        found += run.within(max(period.begins_at, unknown) if is_measured else period.begins_at, until)
    return found


def runs_of(record: ModelRecord, *, until: datetime) -> list[Stretch]:
    """Return the last runs that a record knows, oldest first, up to a moment: of one that was never seen, nothing."""
    runs = [Stretch(*run) for run in record.past_runs_told]
    if record.ran_at is not None and all(run.since != record.ran_at.replace(microsecond=0) for run in runs):
        runs.append(Stretch(record.ran_at, record.stopped_at or until, record.min_inference_units or 1))
    return runs


def usd_by_project(unit_seconds: Mapping[str, float], price: float) -> dict[str, float]:
    """Return what that cost, by the names of the models' projects."""
    found: dict[str, float] = {}
    for model_id, seconds in unit_seconds.items():
        project = project_of(model_id)
        found[project] = found.get(project, 0.0) + seconds / 3_600 * price
    return found


def project_of(model_id: str) -> str:
    """Return the name of a model's project; `ALL` of an id that no service here has made."""
    name, *values = model_id.split(" ")
    try:
        service = service_named(name)
        return service.project({field.name: value for field, value in zip(service.required, values, strict=True)})
    except (LookupError, ValueError):
        return ALL
