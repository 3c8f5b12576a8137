"""Executions that a person aborts, at the entry of every state of both machines."""

from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any

from tests.deployed.services import BOTH, REKOGNITION, ServiceWords
from tests.deployed.trouble.leaks_story import Abort, Act, ByHand, Hand, Start, Story

LEASE = {"StopAfterSeconds": 180}
OF_START = (
    "Take request",
    "Start model",
    "Model running?",
    "Wait for start",
    "Check model",
    "Notify running",
    "Model running",
)
OF_FAILED_START = ("Explain fault", "Stop model", "Notify failure", "Model not running")
OF_STOP = (
    "Take request",
    "Stop model",
    "Model stopped?",
    "Wait for stop",
    "Check model",
    "Notify stopped",
    "Model stopped",
)
OF_FAILED_STOP = ("Explain fault", "Notify failure", "Model not stopped")


def aborts() -> Iterator[Story]:
    """Yield a story for each state. Stops are those of leases."""
    services = cycle(BOTH)
    for state in OF_START:
        yield _aborted(Abort("start-model", state), next(services), Start(0, LEASE))
    for state in ("Start model", "Wait for start", "Notify running"):
        yield _aborted(Abort("start-model", state), next(services), Start(0))
    for state in OF_FAILED_START:
        service = next(services)
        dies = _dies_after(service.start, "StartModel")
        yield _aborted(Abort("start-model", state), service, Start(0), faults=dies)
    for state in OF_STOP:
        yield _aborted(Abort("stop-model", state), next(services), Start(0, LEASE))
    for state in OF_FAILED_STOP:
        service = next(services)
        dies = _dies_after(service.stop, "StopModel")
        yield _aborted(Abort("stop-model", state), service, Start(0, LEASE), faults=dies)
    stops = ByHand(60, Hand.STOPS)
    yield _aborted(Abort("start-model", "Wait to retry"), REKOGNITION, Start(0, LEASE), stops, Start(62, LEASE))
    slow = {"StartSeconds": 240}
    yield _aborted(Abort("stop-model", "Wait to retry"), REKOGNITION, Start(0, LEASE), script=slow)
    short, long = {"StopAfterSeconds": 120}, {"StopAfterSeconds": 240}
    alone = Abort("stop-model", "Model left alone")
    yield _aborted(alone, REKOGNITION, Start(0, short), stops, Start(90, long))


def _aborted(abort: Abort, service: ServiceWords, *acts: Act, **how: Any) -> Story:
    return Story(name=f"{abort}, {len(acts)}", service=service, acts=acts, abort=abort, **how)


def _dies_after(operation: str, function: str) -> list[Mapping[str, Any]]:
    """Return a step dies after its call, and each time that it is tried again."""
    return [
        {"Operation": operation, "Effect": "KillAfter", "Times": 1},
        # A start reads the record of its model and the line of those that wait for a place.
        {
            "Operation": "GetItem",
            "Effect": "KillBefore",
            "After": 1 + (function == "StartModel"),
            "Times": 2,
            "Caller": function,
        },
    ]
