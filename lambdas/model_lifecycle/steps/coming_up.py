"""When a model will probably be up, and how often to look meanwhile: pure, of what its last starts took.

A look costs a little, and each second in which the model runs unnoticed costs its price. With a probability of h that
it comes up in the next second, both together cost least if the looks are sqrt(2 x cost of a look / (price x h)) seconds
apart. So looks are rare before it can be up, and frequent around the time when it usually is.
"""

from collections.abc import Callable, Sequence
from math import exp, log, sqrt
from statistics import median

LOOK_USD = 3 * 0.025 / 1_000
"""A look is three state transitions. What its function costs is a hundredth of that.

https://aws.amazon.com/step-functions/pricing/
"""

TYPICAL_SECONDS = 600.0
"""Half of all models are up by then, as long as nothing is known of this one."""

_TYPICAL_SPREAD = 0.28
_WEIGHT_OF_ANY = 0.5
"""Models nobody knows count as much as half a remembered start: what is remembered may be wrong, and things change."""

LONGEST_WAIT = 60
"""Nobody waits longer than that to hear of a start that failed at once."""
_LONGEST_WHEN_DUE = 30
"""Nor longer than that once the model is usually up, however long it takes."""

# Before there are many starts, they are thought to differ from each other by a seventh.
_SPREAD, _STARTS_THAT_SAY_SO = 0.15, 2
_LEAST_SPREAD = 0.02
# So much of the spread of the starts is the spread around each of them; and the median deviation in standard ones.
_SHARE_OF_EACH, _DEVIATIONS = 0.55, 1.4826
_MOST_EXPONENT = 700.0


class ComingUp:
    """The time at which a model comes up: around each remembered start, or around that of any model.

    Each is a log-logistic distribution, whose long tail leaves room for what nobody expects.
    """

    def __init__(self, start_seconds: Sequence[float] = ()) -> None:
        """`start_seconds`: how long the model's last starts took; the order does not matter."""
        self._middle = median(start_seconds or [TYPICAL_SECONDS])
        spread = _spread([log(each) for each in start_seconds])
        self._around = [(log(TYPICAL_SECONDS), _TYPICAL_SPREAD, _WEIGHT_OF_ANY)]
        self._around += [(log(each), spread, 1.0) for each in start_seconds]

    def hazard(self, waited: float) -> float:
        """Return the probability that it comes up in the next second, if it is not up after `waited` seconds, > 0."""
        now = log(waited)
        coming = later = 0.0
        for middle, spread, weight in self._around:
            not_yet = 1 / (1 + exp(min((now - middle) / spread, _MOST_EXPONENT)))
            coming += weight * not_yet * (1 - not_yet) / (spread * waited)
            later += weight * not_yet
        return coming / later

    def seconds_to_next_look(self, waited: float, *, usd_per_hour: float) -> int:
        """Return whole seconds, at least 1 and at most 60, of a model that costs so much while it runs.

        `waited`: seconds since its start was asked for.
        """
        longest = LONGEST_WAIT if waited < self._middle else _LONGEST_WHEN_DUE
        return seconds_until_due(self.hazard, max(waited, 0.0), usd_per_hour=usd_per_hour, longest=longest)


def seconds_until_due(hazard: Callable[[float], float], waited: float, *, usd_per_hour: float, longest: int) -> int:
    """Return after how many whole seconds the next look costs less than the lag that it saves; at most `longest`.

    `hazard`: the probability that the model comes up in the next second, of the seconds waited.
    """
    looks_due = 0.0
    for seconds in range(1, longest):
        looks_due += sqrt(usd_per_hour / 3_600 * hazard(waited + seconds - 0.5) / (2 * LOOK_USD))
        if looks_due >= 1:
            return seconds
    return longest


def _spread(logarithms: list[float]) -> float:
    """Return the spread around each of some durations; one that is far off does not change it."""
    if not logarithms:
        return _LEAST_SPREAD
    middle = median(logarithms)
    deviation = _DEVIATIONS * median(abs(each - middle) for each in logarithms)
    more = len(logarithms) - 1
    mixed = (_STARTS_THAT_SAY_SO * _SPREAD**2 + more * deviation**2) / (_STARTS_THAT_SAY_SO + more)
    return _SHARE_OF_EACH * max(_LEAST_SPREAD, sqrt(mixed))
