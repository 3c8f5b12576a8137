"""What a state of the machines calls a function with: every field is what it can be, or the call is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from model_lifecycle.services.fields import EXECUTION_IN_WORDS, Field, execution_arn, instant, one_of, shown
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import is_of_a_machine
from model_lifecycle.vocabulary.phase import Goal


def of_a_state(home: Home, *, holds: str = "Progress") -> list[Field]:
    """Return the fields that every state sends. `holds`: under what name it sends what it is about."""
    return [
        one_of("Goal", list(Goal)),
        of_a_machine("Execution.Arn", home),
        instant("Execution.StartTime"),
        Field(holds, "an object", lambda value: isinstance(value, dict)),
    ]


def of_a_machine(name: str, home: Home) -> Field:
    """Return the ARN of an execution of the machines in that home."""
    accepts = execution_arn(name).accepts
    return Field(name, EXECUTION_IN_WORDS, lambda value: accepts(value) and is_of_a_machine(str(value), home))


def checked(payload: object, fields: Sequence[Field]) -> dict[str, Any]:
    """Return the payload with these fields checked; a field within another one has a point in its name.

    Raises InvalidRequestError with one sentence that names every field that is not valid.
    """
    if not isinstance(payload, dict):
        raise InvalidRequestError(f"The event must be a JSON object, got {shown(payload)}.")
    wrong = [field.violation(value) for field in fields if not field.accepts(value := _at(payload, field.name))]
    if wrong:
        raise InvalidRequestError(f"The event is not one that these state machines send: {'; '.join(wrong)}.")
    return payload


def asked_of(payload: dict[str, Any]) -> object:
    """Return what an execution was asked, as far as its state tells: its request, or its input, which may be any JSON.

    It stands once in a state: in `Progress.Request`, and after the last step in `Progress.Report.Request`.
    """
    progress = payload["Progress"]
    if progress.get("Report"):
        return progress["Report"]["Request"]
    # An execution keeps the definition that it began with, and may be redriven for two weeks. Before the request stood
    # once, a definition kept the input beside the progress, which was empty at first and after a function's fault.
    return progress["Request"] if "Request" in progress else payload.get("Input")


def _at(payload: object, path: str) -> object:
    for name in path.split("."):
        payload = payload.get(name) if isinstance(payload, Mapping) else None
    return payload
