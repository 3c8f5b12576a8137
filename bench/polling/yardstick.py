"""The yardstick: many starts of many models, and what each way to poll costs for them."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, log
from random import Random
from statistics import NormalDist, fmean

from bench.polling.ways import BETWEEN_MODELS, SAME_FOR_ALL, USD_PER_HOUR, WAYS, Model, Way, until
from model_lifecycle.steps.coming_up import LOOK_USD, TYPICAL_SECONDS

MODELS = 400
STARTS_OF_EACH = 50
REMEMBERED = 10
SCATTERS = (0.05, 0.15)
"""The standard deviations of the logarithms of what the starts of one model take."""


@dataclass(frozen=True)
class Found:
    """What one way costs a start, in cents, with the looks and the lag; the lags of 95 % of the starts, in seconds.

    `p95_of_slow`: that lag of starts which take three times as long as the model's starts take.
    """

    way: str
    scatter: float
    cents: float
    looks: float
    p95: float
    p95_of_slow: float


def measured(*, models: int = MODELS, seed: int = 1, done: Callable[[], object] = bool) -> Iterator[Found]:
    """Measure each way with each scatter. `done` is called after each."""
    for scatter in SCATTERS:
        # The same starts for each way.
        chosen = list(models_of(models, scatter, Random(seed)))  # noqa: S311 - nothing is secret
        for name, way in WAYS.items():
            yield _found(name, way, scatter, chosen)
            done()


def models_of(number: int, scatter: float, random: Random) -> Iterator[tuple[Model, list[float]]]:
    """Yield so many models, each with what the starts took that are measured."""
    of_models = NormalDist(log(TYPICAL_SECONDS), BETWEEN_MODELS)
    for place in range(number):
        # As even as 400 can stand for all: chance would change the result by more than the ways differ.
        median = exp(of_models.inv_cdf((place + 0.5) / number))
        durations = [median * exp(random.gauss(0, scatter)) for _ in range(REMEMBERED + STARTS_OF_EACH)]
        yield Model(median, scatter, durations[:REMEMBERED]), durations[REMEMBERED:]


def _found(name: str, way: Way, scatter: float, models: list[tuple[Model, list[float]]]) -> Found:
    longest = 3 * max(duration for _, durations in models for duration in durations)
    same = until(way(models[0][0]), longest) if name in SAME_FOR_ALL else None
    looks: list[int] = []
    lags: list[float] = []
    slow: list[float] = []
    for model, durations in models:
        moments = same or until(way(model), 3 * max(durations))
        for duration in durations:
            place = bisect_left(moments, duration)
            looks.append(place + 1)
            lags.append(moments[place] - duration)
            slow.append(moments[bisect_left(moments, 3 * duration)] - 3 * duration)
    usd = fmean(looks) * LOOK_USD + fmean(lags) * USD_PER_HOUR / 3_600
    return Found(name, scatter, usd * 100, fmean(looks), p95(lags), p95(slow))


def p95(values: list[float]) -> float:
    """Return what 95 % of the values do not exceed."""
    return sorted(values)[int(len(values) * 0.95)]
