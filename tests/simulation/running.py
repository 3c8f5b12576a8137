"""An execution under way in a simulated world."""

from dataclasses import dataclass, field
from datetime import datetime

from model_lifecycle.endings.message import Message
from model_lifecycle.vocabulary.phase import Goal
from tests.simulation import model_life as lived
from tests.simulation.machine import End


@dataclass
class Step:
    """One run of one function that takes a step. `heard`: its answer reached the machine."""

    number: int
    began: datetime
    ended: datetime | None = None
    heard: bool = False


@dataclass
class Visit:
    """One state's turn: a step with all its tries, and how the model was after it."""

    began: datetime
    ended: datetime
    status: str


@dataclass(kw_only=True)
class Running(lived.Execution):
    """An execution as it goes on. `told_by`: which function's run made its message."""

    goal: Goal
    end: End | None = None
    steps: list[Step] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    message: Message | None = None
    told_by: int = 0
