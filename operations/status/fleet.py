"""A fleet under way: one execution for many models."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from model_lifecycle.vocabulary.phase import Goal
from operations.status.origin import Origin


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """An execution of start-models or stop-models. `total`: of how many models; None if that is not known (yet).

    `of_service`: how many of them are of each service. `done`, `failed`: how many executions of models ended well, and
    otherwise; None if that could not be read. `under_way`: the ARNs of those that have not ended. `redrives`: how often
    it was redriven.
    """

    execution: str
    goal: Goal
    since: datetime
    redrives: int
    started_by: Origin
    total: int | None
    of_service: Mapping[str, int]
    done: int | None
    failed: int | None
    under_way: tuple[str, ...]

    @property
    def models(self) -> str:
        """What it is about, in words."""
        if self.total is None:
            return "a project's models"
        return "1 model" if self.total == 1 else f"{self.total:,} models"
