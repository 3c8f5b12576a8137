"""EventBridge's schedule expressions, checked before a deploy.

The form is that of the EventBridge User Guide, "Setting a schedule pattern": `rate(value unit)`, and
`cron(minutes hours day-of-month month day-of-week year)`.
"""

import re

_RATE = re.compile(r"rate\((?P<value>[1-9]\d*) (?P<unit>minute|hour|day)(?P<plural>s?)\)", re.ASCII)
_CRON = re.compile(r"cron\((?P<fields>[^()]*)\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day-of-month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day-of-week", 1, 7, _WEEKDAYS),
    ("year", 1970, 2199, ()),
)
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


def check_schedule_expression(expression: str) -> str:
    """The expression itself. Raises ValueError with what is wrong and what is allowed."""
    if rate := _RATE.fullmatch(expression):
        if (rate["value"] == "1") == bool(rate["plural"]):
            raise ValueError(
                "allowed is a singular unit for 1 and a plural one otherwise, as rate(1 hour), rate(2 hours)"
            )
        return expression
    if cron := _CRON.fullmatch(expression):
        _check_cron(cron["fields"].split())
        return expression
    raise ValueError(
        "allowed is rate(value minutes|hours|days) or cron(minutes hours day-of-month month day-of-week year)"
    )


def _check_cron(fields: list[str]) -> None:
    if len(fields) != len(_FIELDS):
        names = " ".join(name for name, *_ in _FIELDS)
        raise ValueError(f"allowed are six fields, cron({names}), and this has {len(fields)}")
    for position, (written, (name, lowest, highest, words)) in enumerate(zip(fields, _FIELDS, strict=True)):
        if not _is_field(written, position, lowest, highest, words):
            raise ValueError(
                f"its {name} is {written}; allowed are values from {lowest} to {highest} as AWS writes them"
            )
    if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
        raise ValueError('allowed is "?" in exactly one of day-of-month and day-of-week')


def _is_field(written: str, position: int, lowest: int, highest: int, words: tuple[str, ...]) -> bool:
    if written == "?":
        return position in (_DAY_OF_MONTH, _DAY_OF_WEEK)
    if position == _DAY_OF_MONTH and re.fullmatch(r"L|LW|([1-9]|[12]\d|3[01])W", written, re.ASCII):
        return True
    if position == _DAY_OF_WEEK and re.fullmatch(r"([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])|L", written, re.ASCII):
        return True
    return all(_is_item(item, lowest, highest, words) for item in written.split(","))


def _is_item(item: str, lowest: int, highest: int, words: tuple[str, ...]) -> bool:
    span, slash, step = item.partition("/")
    if slash and not (step.isascii() and step.isdigit() and 1 <= int(step) <= highest):
        return False
    if span == "*":
        return True
    start, dash, end = span.partition("-")
    return all(_is_value(value, lowest, highest, words) for value in ([start, end] if dash else [start]))


def _is_value(value: str, lowest: int, highest: int, words: tuple[str, ...]) -> bool:
    return value in words or (value.isascii() and value.isdigit() and lowest <= int(value) <= highest)
