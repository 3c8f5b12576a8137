"""What is remembered of one model, in memory."""

from dataclasses import replace
from typing import TYPE_CHECKING

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import ModelRequest

if TYPE_CHECKING:
    from model_lifecycle.vocabulary.errors import ModelLifecycleError


class FakeRecords:
    """The `ModelRecords` of one model.

    `trouble` is what every call gets instead of an answer, as long as it is set; `write_troubles` is what the next
    writes get, one after the other. `meanwhile` is what someone else writes just before the next write.
    """

    def __init__(self) -> None:
        self.record = ModelRecord()
        self.trouble: ModelLifecycleError | None = None
        self.write_troubles: list[ModelLifecycleError | None] = []
        self.meanwhile: ModelRecord | None = None

    def read(self, request: ModelRequest) -> ModelRecord:  # noqa: ARG002 - there is one model
        """The record as it stands."""
        if self.trouble:
            raise self.trouble
        return self.record

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:  # noqa: ARG002
        """Write it, unless another version stands there."""
        if self.trouble:
            raise self.trouble
        if self.write_troubles and (trouble := self.write_troubles.pop(0)):
            raise trouble
        if self.meanwhile:
            self.record, self.meanwhile = self.meanwhile, None
        if before.version != self.record.version:
            return None
        self.record = replace(after, version=before.version + 1)
        return self.record
