"""What the schedules come to beside the budget: of the first whole month, or of each whole day of the plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from model_lifecycle.model.budget import Budget, BudgetStanding, Per, Period
from plan.entries import Entry
from plan.plan import HORIZON, Plan, occurrences_of, running_at
from plan.plan_warning import Kind, PlanWarning
from plan.stretches import Stretch, live, stretch_under_way
from plan.times import day, written

_SECONDS_OF_AN_HOUR = 3_600


@dataclass(frozen=True, kw_only=True)
class PlannedBudget:
    """What the schedules will spend of a budget. `spent_at`: when all of it is; `refused`: the starts after that."""

    standing: BudgetStanding
    spent_at: datetime | None
    refused: Sequence[Stretch]

    def period(self, zone: tzinfo) -> str:
        """Return the day or the month for people."""
        begin = self.standing.begins_at.astimezone(zone)
        return day(begin) if self.standing.per is Per.DAY else f"{begin:%B %Y}"


def planned_budgets(
    budget: Budget, entries: Sequence[Entry], *, begin: datetime, zone: tzinfo, usd_per_unit_hour: float
) -> list[PlannedBudget]:
    """Return each budget in each whole period. `entries`: of the models that count for it."""
    found = []
    for period in _periods(begin, budget.per, zone):
        stretches = _stretches(entries, begin, period)
        for project, limit in budget.limits.items():
            counted = [each for each in stretches if project in ("", each.started_by.model.project)]
            spent_at, usd = _spent(counted, limit, usd_per_unit_hour, period)
            [standing] = Budget(usd=None, per=budget.per, by_project={project: limit}).standings({project: usd}, period)
            found.append(
                PlannedBudget(
                    standing=standing,
                    spent_at=spent_at,
                    refused=[each for each in counted if spent_at is not None and each.begin >= spent_at],
                )
            )
    return found


def _periods(begin: datetime, per: Per, zone: tzinfo) -> Iterator[Period]:
    period = Period.of(begin, per, zone)
    if period.begins_at < begin:
        period = Period.of(period.ends_at, per, zone)
    yield period
    while per is Per.DAY and (period := Period.of(period.ends_at, per, zone)).ends_at <= begin + HORIZON:
        yield period


def _stretches(entries: Sequence[Entry], begin: datetime, period: Period) -> list[Stretch]:
    """Return what runs in the period, in order of time."""
    found: list[Stretch] = []
    for model in {entry.model for entry in entries}:
        of_model = [entry for entry in entries if entry.model == model]
        life = live(
            occurrences_of(of_model, begin, period.ends_at), run=running_at(of_model, begin), until=period.ends_at
        )
        found += [*life.stretches, *([stretch_under_way(life.run)] if life.run else [])]
    return sorted(
        (each for each in found if each.begin < period.ends_at and (each.end is None or each.end > period.begins_at)),
        key=lambda each: (each.begin, each.started_by.schedule),
    )


def _spent(stretches: Sequence[Stretch], limit: float, price: float, period: Period) -> tuple[datetime | None, float]:
    """Return when the limit is reached, and what all stretches of the period cost."""
    edges: list[tuple[datetime, float]] = []
    for each in stretches:
        rate = each.started_by.inference_units * price / _SECONDS_OF_AN_HOUR
        until = min(each.end or period.ends_at, period.ends_at)
        edges += [(max(each.begin, period.begins_at), rate), (until, -rate)]
    usd, rate, spent_at, last = 0.0, 0.0, None, period.begins_at
    for moment, change in sorted(edges):
        more = (moment - last).total_seconds() * rate
        if spent_at is None and rate > 0 and usd + more >= limit:
            spent_at = last + (moment - last) * ((limit - usd) / more)
        usd, rate, last = usd + more, rate + change, moment
    return spent_at, usd


def costliest(planned: Sequence[PlannedBudget]) -> list[PlannedBudget]:
    """Return of each budget the costliest period."""
    found: dict[str | None, PlannedBudget] = {}
    for each in planned:
        before = found.setdefault(each.standing.project, each)
        if each.standing.spent_usd > before.standing.spent_usd:
            found[each.standing.project] = each
    return [*found.values()]


def warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Yield a warning of each period whose budget the schedules spend."""
    for each in plan.budgets:
        if each.spent_at is not None:
            yield _over(each, plan)


def _over(planned: PlannedBudget, plan: Plan) -> PlanWarning:
    standing, refused = planned.standing, planned.refused
    schedules = tuple(dict.fromkeys(stretch.started_by.schedule for stretch in refused))
    starts = f"{len(refused):,} start{'' if len(refused) == 1 else 's'}" if refused else "Any start"
    what = f" ({', '.join(schedules)})" if schedules else ""
    stops = ", and the models that run will be stopped" if plan.stops_over_budget else ""
    at = written(planned.spent_at or standing.ends_at, plan.time_zone)
    return PlanWarning(
        kind=Kind.BUDGET_SPENT,
        message=f"the budget {standing.in_words} will be spent on {at}: the schedules come to "
        f"{standing.spent_usd:,.2f} USD in that {standing.per}. {starts} after that{what} will be "
        f"refused{stops}. Run less, or raise {_setting(standing)}",
        schedules=schedules,
        models=tuple(dict.fromkeys(stretch.started_by.model.id for stretch in refused)),
        action="start",
        at=planned.spent_at,
    )


def _setting(standing: BudgetStanding) -> str:
    return "budget_usd" if standing.project is None else "budget_usd_by_project"
