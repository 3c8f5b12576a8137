"""Which model an input names that is not valid: what can be read of it."""

from collections.abc import Mapping

from model_lifecycle.requests.model_request import read_fields
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Identity, Service
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home


def named_in(execution_input: object, home: Home) -> dict[str, str] | None:
    """Return an input that only names the model; None where not exactly one is named in this account and Region."""
    try:
        read = read_fields(_about_model(execution_input), (), home=None)
    except InvalidRequestError:
        return None
    if read.service is None or any(field.name not in read.identity for field in read.service.required):
        return None
    named = {field.name: read.identity[field.name] for field in read.service.required}
    return None if read.service.contradictions(named, home) else named


def readable(execution_input: object, home: Home) -> Identity | None:
    """Return the model that is named, or at least its project."""
    named: Identity | None = named_in(execution_input, home)
    if named is None and (project := project_in(execution_input)) is not None:
        _, named = project
    return named


def project_in(execution_input: object) -> tuple[Service, Identity] | None:
    """Return the service, and as much of the input as names a project; None where not exactly one service is meant."""
    given = _about_model(execution_input)
    if not isinstance(given, Mapping):
        return None
    found = [(service, named) for service in SERVICES if (named := service.project_in(given)) is not None]
    return found[0] if len(found) == 1 else None


def _about_model(execution_input: object) -> object:
    """Return the input itself, or that of the failed start which it cleans up after."""
    if isinstance(execution_input, dict) and isinstance(execution_input.get("FailedStart"), dict):
        return execution_input["FailedStart"].get("Input")
    return execution_input
