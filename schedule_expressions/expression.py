"""What every schedule expression can tell."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from schedule_expressions.local_time import firing


class ScheduleExpression(ABC):
    """When something fires."""

    @abstractmethod
    def next_after(self, moment: datetime, tz: tzinfo = UTC) -> datetime | None:
        """Return the next moment, in UTC, after an aware one; `None` if there is none any more.

        `tz` is the time zone in which the expression is meant.
        """


class LocalTimes(ScheduleExpression):
    """An expression that names times of the local clock."""

    @abstractmethod
    def local_times(self, start: datetime) -> Iterator[datetime]:
        """Yield the local times in their order, without a zone, from the beginning of a day on."""

    def next_after(self, moment: datetime, tz: tzinfo = UTC) -> datetime | None:
        """Return the next firing.

        A local time that daylight saving skips does not fire, one that it doubles fires the first time only.
        """
        # Clocks go back by hours at most: what comes later in UTC does not lie a day back by the local clock.
        start = moment.astimezone(tz).replace(tzinfo=None) - timedelta(days=1)
        for local in self.local_times(start):
            fires = firing(local, tz)
            if fires is not None and fires > moment:
                return fires
        return None
