"""Fleets under way that are larger than what the account may run at a time."""

from collections.abc import Iterable, Iterator, Mapping

from model_lifecycle.services.registry import SERVICES
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.wording import execution
from operations.deployment import Deployment
from operations.doctor.checks.quotas import quotas_of
from operations.doctor.finding import Answer, ok, warning
from operations.errors import OperationsError
from operations.side_by_side import SideBySide
from operations.status.fleet import Fleet
from operations.status.fleets import begin_listing, fleets_of
from plan.quota import Quotas


def look(deployment: Deployment) -> Iterator[Answer]:
    """Read which start models now, and then the quotas. Raises OperationsError."""
    with SideBySide() as side:
        fleets = fleets_of(side, deployment.aws, begin_listing(side, deployment), dict.fromkeys(Goal))
    if side.failures:
        raise OperationsError(side.failures[0])
    starting = [fleet for fleet in fleets or () if fleet.goal is Goal.RUNNING]
    wanted = [service for service in SERVICES if any(fleet.of_service.get(service.name) for fleet in starting)]
    yield from answers(starting, {service.name: quotas_of(service, deployment.aws) for service in wanted})


def answers(fleets: Iterable[Fleet], quotas: Mapping[str, Quotas]) -> Iterator[Answer]:
    """Say of each whether all its models may run at the same time. `quotas`: by the names of services."""
    for fleet in fleets:
        says = f"a fleet of {fleet.models} is being started ({execution(fleet.execution)})"
        larger = [(name, one) for name, one in quotas.items() if fleet.of_service.get(name, 0) > one.running_models]
        for service, quota in larger:
            yield warning(
                f"{says}, but {quota.who} run {quota.running_models:,} {service} models: the others wait until one "
                "stops, and fail at their deadlines",
                "Give its models leases, stop what nobody needs, or request a higher quota in Service Quotas.",
            )
        if not larger:
            yield ok(says)
