"""Every model of one service."""

from collections.abc import Sequence

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.services.service import Listed, Service


class ServiceCatalog:
    """The `Catalog` of some projects; of none named, of all in this account and Region."""

    def __init__(self, service: Service, project_arns: Sequence[str], calls: ServiceCalls) -> None:
        self._service = service
        self._projects = [service.project_named(arn) for arn in project_arns]
        self._calls = calls

    @property
    def knows_projects(self) -> bool:
        """Whether some are named."""
        return bool(self._projects)

    def projects(self) -> Sequence[str]:
        """Return them as the service names them."""
        if self._projects:
            return self._projects
        with self._calls.errors():
            return self._service.projects(self._calls)

    def models(self, project: str) -> Sequence[Listed]:
        """Return what the service lists."""
        with self._calls.errors():
            return self._service.models(project, self._calls)
