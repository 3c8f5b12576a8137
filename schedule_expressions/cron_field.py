"""One field of a cron expression: numbers, words, lists, ranges and steps."""

import re
from dataclasses import dataclass

from schedule_expressions.errors import ScheduleExpressionError


@dataclass(frozen=True)
class CronField:
    """What a field of a cron expression is called and holds. `wraps`: after its last value comes its first again."""

    name: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    steps: bool = True
    wraps: bool = True

    def error(self, text: str, why: str) -> ScheduleExpressionError:
        """Return what the field must be, what its text is, and why that is wrong unless it is plain."""
        words = f" or {self.words[0]}-{self.words[-1]}" if self.words else ""
        because = f": {why[:80]}" if why else ""
        return ScheduleExpressionError(
            f"{self.name} must be within {self.least}-{self.most}{words}, got {text[:40]!r}{because}"
        )

    def value(self, item: str, text: str) -> int:
        """Read one number or word of the field's text."""
        if item.upper() in self.words:
            return self.words.index(item.upper()) + self.least
        if not re.fullmatch(r"[0-9]{1,4}", item):
            alone = "" if item == text else f"{item!r} is not a value"
            raise self.error(text, alone if item else "a value is missing")
        number = int(item)
        if not self.least <= number <= self.most:
            raise self.error(text, "" if item == text else f"{item} is out of range")
        return number

    def values(self, text: str) -> tuple[int, ...]:
        """Expand lists, ranges, steps and the asterisk."""
        return tuple(sorted({value for item in text.split(",") for value in self._expanded(item, text)}))

    def _expanded(self, item: str, text: str) -> list[int]:
        span, slash, step = item.partition("/")
        if slash and not self.steps:
            raise self.error(text, "steps are not possible here")
        first, last = self._span(span, text, open_ended=bool(slash))
        if slash and (not re.fullmatch(r"[0-9]{1,4}", step) or not 1 <= int(step) <= self.most):
            raise self.error(text, f"the step must be a number from 1 to {self.most}")
        size = self.most - self.least + 1
        end = last if first <= last else last + size
        return [self.least + (value - self.least) % size for value in range(first, end + 1, int(step or 1))]

    def _span(self, span: str, text: str, *, open_ended: bool) -> tuple[int, int]:
        if span == "*":
            return self.least, self.most
        start, dash, end = span.partition("-")
        first = self.value(start, text)
        if not dash:
            return first, self.most if open_ended else first
        last = self.value(end, text)
        if last < first and not self.wraps:
            raise self.error(text, f"the range {span} ends before it begins")
        return first, last
