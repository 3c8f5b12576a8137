"""The seam to the services for what there is: which models, whoever made them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Listed(NamedTuple):
    """A model that a service lists: the input fields that name it, and the status that it had then."""

    identity: dict[str, str]
    status: str


class Catalog(Protocol):
    """The models of one service."""

    def projects(self) -> Sequence[str]:
        """The projects that are watched, as the service names them. Raises as `Model` does."""
        ...

    def models(self, project: str) -> Sequence[Listed]:
        """Every model of one of them. Raises as `Model` does."""
        ...
