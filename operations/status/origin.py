"""What started an execution, as far as its name and its input tell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from model_lifecycle.vocabulary.wording import execution
from operations.status.recurring import Recurring

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OF_AN_EVENT = re.compile(f"{_UUID}_{_UUID}")
_OF_A_SCHEDULE = re.compile(f"{_UUID}(?:_{_UUID})?")


class By(StrEnum):
    """What started it."""

    SCHEDULE = "Schedule"
    """A schedule of the settings."""
    EVENT = "Event"
    """An event, by EventBridge."""
    EXECUTION = "Execution"
    """An execution of another state machine, as its child."""
    CALLER = "Caller"
    """A person in the console, or a program: AWS gives both the same names."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """An execution, and what started it. `name`: of the schedule, or the ARN of the execution."""

    execution: str
    by: By
    name: str | None = None

    def __str__(self) -> str:
        named = execution(self.execution)
        match self.by:
            case By.SCHEDULE:
                return f'the schedule "{self.name}" ({named})'
            case By.EVENT:
                return f"an event ({named})"
            case By.EXECUTION if self.name:
                return f"{execution(self.name)} ({named})"
        return f"a person or a program ({named})"


def origin(
    arn: str, *, began: datetime | None, model_id: str, schedules: Iterable[Recurring], parent: str | None
) -> Origin:
    """Return what started an execution of start-model. `began`: when, if that is known.

    A schedule that was due then started it, if the name is one that nobody gives: EventBridge Scheduler names
    executions by a UUID, and a rule by two.
    """
    if parent is not None:
        return Origin(execution=arn, by=By.EXECUTION, name=parent)
    name = arn.rpartition(":")[2]
    if began is not None and _OF_A_SCHEDULE.fullmatch(name):
        for each in schedules:
            if each.action == "start" and each.model_id == model_id and each.fired(began):
                return Origin(execution=arn, by=By.SCHEDULE, name=each.name)
    return Origin(execution=arn, by=By.EVENT if _OF_AN_EVENT.fullmatch(name) else By.CALLER)
