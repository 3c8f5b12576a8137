"""How long the starts of a model usually take, by those that are remembered: pure."""

from collections.abc import Iterable
from dataclasses import field
from statistics import median
from typing import Self

from model_lifecycle.requests.ready_by import LONGEST_LEAD_SECONDS
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import between

FEWEST = 3
"""Of fewer starts nobody can say what is usual."""

# What took three times as long as most, or a third, was something else: a start of a day, or a clock put forward.
_FAR_OFF = 3
# One start in eleven takes longer than the ten before it, mostly by little. Nobody is to hear of that.
_LONGER_BY, _LONGER_BY_SECONDS = 1.25, 60


@dataclass(frozen=True, kw_only=True)
class UsualStart:
    """The shortest and the longest of some starts, and how many they are."""

    least_seconds: int = field(metadata={"minimum": 1})
    most_seconds: int = field(metadata={"minimum": 1})
    starts: int = field(metadata={"minimum": FEWEST})

    @classmethod
    def of(cls, start_seconds: Iterable[int]) -> Self | None:
        """Return what is usual by how long the last starts took; None if fewer than three say so."""
        known = [seconds for seconds in start_seconds if seconds > 0]
        middle = median(known or [0])
        near = [seconds for seconds in known if middle / _FAR_OFF <= seconds <= middle * _FAR_OFF]
        if len(near) < FEWEST:
            return None
        return cls(least_seconds=min(near), most_seconds=max(near), starts=len(near))

    @classmethod
    def lead(cls, start_seconds: Iterable[int], *, unless_known: int) -> int:
        """Return how many seconds before its time a start is requested: as many as 95 % of the remembered ones need.

        Of ten that is the longest. At most an hour, whatever is remembered.
        """
        usual = cls.of(start_seconds)
        return min(usual.most_seconds if usual else unless_known, LONGEST_LEAD_SECONDS)

    @property
    def in_words(self) -> str:
        """Such as `9 to 12 min`."""
        return between(self.least_seconds, self.most_seconds)

    def outlasted_by(self, seconds: float) -> bool:
        """Tell whether a start that goes on for so long is worth telling: it clearly takes longer than any before."""
        return seconds > max(self.most_seconds * _LONGER_BY, self.most_seconds + _LONGER_BY_SECONDS)
