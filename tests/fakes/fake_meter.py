"""What a service measures of one model, in memory."""

from datetime import datetime
from typing import TYPE_CHECKING

from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.model_request import ModelRequest

if TYPE_CHECKING:
    from model_lifecycle.vocabulary.errors import ModelLifecycleError


class FakeMeter:
    """The `Meter` of one model: `measured` is what it tells, `trouble` what it raises instead, while it is set."""

    def __init__(self) -> None:
        self.measured: list[Datapoint] = []
        self.trouble: ModelLifecycleError | None = None

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:  # noqa: ARG002 - one model
        """What was measured up to that moment."""
        if self.trouble:
            raise self.trouble
        return [point for point in self.measured if point.at <= until]
