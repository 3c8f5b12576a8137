"""What Notify may be called with: an event as EventBridge or a state of the machines writes it, and nothing else."""

from collections.abc import Mapping
from typing import Any

from model_lifecycle.endings.outcome import OF_EXECUTION
from model_lifecycle.services.fields import Field, integer, one_of
from model_lifecycle.steps.payload import checked, of_a_machine, of_a_state
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import FLEETS, machine_of

_MOST_REDRIVES = 1_000
"""https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html"""


def is_of_a_fleet(event: Mapping[str, Any]) -> bool:
    """Tell whether an event is about an execution of many models."""
    if "Fleet" in event:
        return True
    arn = (event.get("detail") or {}).get("executionArn")
    try:
        return isinstance(arn, str) and machine_of(arn) in FLEETS
    except (ValueError, IndexError):
        return False


def heard(event: object, home: Home) -> dict[str, Any]:
    """Return the event, with the fields that name an execution, its end and its goal checked.

    Raises InvalidRequestError with one sentence that names every field that is not.
    """
    if isinstance(event, dict) and "detail" in event:
        return checked(event, of_the_net(home))
    return checked(event, [*of_a_state(home), integer("Execution.RedriveCount", 0, _MOST_REDRIVES)])


def of_the_net(home: Home) -> list[Field]:
    """Return the fields of an event of an execution's end."""
    redrives = integer("detail.redriveCount", 0, _MOST_REDRIVES)
    return [
        of_a_machine("detail.executionArn", home),
        one_of("detail.status", list(OF_EXECUTION)),
        Field(redrives.name, redrives.allowed, lambda value: value is None or redrives.accepts(value)),
    ]
