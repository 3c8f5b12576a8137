"""AWS's schedule expressions: what is wrong with one, and when it fires next.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
and https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import calendar
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIRST_YEAR, LAST_YEAR = 1970, 2199


class ScheduleExpressionError(ValueError):
    """An expression that AWS does not take; the message is one sentence that says why."""


class Schedule(ABC):
    """When something fires."""

    @abstractmethod
    def next_after(self, moment: datetime, tz: tzinfo = UTC) -> datetime | None:
        """Return the next moment, in UTC, after an aware one; `None` if there is none any more.

        `tz` is the time zone in which the expression is meant.
        """


@dataclass(frozen=True)
class Rate(Schedule):
    """Every so often, counted from when the schedule begins."""

    interval: timedelta

    def next_after(self, moment: datetime, tz: tzinfo = UTC) -> datetime:  # noqa: ARG002
        """Return the moment one interval later: `moment` is the schedule's beginning or its last firing."""
        return moment.astimezone(UTC) + self.interval


@dataclass(frozen=True)
class Once(Schedule):
    """One local time."""

    local: datetime

    def next_after(self, moment: datetime, tz: tzinfo = UTC) -> datetime | None:
        """Return the one moment if it is still to come; a local time that the zone skips never comes."""
        fires = _in_utc(self.local, tz)
        return fires if fires is not None and fires > moment else None


@dataclass(frozen=True)
class Cron(Schedule):
    """The local times that six fields describe."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Callable[[int, int], tuple[int, ...]]
    """The days of a year's month."""
    months: tuple[int, ...]
    years: tuple[int, ...]

    def next_after(self, moment: datetime, tz: tzinfo = UTC) -> datetime | None:
        """Return the next firing.

        A local time that daylight saving skips does not fire, one that it doubles fires the first time only.
        """
        # Clocks go back by hours at most: what comes later in UTC does not lie a day back by the local clock.
        start = moment.astimezone(tz).replace(tzinfo=None) - timedelta(days=1)
        for local in self._local_times(start):
            fires = _in_utc(local, tz)
            if fires is not None and fires > moment:
                return fires
        return None

    def _local_times(self, start: datetime) -> Iterator[datetime]:
        for day in self._dates(start.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    yield datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001

    def _dates(self, start: date) -> Iterator[date]:
        for year in self.years:
            for month in self.months:
                if (year, month) >= (start.year, start.month):
                    yield from (found for day in self.days(year, month) if (found := date(year, month, day)) >= start)


def parse(expression: str, *, one_time: bool = False) -> Schedule:
    """Parse the `cron(...)` and `rate(...)` of rules and schedules, and with `one_time` the `at(...)` of schedules.

    Raises `ScheduleExpressionError`.
    """
    match = re.fullmatch(r"(cron|rate|at)\((.*)\)", expression)
    forms = "cron(...), rate(...) or at(...)" if one_time else "cron(...) or rate(...)"
    if match is None or (match[1] == "at" and not one_time):
        raise ScheduleExpressionError(f"{expression!r} is not of the form {forms}")
    parsers: dict[str, Callable[[str], Schedule]] = {"cron": _cron, "rate": _rate, "at": _at}
    return parsers[match[1]](match[2])


def _in_utc(local: datetime, tz: tzinfo) -> datetime | None:
    """Turn a local time into UTC; `None` if the zone skips it."""
    moment = local.replace(tzinfo=tz, fold=0).astimezone(UTC)
    return moment if moment.astimezone(tz).replace(tzinfo=None) == local else None


def _at(text: str) -> Once:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text):
        raise ScheduleExpressionError(f"at({text}) must have the form at(yyyy-mm-ddThh:mm:ss)")
    try:
        return Once(datetime.fromisoformat(text))
    except ValueError as error:
        raise ScheduleExpressionError(f"at({text}) is no date and time: {error}") from error


def _rate(text: str) -> Rate:
    match = re.fullmatch(r"(\d+) +(minute|hour|day)(s?)", text.strip())
    if match is None:
        raise ScheduleExpressionError(
            f"rate({text}) must be a positive whole number and a unit, as rate(5 minutes), rate(1 hour), rate(7 days)"
        )
    value, unit = int(match[1]), match[2]
    if value == 0:
        raise ScheduleExpressionError(f"rate({text}) must have a number greater than 0")
    if (value == 1) == bool(match[3]):
        wanted = unit if value == 1 else f"{unit}s"
        raise ScheduleExpressionError(f"rate({text}) must be written rate({value} {wanted})")
    try:
        return Rate(timedelta(**{f"{unit}s": value}))
    except OverflowError as error:
        raise ScheduleExpressionError(f"rate({text}) is too long") from error


