"""The expression of the same times, some hours earlier by the local clock."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from itertools import product

from schedule_expressions.cron import HOURS, MINUTES
from schedule_expressions.cron_days import WEEKDAYS
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.local_time import moments
from schedule_expressions.parsing import parse

_MOST_HOURS = 3
_YEARS = (2026, 2036)
"""In which clocks are looked at: for all that is known, they change as they do now."""
_ONE_DAY = timedelta(days=1)


def earlier(expression: str, zone: tzinfo) -> tuple[str, int]:
    """Return the expression that fires earlier, and by how many hours of the zone's clock: as few as possible.

    It is an hour or more in any case, and no time that clocks skip: such a time does not fire. Raises
    ScheduleExpressionError for what no expression says, such as half past midnight on each first day of a month.
    """
    parse(expression, one_time=True)
    kind, _, text = expression.removesuffix(")").partition("(")
    moved = {"cron": _cron, "at": _at}.get(kind)
    if moved is None:
        raise ScheduleExpressionError("it must be cron(...) or at(...)")
    for hours in range(1, _MOST_HOURS + 1):
        written, shown = moved(text, hours, zone)
        # Of something every hour, some time is always skipped.
        if shown or hours == _MOST_HOURS:
            break
    return f"{kind}({written})", hours


def _at(text: str, hours: int, zone: tzinfo) -> tuple[str, bool]:
    local = datetime.fromisoformat(text) - timedelta(hours=hours)
    return local.isoformat(), bool(moments(local, zone))


def _cron(text: str, hours: int, zone: tzinfo) -> tuple[str, bool]:
    """Return the fields, and whether clocks skip none of their times."""
    minutes, hour, month_days, months, weekdays, years = text.split()
    before = HOURS.values(hour)
    after = sorted({(each - hours) % 24 for each in before})
    the_day_before = [each < hours for each in before]
    every_day = "*" in (month_days, weekdays) and months == years == "*"
    if any(the_day_before) and not every_day:
        if not all(the_day_before) or weekdays == "?" or months != "*" or years != "*" or "#" in weekdays:
            raise _not_before_midnight(hours)
        weekdays = _a_day_earlier(weekdays, hours)
    fields = [minutes, ",".join(map(str, after)), month_days, months, weekdays, years]
    times = product(after, MINUTES.values(minutes))
    shown = all(
        moments(datetime(day.year, day.month, day.day, *time), zone)  # noqa: DTZ001
        for time in times
        for day in _days_of_change(zone)
    )
    return " ".join(fields), shown


def _a_day_earlier(weekdays: str, hours: int) -> str:
    if "L" in weekdays.upper():
        raise _not_before_midnight(hours)
    return ",".join(str((each - 2) % 7 + 1) for each in WEEKDAYS.values(weekdays))


def _not_before_midnight(hours: int) -> ScheduleExpressionError:
    return ScheduleExpressionError(
        f"times before {hours:02}:00 must be of every day, or of days of the week such as MON-FRI, "
        "in every month and year"
    )


@cache
def _days_of_change(zone: tzinfo) -> tuple[date, ...]:
    """Return the days at which the offset of a zone is another at the end than at the beginning."""
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in _YEARS)
    days = [first + number * _ONE_DAY for number in range((last - first).days)]
    return tuple(
        found.date()
        for day in days
        for found in (day - _ONE_DAY, day, day + _ONE_DAY)
        if day.astimezone(zone).utcoffset() != (day + _ONE_DAY).astimezone(zone).utcoffset()
    )
