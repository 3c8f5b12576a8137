"""More models at once than an account may run."""

from collections import defaultdict
from collections.abc import Iterator

from plan.plan import Plan
from plan.plan_warning import Kind, PlanWarning
from plan.times import written

RUNNING_MODELS = 2
"""The default quota of either service for an account and Region."""


def warnings(plan: Plan) -> Iterator[PlanWarning]:
    """One for each start that is one too many of its service."""
    changes = defaultdict(list)
    for planned in plan.models:
        for stretch in planned.stretches:
            # At one moment, an end comes before a beginning.
            changes[planned.model.service].append((stretch.begin, True, planned.model, stretch.stretch.started_by))
            changes[planned.model.service].append((stretch.until, False, planned.model, stretch.stretch.started_by))
    for service, of_service in changes.items():
        running: dict[str, str] = {}
        for moment, begins, model, started_by in sorted(of_service, key=lambda change: change[:3]):
            if not begins:
                del running[model.id]
                continue
            running[model.id] = model.name
            if len(running) > RUNNING_MODELS:
                yield PlanWarning(
                    kind=Kind.TOO_MANY_MODELS,
                    message=_message(written(moment, started_by.shown_in), started_by.words, model.name, service),
                    schedules=(started_by.schedule,),
                    models=tuple(running),
                    at=moment,
                )


def _message(when: str, start: str, model: str, service: str) -> str:
    return (
        f"{start} on {when} starts {model} while {RUNNING_MODELS} other models of {service} run, "
        "as many as an account may by default: a start beyond that waits for a place, or fails at its deadline"
    )
