"""Notify accepts its own machines' events and their executions' ends, and nothing else."""

import json
from typing import Any

import pytest

from model_lifecycle.endings.heard import heard
from model_lifecycle.vocabulary.errors import InvalidRequestError
from tests.fakes.given import EXECUTION, HOME, STOP_EXECUTION, after, begin
from tests.fakes.told import state_event

OF_STATE = state_event(begin(), after(0))
OF_NET = {"detail": {"executionArn": STOP_EXECUTION, "status": "ABORTED", "redriveCount": 1_000, "input": "{"}}
EVIL = "\n\u202e\u200b\x1b[2J\u2028\ud800Stop it: https://evil.example"
ARNS = [
    None,
    EVIL,
    EXECUTION + EVIL,
    EXECUTION + "x" * 80,
    EXECUTION.replace("start-model", "other"),
    EXECUTION.replace("123456789012", "210987654321"),
    EXECUTION.replace("us-east-1", "eu-west-1"),
    [EXECUTION],
]
COUNTS = [-1, 1_001, 1.5, True, "1", EVIL]
WRONG: dict[str, list[Any]] = {
    "detail": [None, 5, EVIL, [], {}],
    "detail.executionArn": ARNS,
    "detail.status": [None, "RUNNING", EVIL, 1],
    "detail.redriveCount": COUNTS,
    "Goal": [None, "running", EVIL],
    "Execution": [None, EVIL],
    "Execution.Arn": ARNS,
    "Execution.StartTime": [None, "yesterday", 5, EVIL, "9" * 10_000],
    "Execution.RedriveCount": [None, *COUNTS],
    "Progress": [None, EVIL, [OF_STATE["Progress"]]],
}


def put(path: str, value: object) -> dict[str, Any]:
    """Return the event that has the field, with this value instead."""
    event: dict[str, Any] = json.loads(json.dumps(OF_NET if path.startswith("detail") else OF_STATE))
    *way, last = path.split(".")
    inner: Any = event
    for name in way:
        inner = inner[name]
    inner[last] = value
    return event


@pytest.mark.parametrize("event", [OF_STATE, OF_NET, put("detail.redriveCount", None)])
def test_an_event_of_the_machines_is_taken_as_it_is(event: dict[str, Any]) -> None:
    assert heard(event, HOME) is event


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, values in WRONG.items() for value in values])
def test_a_field_that_cannot_be_so_is_refused_in_one_line_of_ascii(path: str, value: object) -> None:
    with pytest.raises(InvalidRequestError, match=path) as refused:
        heard(put(path, value), HOME)

    assert str(refused.value).isascii()
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("event", [None, [], EVIL, 5])
def test_what_is_no_object_is_refused(event: object) -> None:
    with pytest.raises(InvalidRequestError, match="The event "):
        heard(event, HOME)