@dataclass(frozen=True)
class _Field:
    """What a field of a cron expression is called and holds."""

    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    steps: bool = True

    def error(self, text: str, why: str) -> ScheduleExpressionError:
        allowed = f"{self.least}-{self.most}"
        if self.words:
            allowed += f" or {self.words[0]}-{self.words[-1]}"
        return ScheduleExpressionError(f"the {self.name} field is {text!r}: {why} (allowed is {allowed})")

    def value(self, item: str, text: str) -> int:
        if item.upper() in self.words:
            return self.words.index(item.upper()) + self.least
        if not re.fullmatch(r"[0-9]{1,4}", item):
            raise self.error(text, f"{item!r} is no value" if item else "a value is missing")
        number = int(item)
        if not self.least <= number <= self.most:
            raise self.error(text, f"{item} is out of range")
        return number

    def values(self, text: str) -> tuple[int, ...]:
        """Expand lists, ranges, steps and the asterisk."""
        return tuple(sorted({value for item in text.split(",") for value in self._expanded(item, text)}))

    def _expanded(self, item: str, text: str) -> range:
        span, slash, step = item.partition("/")
        if slash and not self.steps:
            raise self.error(text, "it takes no steps")
        first, last = self._span(span, text, open_ended=bool(slash))
        if not slash:
            return range(first, last + 1)
        if not re.fullmatch(r"[0-9]{1,4}", step) or not 1 <= int(step) <= self.most:
            raise self.error(text, f"the step {step!r} is no number from 1 to {self.most}")
        return range(first, last + 1, int(step))

    def _span(self, span: str, text: str, *, open_ended: bool) -> tuple[int, int]:
        if span == "*":
            return self.least, self.most
        start, dash, end = span.partition("-")
        first = self.value(start, text)
        if not dash:
            return first, self.most if open_ended else first
        last = self.value(end, text)
        if last < first:
            raise self.error(text, f"the range {span} ends before it begins")
        return first, last


_MINUTES = _Field("minutes", 0, 59)
_HOURS = _Field("hours", 0, 23)
_MONTH_DAYS = _Field("day-of-month", 1, 31)
_MONTHS = _Field("month", 1, 12, MONTHS)
_WEEKDAYS = _Field("day-of-week", 1, 7, WEEKDAYS, steps=False)
_YEARS = _Field("year", FIRST_YEAR, LAST_YEAR)


def _cron(text: str) -> Cron:
    fields = text.split()
    if len(fields) != 6:
        raise ScheduleExpressionError(
            f"cron({text}) has {len(fields)} fields instead of 6: minutes hours day-of-month month day-of-week year"
        )
    minutes, hours, month_days, months, weekdays, years = fields
    if (month_days == "?") == (weekdays == "?"):
        raise ScheduleExpressionError(
            f"cron({text}) must have ? in exactly one of the fields day-of-month ({month_days}) "
            f"and day-of-week ({weekdays})"
        )
    return Cron(
        minutes=_MINUTES.values(minutes),
        hours=_HOURS.values(hours),
        days=_by_month_day(month_days) if weekdays == "?" else _by_weekday(weekdays),
        months=_MONTHS.values(months),
        years=_YEARS.values(years),
    )


def _by_month_day(text: str) -> Callable[[int, int], tuple[int, ...]]:
    if text.upper() == "L":
        return lambda year, month: (_length(year, month),)
    if text.upper().endswith("W"):
        wanted = _MONTH_DAYS.value(text[:-1], text)
        return lambda year, month: _nearest_workday(year, month, wanted)
    values = _MONTH_DAYS.values(text)
    return lambda year, month: tuple(day for day in values if day <= _length(year, month))


def _by_weekday(text: str) -> Callable[[int, int], tuple[int, ...]]:
    if "#" in text:
        name, _, place = text.partition("#")
        weekday = _WEEKDAYS.value(name, text)
        if place not in ("1", "2", "3", "4", "5"):
            raise _WEEKDAYS.error(text, f"{place!r} after # is no number from 1 to 5")
        number = int(place)
        return lambda year, month: _all(year, month, {weekday})[number - 1 : number]
    if text.upper() == "L":
        return lambda year, month: _all(year, month, {7})
    if text.upper().endswith("L"):
        last = _WEEKDAYS.value(text[:-1], text)
        return lambda year, month: _all(year, month, {last})[-1:]
    values = set(_WEEKDAYS.values(text))
    return lambda year, month: _all(year, month, values)


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _weekday(year: int, month: int, day: int) -> int:
    """Number a weekday as AWS does: Sunday is 1."""
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
