"""`rate(value unit)`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.expression import ScheduleExpression


@dataclass(frozen=True)
class Rate(ScheduleExpression):
    """Every so often, counted from when the schedule begins. A day is 24 hours, whatever clocks do."""

    interval: timedelta

    def next_after(self, moment: datetime, tz: tzinfo = UTC) -> datetime | None:  # noqa: ARG002
        """Return the moment one interval later: `moment` is the schedule's beginning or its last firing."""
        try:
            return moment.astimezone(UTC) + self.interval
        except OverflowError:  # later than any calendar goes
            return None


def parse_rate(text: str) -> Rate:
    """Parse what stands between the parentheses. Raises `ScheduleExpressionError`."""
    match = re.fullmatch(r"([0-9]{1,9}) (minute|hour|day)(s?)", text)
    if match is None or int(match[1]) == 0:
        raise ScheduleExpressionError(
            "it must be a positive whole number and a unit, such as rate(5 minutes), rate(1 hour), rate(7 days)"
        )
    value, unit = int(match[1]), match[2]
    if (value == 1) == bool(match[3]):
        raise ScheduleExpressionError(f"it must be rate({value} {unit if value == 1 else f'{unit}s'})")
    return Rate(timedelta(**{f"{unit}s": value}))
