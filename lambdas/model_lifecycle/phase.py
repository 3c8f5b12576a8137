"""What a status means for a start: two tables, one per service, and one look-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What the start does next."""

    STARTABLE = "STARTABLE"
    """Ask for the start. Only ever inside "Start model": the state machine does not see it."""
    BLOCKED = "BLOCKED"
    """Come back to "Start model" later: it will become startable, or the service cannot answer now."""
    STARTING = "STARTING"
    """Look again later."""
    RUNNING = "RUNNING"
    """Done."""
    FAILED = "FAILED"
    """Give up: it cannot run, or not by this start."""
    OVERDUE = "OVERDUE"
    """Give up: the deadline has passed. No status means this; only the clock does."""


@dataclass(frozen=True)
class StatusMeaning:
    """What one status means.

    `before`: for an execution that has neither asked for a start nor joined one. `after`: for one that has.
    `may_bill`: whether a model in it bills, or comes to bill if nobody does anything.
    `refusal_is_final`: whether a start that the service refused in it is not asked for again.
    `is_stop`: whether a model that was starting comes into it by a stop.
    """

    before: Phase
    after: Phase
    may_bill: bool = False
    refusal_is_final: bool = False
    is_stop: bool = False


_CAN_START = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED)
# Whether a failed model can be started again is not documented: before our own start, the service decides.
_CAN_PERHAPS_START = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED, refusal_is_final=True)
_STOPPED = StatusMeaning(before=Phase.STARTABLE, after=Phase.FAILED, is_stop=True)
_STOPS = StatusMeaning(before=Phase.BLOCKED, after=Phase.FAILED, is_stop=True)
_CANNOT_START_YET = StatusMeaning(before=Phase.BLOCKED, after=Phase.FAILED)
_CAN_NEVER_START = StatusMeaning(before=Phase.FAILED, after=Phase.FAILED)
_COMES_UP = StatusMeaning(before=Phase.STARTING, after=Phase.STARTING, may_bill=True)
_RUNS = StatusMeaning(before=Phase.RUNNING, after=Phase.RUNNING, may_bill=True)
_UNKNOWN = StatusMeaning(before=Phase.FAILED, after=Phase.FAILED, may_bill=True)

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
    # An update of the system is nobody's stop: what was starting before it comes up after it.
    "SYSTEM_UPDATING": StatusMeaning(before=Phase.BLOCKED, after=Phase.STARTING, may_bill=True),
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


def phase_of(status: str, statuses: Mapping[str, StatusMeaning], *, begun: bool) -> Phase:
    """Tell the loop whether to finish, look again, ask again or give up.

    `begun` tells whether this execution asked for the start or joined one. From then on a model that stops was
    stopped by someone: FAILED, and never started again behind their back.
    """
    meaning = meaning_of(status, statuses)
    return meaning.after if begun else meaning.before
