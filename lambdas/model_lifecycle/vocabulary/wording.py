"""Moments, durations, executions and the ends of sentences, as people read them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from model_lifecycle.vocabulary.foreign import quoted, word

_MINUTE, _HOUR = 60, 3_600
_SAID_IN_HOURS = 48
_SAID_IN_SECONDS, _SAID_IN_MINUTES = 120, 7_200
_CLOSED = re.compile(r'[.!?]"?$')


def duration(seconds: float) -> str:
    """Return it in its two largest units, such as `2 min 40 s`, `1 h` or `3 days 2 h`; a unit that is 0 is left out."""
    whole = round(seconds)
    hours, minutes = whole // _HOUR, whole // _MINUTE % 60
    if hours >= _SAID_IN_HOURS:
        return _units((hours // 24, "days"), (hours % 24, "h"))
    return _units((hours, "h"), (minutes, "min")) if hours else _units((minutes, "min"), (whole % _MINUTE, "s"))


def _units(large: tuple[int, str], small: tuple[int, str]) -> str:
    return " ".join(f"{number:,} {unit}" for number, unit in (large, small) if number) or f"0 {small[1]}"


def between(least: float, most: float) -> str:
    """Return a range of seconds, such as `9 to 12 min` or `about 40 s`."""
    if least < _SAID_IN_SECONDS <= most or most >= _SAID_IN_MINUTES:
        return f"{duration(least)} to {duration(most)}"
    unit, size = ("s", 1) if most < _SAID_IN_SECONDS else ("min", _MINUTE)
    low, high = round(least / size), round(most / size)
    return f"about {low} {unit}" if low == high else f"{low} to {high} {unit}"


def when(moment: datetime, zone: tzinfo) -> str:
    """Return it in that time zone and in UTC, such as `Mon 5 Jan 2026 at 19:00 Europe/Berlin (18:00 UTC)`.

    It follows "on", "since" and their kind.
    """
    utc, local = moment.astimezone(UTC), moment.astimezone(zone)
    if str(zone) == "UTC":
        return f"{_day(utc)} at {_clock(utc)} UTC"
    day = "" if utc.date() == local.date() else f"{_day(utc)} at "
    return f"{_day(local)} at {_clock(local)} {zone} ({day}{_clock(utc)} UTC)"


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def some_of(names: Sequence[str], *, most: int = 5, count: int | None = None) -> str:
    """Return names in a row, such as `a`, `a and b`, or `a, b and 3 more`. `count`: of how many they are some."""
    different = list(dict.fromkeys(names))
    count = len(different) if count is None else count
    named = different[:most]
    if count > len(named):
        return f"{', '.join(named)} and {count - len(named):,} more"
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def sentence(text: str) -> str:
    """Return the text with a full stop, unless it ends in one, perhaps in that of a quotation."""
    return text if _CLOSED.search(text) else f"{text}."


def execution(arn: str) -> str:
    """Name an execution for people: `execution start-model/morning`. What is not an ARN is quoted."""
    return (
        f"execution {word(arn.rpartition(':execution:')[2].replace(':', '/', 1)) if word(arn) == arn else quoted(arn)}"
    )


def someone(execution_arn: str | None) -> str:
    """Name who did something, at the beginning of a sentence, as far as that is known."""
    named = execution(execution_arn) if execution_arn else "someone"
    return named[0].upper() + named[1:]
