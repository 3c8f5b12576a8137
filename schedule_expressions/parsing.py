"""From a text to a schedule expression."""

import re
from collections.abc import Callable

from schedule_expressions.cron import parse_cron
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.expression import ScheduleExpression
from schedule_expressions.one_time import parse_at
from schedule_expressions.rate import parse_rate

_FORMS: dict[str, tuple[str, Callable[[str], ScheduleExpression]]] = {
    "cron": ("cron(minutes hours day-of-month month day-of-week year)", parse_cron),
    "rate": ("rate(value unit)", parse_rate),
    "at": ("at(yyyy-mm-ddThh:mm:ss)", parse_at),
}


def parse(expression: str, *, one_time: bool = False) -> ScheduleExpression:
    """Parse the `cron(...)` and `rate(...)` of rules and schedules, and with `one_time` the `at(...)` of schedules.

    Raises `ScheduleExpressionError`.
    """
    forms = _FORMS if one_time else {name: form for name, form in _FORMS.items() if name != "at"}
    match = re.fullmatch(r"([a-z]+)\(([^()]*)\)", expression)
    if match is None or match[1] not in forms:
        raise ScheduleExpressionError(f"it must be {' or '.join(written for written, _ in forms.values())}")
    _, parse_form = forms[match[1]]
    return parse_form(match[2])
