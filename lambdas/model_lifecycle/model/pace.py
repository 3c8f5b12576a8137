"""The seam to the pace of a service's calls: all executions together make fewer than five a second.

That is how many of each operation a service takes of an account by default. Whoever wants to make calls reserves a
place in one queue a service. Stops have a queue of their own before it, since a stop is money.
"""

from datetime import datetime, timedelta
from typing import Protocol

from model_lifecycle.vocabulary.values import dataclass

BETWEEN_CALLS = timedelta(milliseconds=260)
"""With what may be made at once, fewer than 50 calls in any 10 seconds, even if some come a second late."""
AT_ONCE = 4
"""So many calls are made at once after a pause: a lone start takes three."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """When it is somebody's turn to make some calls.

    `first`: whether those who go first cannot come in between. `pushed`: by how many milliseconds they had put off all
    others when the slot was given.
    """

    at: datetime
    first: bool
    pushed: int = 0


@dataclass(frozen=True, kw_only=True)
class Queue:
    """How the queue of a service stands: from when on nobody waits, and by how much it was put off until now."""

    free_at: datetime
    pushed: int

    def turn(self, slot: Slot) -> datetime:
        """Return when it is the slot's turn, as things stand."""
        return slot.at if slot.first else slot.at + timedelta(milliseconds=self.pushed - slot.pushed)


class Pace(Protocol):
    """The queues of all services, by the names of the services. Both methods raise as `Model` does."""

    def reserve(self, service: str, calls: int, *, first: bool, now: datetime) -> tuple[Slot, Queue]:
        """Take the next slot for so many calls, and tell how the queue stands after that."""
        ...

    def queue(self, service: str, *, now: datetime) -> Queue:
        """Tell how the queue stands."""
        ...
