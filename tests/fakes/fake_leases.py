"""The stops that are armed for the leases of one model, in memory."""

from typing import TYPE_CHECKING

from model_lifecycle.model.lease import Lease
from model_lifecycle.requests.model_request import ModelRequest

if TYPE_CHECKING:
    from model_lifecycle.vocabulary.errors import ModelLifecycleError


class FakeLeases:
    """The `Leases` of one model.

    `armed`: the stops that are armed, in the order in which they were. `trouble` is what every call gets instead of an
    answer, as long as it is set.
    """

    def __init__(self) -> None:
        self.armed: list[Lease] = []
        self.trouble: ModelLifecycleError | None = None

    def arm(self, request: ModelRequest, lease: Lease) -> None:  # noqa: ARG002 - there is one model
        """Arm it; one that is armed is not armed twice."""
        if self.trouble:
            raise self.trouble
        if lease not in self.armed:
            self.armed.append(lease)

    def disarm(self, request: ModelRequest, lease: Lease) -> None:  # noqa: ARG002
        """Take it back, if it is armed."""
        if self.trouble:
            raise self.trouble
        self.armed = [armed for armed in self.armed if armed != lease]
