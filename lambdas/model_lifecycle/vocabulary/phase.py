"""What a status means for a start and for a stop: two tables, one per service, and one look-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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


_CAN_START = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED)
# Whether a failed model can be started again is not documented: before our own start, the service decides.
_CAN_PERHAPS_START = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED, refusal_is_final=True)
_STOPPED = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED, is_stop=True)
_STOPS = StatusMeaning(
    before=Phase.BLOCKED, after=Phase.FAILED, stop_before=Phase.STOPPING, stop_after=Phase.STOPPING, is_stop=True
)
_CANNOT_START_YET = StatusMeaning(before=Phase.BLOCKED, after=Phase.FAILED)
_CAN_NEVER_START = StatusMeaning(before=Phase.FAILED, after=Phase.FAILED)
# Stopped before, and starting or running again: someone wants it.
_COMES_UP = StatusMeaning(before=Phase.STARTING, after=Phase.STARTING, stop_before=Phase.BLOCKED, may_bill=True)
_RUNS = StatusMeaning(before=Phase.RUNNING, after=Phase.RUNNING, stop_before=Phase.STOPPABLE, may_bill=True)
# An update of the system is nobody's stop: what was starting before it comes up after it.
_UPDATES = StatusMeaning(
    before=Phase.BLOCKED,
    after=Phase.STARTING,
    stop_before=Phase.BLOCKED,
    stop_after=Phase.STOPPING,
    may_bill=True,
)
# A start gives up on what nobody has heard of. For a stop the service decides: it may bill.
_UNKNOWN = StatusMeaning(
    before=Phase.FAILED,
    after=Phase.FAILED,
    stop_before=Phase.STOPPABLE,
    stop_after=Phase.FAILED,
    may_bill=True,
    refusal_is_final=True,
)

REKOGNITION: Mapping[str, StatusMeaning] = {
    "TRAINING_IN_PROGRESS": _CANNOT_START_YET,
    "TRAINING_COMPLETED": _CAN_START,
    "TRAINING_FAILED": _CAN_NEVER_START,
    "STARTING": _COMES_UP,
    "RUNNING": _RUNS,
    "FAILED": _CAN_PERHAPS_START,
    "STOPPING": _STOPS,
    "STOPPED": _STOPPED,
    "DELETING": _CAN_NEVER_START,
    "COPYING_IN_PROGRESS": _CANNOT_START_YET,
    "COPYING_COMPLETED": _CAN_START,
    "COPYING_FAILED": _CAN_NEVER_START,
    "DEPRECATED": _CAN_NEVER_START,
    "EXPIRED": _CAN_NEVER_START,
}
"""Statuses of `ProjectVersionStatus` in botocore 1.44.5."""


LOOKOUT_VISION: Mapping[str, StatusMeaning] = {
    "TRAINING": _CANNOT_START_YET,
    "TRAINED": _STOPPED,
    "TRAINING_FAILED": _CAN_NEVER_START,
    "STARTING_HOSTING": _COMES_UP,
    "HOSTED": _RUNS,
    "HOSTING_FAILED": _CAN_PERHAPS_START,
    "STOPPING_HOSTING": _STOPS,
    "SYSTEM_UPDATING": _UPDATES,
    "DELETING": _CAN_NEVER_START,
}
"""Statuses of `ModelStatus` in the service's API reference, 2020-11-20."""

NEVER_SEEN = ""
"""The status of a model that could not be looked at."""


def meaning_of(status: str, statuses: Mapping[str, StatusMeaning]) -> StatusMeaning:
    """The meaning of a status in its service's table.

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
