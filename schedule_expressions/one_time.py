"""`at(yyyy-mm-ddThh:mm:ss)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.expression import LocalTimes


@dataclass(frozen=True)
class Once(LocalTimes):
    """One local time."""

    local: datetime

    def local_times(self, start: datetime) -> Iterator[datetime]:
        """Yield it, if its day is not over."""
        if self.local.date() >= start.date():
            yield self.local


def parse_at(text: str) -> Once:
    """Parse what stands between the parentheses. Raises `ScheduleExpressionError`."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", text):
        raise ScheduleExpressionError("it must be a local time without an offset, such as at(2027-01-31T07:30:00)")
    try:
        return Once(datetime.fromisoformat(text))
    except ValueError as error:
        raise ScheduleExpressionError(f"it must be a date and time that exist: {error}") from error
