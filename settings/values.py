"""The values of settings that come as text, such as those of `-c key=value`."""

import json
import re
from collections.abc import Callable
from typing import Any

from model_lifecycle.services.fields import shown

_OTHER_QUOTES = re.compile("['`\u00ab\u00bb\u2018-\u201f\u2039\u203a]")
_IN_SHELL = "put the whole setting between single quotes, as in -c 'key=value', or write it into cdk.json"


def number(value: object) -> object:
    """Return the value of a JSON text, or the text if it is not JSON. Raises ValueError for broken JSON."""
    return _read(value, otherwise=lambda text: text)


def name(value: object) -> object:
    """Return a text that is not JSON. Raises ValueError for JSON, broken or not."""
    if isinstance(value, str) and _opens(value):
        number(value)
        raise ValueError(f"must be plain text without quotation marks or brackets, got {shown(value)}")
    return value


def listed(value: object) -> object:
    """Return a list from JSON, or from items with commas and spaces between. Raises ValueError for broken JSON."""
    return _read(value, otherwise=lambda text: [item for item in re.split(r" *, *", text) if item], plain=True)


def objects(value: object) -> object:
    """Return a list from JSON; it is empty for an empty text. Raises ValueError for broken JSON."""
    return _read(value, otherwise=lambda text: text if text.strip() else [], plain=True)


def by_name(value: object) -> object:
    """Return an object from JSON; it is empty for an empty text. Raises ValueError for broken JSON."""
    return _read(value, otherwise=lambda text: text if text.strip() else {}, plain=True)


def _read(value: object, *, otherwise: Callable[[str], Any], plain: bool = False) -> object:
    """`plain`: whether only a list, an object or a string counts as JSON."""
    if not isinstance(value, str) or (plain and not _opens(value)):
        return otherwise(value) if isinstance(value, str) else value
    try:
        read = json.loads(value)
    except json.JSONDecodeError as error:
        if _opens(value):
            raise ValueError(_broken(value, error)) from error
        return otherwise(value)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    except ValueError:  # an integer of too many digits
        return otherwise(value)
    # Nothing of ours is a text in quotation marks: it is shown with them.
    return value if isinstance(read, str) else read


def _opens(text: str) -> bool:
    return text.lstrip()[:1] in ("[", "{", '"')


def _broken(text: str, error: json.JSONDecodeError) -> str:
    before, at = text[: error.pos].rstrip(), text[error.pos : error.pos + 1]
    # Newer versions of Python say so themselves.
    trailing = before.endswith(",") and at in ("}", "]")
    why = "Illegal trailing comma" if trailing else error.msg.removesuffix(" starting at")
    ends = not text[error.pos :].strip()
    broken = f"is broken JSON: {why} at line {error.lineno}, column {error.colno} of {shown(text)}"
    if ends:
        broken += ". It ends too early, perhaps since the CDK reads only the first line of -c"
    if ends or '"' in text:
        return f"{broken}. In a shell, {_IN_SHELL}"
    if _OTHER_QUOTES.search(text):
        return f"{broken}. Its quotation marks must be straight and double; in a shell, {_IN_SHELL}"
    return f"{broken}. It has no double quotation marks: the shell has probably removed them, so {_IN_SHELL}"
