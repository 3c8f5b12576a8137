"""The days of a month that a cron expression's day-of-month or day-of-week means."""

import calendar
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from schedule_expressions.cron_field import CronField

Days: TypeAlias = Callable[[int, int], tuple[int, ...]]
"""The days of a year's month, in their order."""

_MONTH_DAYS = CronField("day-of-month", 1, 31)
WEEKDAYS = CronField("day-of-week", 1, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), steps=False)


def by_month_day(text: str) -> Days:
    """Parse a day-of-month other than `?`: values, `L`, `15W` or `LW`. Raises `ScheduleExpressionError`."""
    if text.upper() == "L":
        return lambda year, month: (_length(year, month),)
    if text.upper() == "LW":
        return lambda year, month: _nearest_workday(year, month, _length(year, month))
    if text.upper().endswith("W"):
        wanted = _MONTH_DAYS.value(text[:-1], text)
        return lambda year, month: _nearest_workday(year, month, wanted)
    values = _MONTH_DAYS.values(text)
    return lambda year, month: tuple(day for day in values if day <= _length(year, month))


def by_weekday(text: str) -> Days:
    """Parse a day-of-week other than `?`: values, `L`, `6L` or `MON#1`. Raises `ScheduleExpressionError`."""
    if "#" in text:
        name, _, place = text.partition("#")
        weekday = WEEKDAYS.value(name, text)
        if place not in ("1", "2", "3", "4", "5"):
            raise WEEKDAYS.error(text, "after # must be a number from 1 to 5")
        number = int(place)
        return lambda year, month: _all(year, month, {weekday})[number - 1 : number]
    if text.upper() == "L":
        return lambda year, month: _all(year, month, {7})
    if text.upper().endswith("L"):
        last = WEEKDAYS.value(text[:-1], text)
        return lambda year, month: _all(year, month, {last})[-1:]
    values = set(WEEKDAYS.values(text))
    return lambda year, month: _all(year, month, values)


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _weekday(year: int, month: int, day: int) -> int:
    """Return the number of a weekday, as AWS counts: Sunday is 1."""
    return date(year, month, day).isoweekday() % 7 + 1


def _all(year: int, month: int, weekdays: set[int]) -> tuple[int, ...]:
    return tuple(day for day in range(1, _length(year, month) + 1) if _weekday(year, month, day) in weekdays)


def _nearest_workday(year: int, month: int, day: int) -> tuple[int, ...]:
    """Return the workday nearest to a day, in the same month; none if the month has no such day."""
    last = _length(year, month)
    if day > last:
        return ()
    match _weekday(year, month, day):
        case 7:  # Saturday
            return (day - 1 if day > 1 else day + 2,)
        case 1:  # Sunday
            return (day + 1 if day < last else day - 2,)
    return (day,)
