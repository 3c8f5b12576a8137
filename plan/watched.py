"""Models that nobody watches, though they are scheduled."""

from collections.abc import Iterator
from itertools import groupby

from plan.plan import Plan
from plan.plan_warning import Kind, PlanWarning


def warnings(plan: Plan) -> Iterator[PlanWarning]:
    """One for each service that the settings leave out."""
    unwatched = sorted(
        (planned for planned in plan.models if not plan.watches(planned.model.service)),
        key=lambda planned: planned.model.service,
    )
    for service, models in groupby(unwatched, key=lambda planned: planned.model.service):
        of_service = list(models)
        yield PlanWarning(
            kind=Kind.NOT_WATCHED,
            message=f"the watch leaves out {service}, which watched_services does not name: "
            "a stop that gets lost is not made up for",
            schedules=tuple(sorted({entry.schedule for planned in of_service for entry in planned.entries})),
            models=tuple(planned.model.id for planned in of_service),
        )
