"""When to look again: a pure function of how long the wait has lasted.

Lag is what costs. A model that runs unnoticed for a minute costs as much as 2,667 state transitions, so it pays to
look often where models usually come up (2 to 20 minutes in), and seldom before and long after.
"""

from math import ceil

MAX_CHECKS = 2_000
"""Checks that fit into one execution: one costs 9 of its 25,000 history events, and retries want the rest."""

_INTERVALS = ((120, 15), (1_200, 10), (3_600, 30))
"""(waited less than so many seconds, look again after so many seconds)."""
_LAST_INTERVAL = 60


def next_check_seconds(
    *, waited: float, remaining: float, timeout_seconds: int, fixed_interval: int | None = None
) -> int:
    """Whole seconds until the next look, at least 1.

    `waited`: seconds since the model was first seen in its present phase. `remaining`: seconds to the deadline; the
    last look falls on it. `timeout_seconds`: from the execution's start to the deadline. `fixed_interval`: what
    the request asks for instead of the policy. Either way it is stretched so that at most 2,000 looks fit.
    """
    interval = _policy(waited) if fixed_interval is None else fixed_interval
    interval = max(interval, ceil(timeout_seconds / MAX_CHECKS))
    return max(1, min(interval, ceil(remaining)))


def _policy(waited: float) -> int:
    return next((interval for until, interval in _INTERVALS if waited < until), _LAST_INTERVAL)
