"""Scheduled models that the watch does not look at."""

from collections.abc import Iterator
from itertools import groupby

from plan.plan import Plan
from plan.plan_warning import Kind, PlanWarning


def warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Yield one warning for each service that the settings leave out."""
    unwatched = sorted(
        (planned for planned in plan.models if not plan.watches(planned.model.service)),
        key=lambda planned: planned.model.service,
    )
    for service, models in groupby(unwatched, key=lambda planned: planned.model.service):
        of_service = list(models)
        yield PlanWarning(
            kind=Kind.NOT_WATCHED,
            message=f"the watch does not look at {service} models: if a stop gets lost, nothing makes up for it. "
            f'To change that, add "{service}" to watched_services',
            schedules=tuple(sorted({entry.schedule for planned in of_service for entry in planned.entries})),
            models=tuple(planned.model.id for planned in of_service),
        )
