"""Statistics of a metric's samples, by period, as CloudWatch computes them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
_FIVE_MINUTES = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
_FINEST_FOR = timedelta(days=15)
_FINE_FOR = timedelta(days=63)
_KEPT_FOR = timedelta(days=455)


@dataclass(frozen=True)
class Sample:
    """One or more values of one moment, or of the rest of its period."""

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

    def with_(self, other: "Sample") -> "Sample":
        """Add the values of another one of the same moment."""
        return Sample(
            self.moment,
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
            self.total + other.total,
            self.count + other.count,
            self.unit,
        )


STATISTICS: dict[str, Callable[[list[Sample]], float]] = {
    "Average": lambda samples: sum(sample.total for sample in samples) / sum(sample.count for sample in samples),
    "Maximum": lambda samples: max(sample.maximum for sample in samples),
    "Minimum": lambda samples: min(sample.minimum for sample in samples),
    "SampleCount": lambda samples: sum(sample.count for sample in samples),
    "Sum": lambda samples: sum(sample.total for sample in samples),
}


@dataclass(frozen=True)
class Window:
    """A time that is asked for: data from `since` on, before `end`, in periods that count from `start`."""

    start: datetime
    end: datetime
    period: timedelta
    since: datetime

    @classmethod
    def asked(cls, start: datetime, end: datetime, period: timedelta, now: datetime) -> "Window":
        """Round the start down, the older, the coarser, and leave out what is too old for the period.

        Source: StartTime in the API reference of GetMetricData, and Period in that of MetricStat.
        """
        begin = floor(start, _precision(now - start))
        return cls(begin, end, period, max(begin, _oldest(period, now)))

    def has(self, moment: datetime) -> bool:
        """Tell whether data of a moment belong here."""
        return self.since <= moment < self.end

    def period_of(self, moment: datetime) -> datetime:
        """Tell the beginning of the period to which a moment belongs."""
        return moment - (moment - self.start) % self.period

    def gather(self, samples: Iterable[Sample]) -> dict[datetime, list[Sample]]:
        """Gather samples under the beginnings of their periods, oldest first."""
        gathered: defaultdict[datetime, list[Sample]] = defaultdict(list)
        for sample in samples:
            gathered[self.period_of(sample.moment)].append(sample)
        return dict(sorted(gathered.items()))


def floor(moment: datetime, step: timedelta) -> datetime:
    """Round a moment down to a step that divides a day."""
    return moment - (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) % step


def _precision(age: timedelta) -> timedelta:
    if age <= _FINEST_FOR:
        return MINUTE
    return _FIVE_MINUTES if age <= _FINE_FOR else _HOUR


def _oldest(period: timedelta, now: datetime) -> datetime:
    if period % _HOUR == timedelta(0):
        return now - _KEPT_FOR
    return now - (_FINE_FOR if period % _FIVE_MINUTES == timedelta(0) else _FINEST_FOR)
