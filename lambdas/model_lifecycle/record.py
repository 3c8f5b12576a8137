"""What is remembered of a model beyond one execution: who asked for its latest start.

A step that dies between its start call and its answer leaves no other trace.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from model_lifecycle.request import Request


@dataclass(frozen=True, kw_only=True)
class ModelRecord:
    """The record of one model. `version` counts its changes; 0 is a model of which nothing is remembered.

    `latest_start`: the ARN of the execution that asked last. `asked_at`: when it was about to ask. `status_when_asked`:
    the status in which it asked.
    """

    version: int = 0
    latest_start: str | None = None
    asked_at: datetime | None = None
    status_when_asked: str | None = None


class ModelRecords(Protocol):
    """The records of all models. Every method raises as `Model` does."""

    def read(self, request: Request) -> ModelRecord:
        """What is remembered of the request's model."""
        ...

    def replace(self, request: Request, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """Write `after` where `before` stands, and give it with its version; None if something else stands there.

        Of two writers one wins, and the other sees it.
        """
        ...
