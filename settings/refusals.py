"""The sentence that refuses a setting: its key, what it must be, and what it is."""

import re
from difflib import get_close_matches

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from model_lifecycle.services.fields import shown
from model_lifecycle.services.registry import SERVICES
from settings.budget import USD
from settings.schedules import FORMS

_PROJECT_ARNS = " or ".join(service.project_arn.allowed.removeprefix("a project's ARN, ") for service in SERVICES)
_FIELDS_OF_FORMS = "name, expression and input, or with name, start or ready_by, stop and model"
_ALIKE = 0.7

_ADDRESS = "an e-mail address, such as ops@example.com"

ITEMS = {
    "notification_emails": _ADDRESS,
    "alarm_emails": _ADDRESS,
    "project_arns": f"a project's ARN, {_PROJECT_ARNS}",
    "watched_services": f"a service, one of {', '.join(service.name for service in SERVICES)}",
    "budget_usd_by_project": USD,
    "schedules": f"a schedule: an object with {_FIELDS_OF_FORMS}",
}
"""What an item of a list, or of an object, must be."""


def named(key: str) -> str:
    """Return a key for use in a sentence."""
    return key if re.fullmatch(r"\w{1,40}", key, re.ASCII) else shown(key)


def refusal(detail: ErrorDetails, settings: type[BaseModel]) -> str:
    """Return the sentence, in printable characters."""
    written = f"Setting {_path(detail['loc'])} {_why(detail, settings)}"
    sentence = written if written.endswith("?") else f"{written}."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in sentence)


def _why(detail: ErrorDetails, settings: type[BaseModel]) -> str:
    match detail["type"]:
        case "value_error":
            return str(detail["ctx"]["error"])
        case "missing":
            return f"is missing: it must be {_allowed(detail['loc'], settings)}"
        case "extra_forbidden":
            return _unknown(detail, settings)
    return f"must be {_allowed(detail['loc'], settings)}, got {shown(detail['input'])}"


def _unknown(detail: ErrorDetails, settings: type[BaseModel]) -> str:
    key, form = str(detail["loc"][-1]), _form(detail["loc"])
    fields = FORMS[form].model_fields if form else settings.model_fields
    whose = "a field of a schedule" if form else "a setting"
    other = next((name for name in FORMS if name != form and key in FORMS[name].model_fields), None) if form else None
    if other:
        return f"does not belong here: a schedule is an object with {_FIELDS_OF_FORMS}"
    meant = get_close_matches(key, fields, n=1, cutoff=_ALIKE)
    hint = f"did you mean {meant[0]}?" if meant else f"it must be one of {', '.join(fields)}"
    return f"is not {whose}: {hint}"


def _path(location: tuple[int | str, ...]) -> str:
    # Of a schedule, pydantic names the form after its place.
    written = (*location[:2], *location[3:]) if _form(location) else location
    return "".join(f"[{part}]" if isinstance(part, int) else f".{named(part)}" for part in written).removeprefix(".")


def _form(location: tuple[int | str, ...]) -> str | None:
    return str(location[2]) if location[0] == "schedules" and len(location) > 2 else None


def _allowed(location: tuple[int | str, ...], settings: type[BaseModel]) -> str:
    form, key = _form(location), str(location[0])
    if form and len(location) > 3:
        return FORMS[form].model_fields[str(location[3])].description or "another value"
    return (len(location) > 1 and ITEMS.get(key)) or settings.model_fields[key].description or "another value"
