"""Every warning of a plan: of those that are alike, one that counts them."""

from dataclasses import replace

from plan import daylight_saving, quota, runs, surprises, watched
from plan.plan import Plan
from plan.plan_warning import Kind, PlanWarning


def warnings_of(plan: Plan) -> list[PlanWarning]:
    """The warnings, the costliest kind first. Alike are those of one kind and the same entry and models."""
    found = [*quota.warnings(plan), *watched.warnings(plan)]
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
