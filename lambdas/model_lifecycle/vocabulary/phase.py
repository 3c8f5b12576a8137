"""What an execution wants, what it does next, and what a status means for that: one look-up."""

from collections.abc import Mapping
from enum import StrEnum

from model_lifecycle.vocabulary.values import dataclass


class Goal(StrEnum):
    """What an execution wants of its model."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class Phase(StrEnum):
    """What an execution does next."""

    STARTABLE = "STARTABLE"
    """Ask for the start. Only ever inside "Start model": the state machine does not see it."""
    STOPPABLE = "STOPPABLE"
    """Ask for the stop. Only ever inside "Stop model": the state machine does not see it."""
    BLOCKED = "BLOCKED"
    """Come back to "Start model" or "Stop model" later: it cannot be asked yet, or the service cannot answer now."""
    STARTING = "STARTING"
    """Look again later."""
    STOPPING = "STOPPING"
    """Look again later."""
    RUNNING = "RUNNING"
    """Done: it runs."""
    STOPPED = "STOPPED"
    """Done: it is stopped, or someone started it again after that."""
    SUPERSEDED = "SUPERSEDED"
    """Done: the stop is not wanted any more. No status means this; only the model's record does."""
    FAILED = "FAILED"
    """Give up: it cannot be, or not by this execution."""
    OVERDUE = "OVERDUE"
    """Give up: the deadline has passed. No status means this; only the clock does."""


@dataclass(frozen=True)
class StatusMeaning:
    """What one status means.

    `before`: for an execution that has neither asked for a start nor joined one. `after`: for one that has.
    `stop_before`, `stop_after`: the same for a stop. `may_bill`: whether a model in it bills, or comes to bill if
    nobody does anything. `refusal_is_final`: whether a call that the service refused in it is not made again.
    `is_stop`: whether a model that was starting comes into it by a stop.
    """

    before: Phase
    after: Phase
    stop_before: Phase = Phase.STOPPED
    stop_after: Phase = Phase.STOPPED
    may_bill: bool = False
    refusal_is_final: bool = False
    is_stop: bool = False


# A start gives up on what nobody has heard of. For a stop the service decides: it may bill.
_UNKNOWN = StatusMeaning(
    before=Phase.FAILED,
    after=Phase.FAILED,
    stop_before=Phase.STOPPABLE,
    stop_after=Phase.FAILED,
    may_bill=True,
    refusal_is_final=True,
)

NEVER_SEEN = ""
"""The status of a model that could not be looked at."""


def meaning_of(status: str, statuses: Mapping[str, StatusMeaning]) -> StatusMeaning:
    """Return the meaning of a status in its service's table.

    A status the table does not name is FAILED: a loop that waits on the unknown waits for ever. And it may bill.
    """
    return statuses.get(status, _UNKNOWN)


def phase_of(status: str, statuses: Mapping[str, StatusMeaning], goal: Goal, *, begun: bool) -> Phase:
    """Tell the loop whether to finish, look again, ask again or give up.

    `begun` tells whether this execution asked for its goal or joined someone who did. From then on a model that turns
    back was turned by someone: a start fails, a stop is done, and neither is asked again behind their back.
    """
    meaning = meaning_of(status, statuses)
    if goal is Goal.RUNNING:
        return meaning.after if begun else meaning.before
    return meaning.stop_after if begun else meaning.stop_before
