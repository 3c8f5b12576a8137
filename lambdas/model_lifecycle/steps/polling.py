"""When to look again: pure functions of how long a wait has lasted, and of what is left of it."""

from math import ceil

MAX_CHECKS = 2_000
"""Checks that fit into one execution: one costs 9 of its 25,000 history events, and retries want the rest."""

_INTERVALS = ((120, 15), (1_200, 10), (3_600, 30))
"""(waited less than so many seconds, look again after so many seconds)."""
_LAST_INTERVAL = 60


def usual_interval(waited: float) -> int:
    """Return seconds to the next look at what nothing is known of: a stop, or a start that cannot be asked for yet.

    `waited`: seconds since the model was first seen in its present phase.
    """
    return next((interval for until, interval in _INTERVALS if waited < until), _LAST_INTERVAL)


def next_check_seconds(interval: int, *, remaining: float, timeout_seconds: int) -> int:
    """Return whole seconds until the next look, at least 1: `interval`, as far as the execution allows.

    `remaining`: seconds to the deadline; the last look falls on it. `timeout_seconds`: from the execution's start to
    the deadline. The interval is stretched so that at most 2,000 looks fit.
    """
    interval = max(interval, least_seconds_between_steps(timeout_seconds))
    return max(1, min(interval, ceil(remaining)))


def least_seconds_between_steps(timeout_seconds: int) -> int:
    """Return so many whole seconds that at most 2,000 steps fit before the deadline."""
    return ceil(timeout_seconds / MAX_CHECKS)
