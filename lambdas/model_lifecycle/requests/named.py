"""Which model an input names that is not valid: what can be read of it."""

from model_lifecycle.requests.model_request import read_fields
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home


def named_in(execution_input: object, home: Home) -> dict[str, str] | None:
    """Return an input that only names the model; None where not exactly one is named in this account and Region."""
    if isinstance(execution_input, dict) and isinstance(execution_input.get("FailedStart"), dict):
        execution_input = execution_input["FailedStart"].get("Input")
    try:
        read = read_fields(execution_input, (), home=None)
    except InvalidRequestError:
        return None
    if read.service is None or any(field.name not in read.identity for field in read.service.required):
        return None
    named = {field.name: read.identity[field.name] for field in read.service.required}
    return None if read.service.contradictions(named, home) else named
