"""`cron(minutes hours day-of-month month day-of-week year)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from schedule_expressions.cron_days import Days, by_month_day, by_weekday
from schedule_expressions.cron_field import CronField
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.expression import LocalTimes

MINUTES = CronField("minutes", 0, 59)
HOURS = CronField("hours", 0, 23)
_MONTHS = CronField(
    "month", 1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
)
_YEARS = CronField("year", 1970, 2199, wraps=False)
_COMMAS = "commas are for lists within a field, such as 7,19"
# A comma beside a space, or beside what no list has: `0, 7`, `0,7,?,*`.
_BETWEEN_FIELDS = re.compile(r"[,;](\s|$)|(^|\s)[,;]|[,;][?*]|[?*][,;]|;")


@dataclass(frozen=True)
class Cron(LocalTimes):
    """The local times that six fields describe."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Days
    months: tuple[int, ...]
    years: tuple[int, ...]

    def local_times(self, start: datetime) -> Iterator[datetime]:
        """Yield every minute that all the fields mean."""
        for day in self._dates(start.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    yield datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001

    def _dates(self, start: date) -> Iterator[date]:
        for year in self.years:
            for month in self.months:
                if (year, month) >= (start.year, start.month):
                    yield from (found for day in self.days(year, month) if (found := date(year, month, day)) >= start)


def parse_cron(text: str) -> Cron:
    """Parse what stands between the parentheses. Raises `ScheduleExpressionError`."""
    fields = text.split()
    if _BETWEEN_FIELDS.search(text):
        raise ScheduleExpressionError(f"the six fields must be separated by spaces, and {_COMMAS}")
    if len(fields) != 6:
        commas = f", and {_COMMAS}" if "," in text else ""
        unix = '. Unlike in Unix, the last field is the year, and one of the days is "?"' if len(fields) == 5 else ""
        raise ScheduleExpressionError(
            f"there must be six fields (minutes hours day-of-month month day-of-week year), got {len(fields)}"
            f"{commas}{unix}"
        )
    minutes, hours, month_days, months, weekdays, years = fields
    if (month_days == "?") == (weekdays == "?"):
        raise ScheduleExpressionError('exactly one of day-of-month and day-of-week must be "?"')
    return Cron(
        minutes=MINUTES.values(minutes),
        hours=HOURS.values(hours),
        days=by_month_day(month_days) if weekdays == "?" else by_weekday(weekdays),
        months=_MONTHS.values(months),
        years=_YEARS.values(years),
    )
