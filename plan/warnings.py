"""All warnings of a plan. Those that are alike become one, with their number."""

from collections.abc import Mapping
from dataclasses import replace

from plan import budget, daylight_saving, quota, runs, surprises, time_zones, watched
from plan.plan import Plan
from plan.plan_warning import Kind, PlanWarning
from plan.quota import Quotas


def warnings_of(plan: Plan, quotas: Mapping[str, Quotas] | None = None) -> list[PlanWarning]:
    """Return the warnings, the costliest kind first. Alike are those of one kind with the same entry and models.

    `quotas`: the account's, by the service; the defaults where they are not known.
    """
    found = [*budget.warnings(plan), *quota.warnings(plan, quotas), *watched.warnings(plan), *time_zones.warnings(plan)]
    for planned in plan.models:
        found += [
            *runs.warnings(planned, plan),
            *daylight_saving.warnings(planned),
            *surprises.warnings(planned),
        ]
    alike: dict[tuple[object, ...], PlanWarning] = {}
    for warning in found:
        key = (warning.kind, warning.schedules, warning.action, warning.models)
        first = alike.setdefault(key, replace(warning, times=0))
        alike[key] = replace(first, times=first.times + 1)
    order = list(Kind)
    return sorted(alike.values(), key=lambda warning: order.index(warning.kind))
