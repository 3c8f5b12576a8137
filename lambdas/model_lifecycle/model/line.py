"""The line of starts that wait for a place in the account's quota of a service: who comes first gets the next place.

How many places there are, and which are free, the service alone knows. The line says only whose turn it is to ask.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.values import dataclass

LONGEST_LOOK = 60
"""Who stands in line is there again after so many seconds, at the latest."""

HOLDS = timedelta(seconds=3 * LONGEST_LOOK)
"""Nobody waits any longer for one that was not there: its execution was aborted or has died."""

PATIENCE = timedelta(minutes=5)
"""The first in line may want what it cannot get, such as more inference units than the account has for a model. So
often the others ask, too, at once after it was refused: what they get then, it could not have had.
"""

_TROUBLED = timedelta(seconds=30)
_AT_ONCE = timedelta(seconds=5)
_DOUBTED = timedelta(minutes=10)
_FORGOTTEN_AFTER = timedelta(minutes=15)
_MOST = 200
"""An item of DynamoDB has room for twice as many with the longest names."""


@dataclass(frozen=True, kw_only=True)
class Waiter:
    """A start in line. `since`: what its place goes by. `seen_at`: when it was there last. `refused_at`: when the
    service refused it last; None if it has not asked yet. `returns_at`: when it is there again.
    """

    execution_arn: str
    project: str
    version: str
    since: datetime
    seen_at: datetime
    returns_at: datetime
    refused_at: datetime | None = None

    @property
    def model(self) -> str:
        """The name of its model."""
        return f"{self.project}/{self.version}"


@dataclass(frozen=True)
class Line:
    """Who waits. `probed_at`: when someone last asked out of turn. `passed_at`: when one of these got a place."""

    waiters: Sequence[Waiter] = ()
    probed_at: datetime | None = None
    passed_at: datetime | None = None

    def waiter(self, execution_arn: str) -> Waiter | None:
        """Return how a start stands in line, if it does."""
        return next((each for each in self.waiters if each.execution_arn == execution_arn), None)

    def place_of(self, execution_arn: str) -> datetime | None:
        """Return what the place of a start goes by, if it has one."""
        found = self.waiter(execution_arn)
        return found.since if found else None

    def waits_in_vain_for(self, execution_arn: str, *, now: datetime) -> bool:
        """Tell whether a start in line should long have asked again, and others wait for nothing."""
        found = self.waiter(execution_arn)
        return found is not None and now - found.returns_at > _TROUBLED

    def ahead_of(self, execution_arn: str, since: datetime, *, now: datetime) -> list[Waiter]:
        """Return those who come before a start with such a place, and are alive, in order."""
        place = (since, execution_arn)
        return [each for each in self.alive(now) if (each.since, each.execution_arn) < place]

    def alive(self, now: datetime) -> list[Waiter]:
        """Return all who were there not long ago, in order."""
        there = (each for each in self.waiters if now - each.seen_at <= HOLDS)
        return sorted(there, key=lambda each: (each.since, each.execution_arn))

    def lets_pass(self, ahead: Sequence[Waiter], *, now: datetime) -> bool:
        """Tell whether one may ask although these come before it: all were refused just now, the first for long."""
        if not all(each.refused_at and abs(now - each.refused_at) <= _AT_ONCE for each in ahead):
            return False
        if self.passed_at is not None and now - self.passed_at <= _DOUBTED:
            return True
        # Those behind one that asks out of turn do so at once after it.
        lately = self.probed_at is not None and _AT_ONCE < now - self.probed_at < PATIENCE
        return now - ahead[0].since >= PATIENCE and not lately

    def has_room(self, now: datetime) -> bool:
        """Tell whether one more fits in."""
        return len(self.waiters) - len(self.forgotten(now)) < _MOST

    def forgotten(self, now: datetime) -> list[str]:
        """Return the executions that left without a word."""
        return [each.execution_arn for each in self.waiters if now - each.seen_at > _FORGOTTEN_AFTER]


class Lines(Protocol):
    """The lines of all services. Every method raises as `Model` does."""

    def read(self, request: ModelRequest) -> Line:
        """Return the line of the service of the request's model."""
        ...

    def enter(
        self, request: ModelRequest, waiter: Waiter, *, forget: Sequence[str] = (), probed_at: datetime | None = None
    ) -> None:
        """Stand in line, or still do, and take out those who are to be forgotten. `probed_at`: it asked out of turn."""
        ...

    def leave(self, request: ModelRequest, execution_arn: str, *, passed_at: datetime | None = None) -> None:
        """Stand in line no longer. `passed_at`: it got a place out of turn."""
        ...
