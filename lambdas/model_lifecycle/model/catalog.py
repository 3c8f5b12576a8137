"""The seam to the services for what there is: which models, whoever made them."""

from collections.abc import Sequence
from typing import Protocol

from model_lifecycle.services.service import Listed


class Catalog(Protocol):
    """The models of one service."""

    @property
    def knows_projects(self) -> bool:
        """Whether the projects are those of the settings, so that the service is not asked for them."""
        ...

    def projects(self) -> Sequence[str]:
        """Return the projects that are watched, as the service names them. Raises as `Model` does."""
        ...

    def models(self, project: str) -> Sequence[Listed]:
        """Return every model of one of them. Raises as `Model` does."""
        ...
