"""The line of starts that wait for a place, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from model_lifecycle.model.line import Line, Waiter
from model_lifecycle.requests.model_request import ModelRequest
from tests.fakes.fake_seams import Seam


class FakeLines(Seam):
    """The `Lines`, of one service."""

    def __init__(self, *waiters: Waiter) -> None:
        self.line = Line(waiters)

    def read(self, request: ModelRequest) -> Line:  # noqa: ARG002
        """Return the line as it stands."""
        self.reached()
        return self.line

    def enter(
        self,
        request: ModelRequest,  # noqa: ARG002
        waiter: Waiter,
        *,
        forget: Sequence[str] = (),
        probed_at: datetime | None = None,
    ) -> None:
        """Write that it is there."""
        self.reached()
        others = self._without(waiter.execution_arn, *forget)
        self.line = replace(self.line, waiters=[*others, waiter], probed_at=probed_at or self.line.probed_at)

    def leave(self, request: ModelRequest, execution_arn: str, *, passed_at: datetime | None = None) -> None:  # noqa: ARG002
        """Take it out."""
        self.reached()
        self.line = replace(self.line, waiters=self._without(execution_arn), passed_at=passed_at or self.line.passed_at)

    def _without(self, *gone: str) -> list[Waiter]:
        return [each for each in self.line.waiters if each.execution_arn not in gone]
