"""Ways to poll: each says when it looks at a model of which it knows some starts, or even how long they take."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import erfc, exp, log, pi, sqrt

from model_lifecycle.steps.coming_up import TYPICAL_SECONDS, ComingUp, seconds_until_due
from model_lifecycle.steps.polling import usual_interval

USD_PER_HOUR = 4.0
BETWEEN_MODELS = 0.5
"""The standard deviation of the logarithms of what the starts of different models take."""
_A_DAY = 86_400


@dataclass(frozen=True)
class Model:
    """What one model's starts take: lognormal around a median, in seconds; and what some starts took."""

    median: float
    scatter: float
    remembered: Sequence[float]


Way = Callable[[Model], Iterator[float]]
"""Gives the moments of the looks at a model that does not come up, in seconds since its start was asked for."""


def _each_after(interval: Callable[[float], int]) -> Iterator[float]:
    waited = 0.0
    while True:
        waited += interval(waited)
        yield waited


def _waiter(_: Model) -> Iterator[float]:
    # https://boto3.amazonaws.com/v1/documentation/api/latest/reference/services/rekognition/waiter/ProjectVersionRunning.html
    return _each_after(lambda _: 30)


def _table(_: Model) -> Iterator[float]:
    return _each_after(usual_interval)


def _by_memory(remembered: Sequence[float]) -> Iterator[float]:
    coming_up = ComingUp(remembered)
    return _each_after(lambda waited: coming_up.seconds_to_next_look(waited, usd_per_hour=USD_PER_HOUR))


def _knowing(median: float, scatter: float) -> Iterator[float]:
    """Look as it is best for one who knows what starts take, and how much they differ."""

    def hazard(waited: float) -> float:
        z = (log(waited) - log(median)) / scatter
        later = erfc(z / sqrt(2)) / 2
        # Far out, where both are 0 to a computer, their quotient comes near to z.
        quotient = exp(-z * z / 2) / sqrt(2 * pi) / later if later > 0 else z
        return quotient / (scatter * waited)

    return _each_after(lambda waited: seconds_until_due(hazard, waited, usd_per_hour=USD_PER_HOUR, longest=_A_DAY))


WAYS: dict[str, Way] = {
    "boto3's waiter, every 30 s": _waiter,
    "version 0.1.0": _table,
    "this app, nothing remembered": lambda _: _by_memory([]),
    "best without knowing the model": lambda model: _knowing(
        TYPICAL_SECONDS, sqrt(BETWEEN_MODELS**2 + model.scatter**2)
    ),
    "this app, 3 starts remembered": lambda model: _by_memory(model.remembered[:3]),
    "this app, 10 starts remembered": lambda model: _by_memory(model.remembered),
    "this app, 1 of the 10 took a day": lambda model: _by_memory([*model.remembered[1:], _A_DAY]),
    "best, knowing the model": lambda model: _knowing(model.median, model.scatter),
}
SAME_FOR_ALL = frozenset(list(WAYS)[:4])
"""These look at every model at the same moments."""


def until(moments: Iterator[float], last: float) -> list[float]:
    """Return the moments of the looks, up to the first that is not before the last one."""
    made: list[float] = []
    for moment in moments:
        made.append(moment)
        if moment >= last:
            break
    return made
