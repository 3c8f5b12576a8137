"""What a check says, in one line."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is: the worst one is the exit status."""

    OK = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """As people read it."""
        return self.name.lower()


@dataclass(frozen=True)
class Answer:
    """What a check found. `mend`: what to do about it; empty if nothing needs to be done."""

    level: Level
    says: str
    mend: str = ""


@dataclass(frozen=True)
class Finding:
    """An answer, with the name of its check."""

    check: str
    answer: Answer


def ok(says: str) -> Answer:
    """Say that nothing needs to be done."""
    return Answer(Level.OK, says)


def warning(says: str, mend: str) -> Answer:
    """Say that it works, and will not always."""
    return Answer(Level.WARNING, says, mend)


def error(says: str, mend: str) -> Answer:
    """Say what does not work, or costs money now."""
    return Answer(Level.ERROR, says, mend)
