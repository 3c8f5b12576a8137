"""One field of an execution's input: its name, what it may be, and how a wrong value is shown."""

import json
import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import MAXYEAR, MINYEAR, datetime

from model_lifecycle.vocabulary.values import dataclass

_MOST_SHOWN = 160
_CONTROLS = {"\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\t": "TABULATOR", "\0": "NUL"}
MAX_INTEGER = 2**31 - 1
"""The services' own integers have 32 bits (`smithy.api#Integer`)."""


@dataclass(frozen=True)
class Field:
    """A named value of the input. `allowed`: what it must be, as in "<name> must be <allowed>, got <value>"."""

    name: str
    allowed: str
    accepts: Callable[[object], bool]

    def violation(self, value: object) -> str:
        """Return what is wrong with a value that is not accepted, in one clause."""
        return f"{self.name} must be {self.allowed}, got {shown(value)}"


def integer(name: str, lowest: int, highest: int = MAX_INTEGER) -> Field:
    """Return a field for an integer from `lowest` to `highest`. JSON's `true` and `"1"` are not integers."""

    def accepts(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest

    return Field(name, f"an integer from {lowest:,} to {highest:,}", accepts)


def text(name: str, pattern: str, *, characters: tuple[int, int], allowed: str) -> Field:
    """Return a field for a string of that length (shortest, longest) that the pattern matches as a whole."""
    shortest, longest = characters

    def accepts(value: object) -> bool:
        # Without re.ASCII, \d would accept every digit of Unicode.
        return (
            isinstance(value, str)
            and shortest <= len(value) <= longest
            and re.fullmatch(pattern, value, re.ASCII) is not None
        )

    return Field(name, allowed, accepts)


EXECUTION_ARN = r"arn:[a-z0-9-]{1,32}:states:[a-z0-9-]{1,32}:\d{12}:execution:NAME:NAME".replace(
    # What StartExecution does not refuse: https://docs.aws.amazon.com/step-functions/latest/apireference/
    "NAME",
    r"""[^\s<>{}\[\]?*"#%\\^|~$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]{1,80}""",
)
EXECUTION_IN_WORDS = "an execution's ARN, arn:aws:states:REGION:ACCOUNT:execution:start-model:NAME"


def execution_arn(name: str) -> Field:
    """Return a field for the ARN of an execution of any state machine."""
    return text(name, EXECUTION_ARN, characters=(1, 256), allowed=EXECUTION_IN_WORDS)


def one_of(name: str, values: Collection[str]) -> Field:
    """Return a field for one of some words."""
    return Field(name, f"one of {', '.join(values)}", lambda value: isinstance(value, str) and value in values)


NEWEST = "newest"
VERSION = Field("Version", f'"{NEWEST}", or not there if the model is named otherwise', lambda value: value == NEWEST)
"""That a project stands for its newest version, in the place of the fields that name one."""


def free_text(name: str, *, characters: int) -> Field:
    """Return a field for a string of 1 to that many characters."""

    def accepts(value: object) -> bool:
        return isinstance(value, str) and 1 <= len(value) <= characters

    return Field(name, f"a text of 1 to {characters:,} characters", accepts)


def instant(name: str) -> Field:
    """Return a field for a moment in ISO 8601 with its offset from UTC."""

    def accepts(value: object) -> bool:
        if not isinstance(value, str):
            return False
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return False
        # In the first and the last year, not every offset has its moment in UTC.
        return moment.tzinfo is not None and MINYEAR < moment.year < MAXYEAR

    return Field(name, "a moment in ISO 8601 with its offset, such as 2026-01-05T18:00:00+01:00", accepts)


def shown(value: object) -> str:
    """Return a value as it stood in the JSON, in ASCII: a long one with its end, invisible characters by name."""
    try:
        written = json.dumps(value, default=repr)
    except RecursionError:
        written = "something nested too deeply to be shown"
    if len(written) > _MOST_SHOWN:
        written = f"{written[:80]}...{written[-60:]}"
    return written + (_unseen(value) if isinstance(value, str) else "")


def _unseen(value: str) -> str:
    """Return where a text begins or ends in a space, or has a character that nobody sees, or that is in no ARN."""
    if value and not value.strip(" "):
        return ", which is nothing but spaces"
    in_arn = re.compile(r"[\w.:/-]", re.ASCII) if value.startswith("arn:") else None
    for place, character in enumerate(value):
        at_an_end = character == " " and (place == 0 or place >= len(value.rstrip(" ")))
        unseen = character != " " and not character.isprintable()
        if at_an_end or unseen or (in_arn is not None and not in_arn.match(character)):
            name = unicodedata.name(character, _CONTROLS.get(character, ""))
            return f", with {name} as character {place + 1:,} of {len(value):,}" if name else ""
    return ""
