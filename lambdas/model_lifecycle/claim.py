"""An execution's claim to be the one that asks for a model's start."""

from dataclasses import replace
from datetime import datetime

from model_lifecycle.progress import Progress
from model_lifecycle.record import ModelRecord, ModelRecords
from model_lifecycle.request import Request


class Claim:
    """Stands in the model's record before the start call goes out. Raises as `ModelRecords` does."""

    def __init__(self, request: Request, found: ModelRecord, records: ModelRecords) -> None:
        self._request = request
        self._found = found
        self._records = records
        self._made: ModelRecord | None = None

    def make(self, progress: Progress, *, now: datetime) -> bool:
        """Write it. False if another execution has written in between: that one asks."""
        after = replace(
            self._found, latest_start=progress.execution_arn, asked_at=now, status_when_asked=progress.status
        )
        self._made = self._records.replace(self._request, self._found, after)
        return self._made is not None

    def withdraw(self) -> None:
        """The start was not carried out: put back what stood there, unless another claim has come over it."""
        if self._made is not None:
            self._records.replace(self._request, self._made, self._found)
