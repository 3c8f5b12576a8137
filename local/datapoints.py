"""Samples of a metric, put together as CloudWatch does: by period and by statistic."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_FINEST_DAYS = 15
_FINE_DAYS = 63
_MINUTE, _FIVE_MINUTES, _HOUR = timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)


@dataclass(frozen=True)
class Sample:
    """One or more values that were put for one moment."""

    moment: datetime
    minimum: float
    maximum: float
    total: float
    count: float = 1
    unit: str | None = None

    @classmethod
    def of(cls, moment: datetime, value: float, unit: str | None) -> "Sample":
        """Make a sample of one value."""
        return cls(moment, value, value, value, unit=unit)


STATISTICS: dict[str, Callable[[list[Sample]], float]] = {
    "Average": lambda samples: sum(sample.total for sample in samples) / sum(sample.count for sample in samples),
    "Maximum": lambda samples: max(sample.maximum for sample in samples),
    "Minimum": lambda samples: min(sample.minimum for sample in samples),
    "SampleCount": lambda samples: sum(sample.count for sample in samples),
    "Sum": lambda samples: sum(sample.total for sample in samples),
}


def rounded(start: datetime, now: datetime) -> datetime:
    """Round the beginning of a request down: the older, the coarser.

    Source: StartTime in the API reference of GetMetricData.
    """
    age = now - start
    step = _MINUTE
    if age > timedelta(days=_FINEST_DAYS):
        step = _HOUR if age > timedelta(days=_FINE_DAYS) else _FIVE_MINUTES
    return start - (start - datetime.min.replace(tzinfo=start.tzinfo)) % step


def oldest(period: timedelta, now: datetime) -> datetime:
    """Tell how far back there is data for a period.

    Source: Period in the API reference of MetricStat.
    """
    if period % _HOUR == timedelta(0):
        return now - timedelta(days=455)
    return now - timedelta(days=_FINE_DAYS if period % _FIVE_MINUTES == timedelta(0) else _FINEST_DAYS)


def by_period(samples: Iterable[Sample], start: datetime, period: timedelta) -> dict[datetime, list[Sample]]:
    """Gather samples under the beginnings of their periods, oldest first; the periods count from `start`."""
    gathered: defaultdict[datetime, list[Sample]] = defaultdict(list)
    for sample in samples:
        gathered[sample.moment - (sample.moment - start) % period].append(sample)
    return dict(sorted(gathered.items()))
