"""A step is taken when its calls have their turn; until then the state machine waits, which costs no function."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from model_lifecycle.model.pace import Pace, Queue
from model_lifecycle.steps.polling import least_seconds_between_steps
from model_lifecycle.steps.progress import AnyProgress
from model_lifecycle.vocabulary.errors import ModelLifecycleError
from model_lifecycle.vocabulary.phase import Goal, Phase

_SOON = timedelta(seconds=0.5)
"""A wait takes whole seconds."""
_TOO_LATE = timedelta(seconds=5)
"""Who comes so late goes among those who go first, or many who are late would come at once."""
_LONGEST_QUEUE = timedelta(hours=1)
"""Ten thousand calls do not take that long. A turn that is later was written by a wrong clock: nobody waits for it."""


def in_turn(
    progress: AnyProgress, take: Callable[[AnyProgress], AnyProgress], pace: Pace, *, now: datetime
) -> AnyProgress:
    """Take the step, or tell in how many seconds it is its turn. No error of `Pace` gets out: then it is its turn."""
    service, slot = progress.request.service.name, progress.slot
    calls = _calls(progress)
    try:
        if slot is None:
            slot, queue = pace.reserve(service, calls, first=_goes_first(progress, now), now=now)
        else:
            queue = pace.queue(service, now=now)
            if not slot.first and (_goes_first(progress, now) or now > queue.turn(slot) + _TOO_LATE):
                slot, queue = pace.reserve(service, calls, first=True, now=now)
    except ModelLifecycleError:
        # The services throttle as well, and that is waited out.
        return take(replace(progress, slot=None, faults=progress.faults + 1))
    if now + _SOON < (turn := queue.turn(slot)) <= now + _LONGEST_QUEUE:
        return replace(progress, slot=slot, next_check_seconds=_wait(progress, turn, now))
    return _with_next_slot(take(replace(progress, slot=None)), pace, queue, now=now)


def _with_next_slot(progress: AnyProgress, pace: Pace, queue: Queue, *, now: datetime) -> AnyProgress:
    """Reserve the next slot at once if it will not come before the next look is due, which saves coming twice."""
    if progress.next_check_seconds is None or _goes_first(progress, now):
        return progress
    due = now + timedelta(seconds=progress.next_check_seconds)
    if not due < queue.free_at < min(progress.deadline, now + _LONGEST_QUEUE):
        return progress
    try:
        slot, queue = pace.reserve(progress.request.service.name, _calls(progress), first=False, now=now)
    except ModelLifecycleError:
        # The next step tries, and tells.
        return progress
    wait = max(progress.next_check_seconds, _wait(progress, queue.turn(slot), now))
    return replace(progress, slot=slot, next_check_seconds=wait)


def _goes_first(progress: AnyProgress, now: datetime) -> bool:
    """Tell whether it goes before all others: a stop is money, and the deadline of a start is a promise."""
    return progress.GOAL is Goal.STOPPED or now >= progress.deadline


def _calls(progress: AnyProgress) -> int:
    """Return how many calls a step usually makes: in this phase the state machine looks and asks, else it looks."""
    request = progress.request
    return int(request.service.calls_of_a_look(request.identity)) + (progress.phase is Phase.BLOCKED)


def _wait(progress: AnyProgress, turn: datetime, now: datetime) -> int:
    """Return whole seconds until then, or until the deadline if that comes before."""
    end = turn if now >= progress.deadline else min(turn, progress.deadline)
    least = least_seconds_between_steps(progress.timeout_seconds(progress.request))
    return max(least, ceil((end - now).total_seconds()))
