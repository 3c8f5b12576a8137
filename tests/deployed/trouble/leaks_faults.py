"""Faults of each call of each function, while a model is started and its lease ends."""

from collections.abc import Iterator
from itertools import product

from tests.deployed.services import BOTH, REKOGNITION
from tests.deployed.trouble.leaks_story import Start, Story

LEASE = {"StopAfterSeconds": 180}
CALLS = {
    "StartModel": ("GetItem", "{describe}", "CreateSchedule", "PutItem", "{start}"),
    "StopModel": ("{stop}", "GetItem", "{describe}", "PutItem"),
    "CheckModel": ("GetItem", "{describe}", "GetMetricData", "PutItem", "DeleteSchedule"),
    "Notify": ("Publish", "PutItem", "UpdateItem", "PutEvents"),
}
DENIED = "AccessDeniedException"
MEASURED = CALLS["CheckModel"].index("GetMetricData")


def faults() -> Iterator[Story]:
    """Yield a story befalls one call of several functions. The watch's own go wrong in the stories of the watch."""
    for effect in ("KillBefore", "KillAfter"):
        for number in range(5):
            yield _befallen(number, "Effect", effect, *CALLS)
    # A start or a stop that is refused for good makes no further calls.
    for number, functions in product(range(5), (("StartModel", "CheckModel"), ("StopModel", "Notify"))):
        yield _befallen(number, "Error", DENIED, *functions)


def _befallen(number: int, kind: str, what: str, *functions: str) -> Story:
    service = REKOGNITION if number == MEASURED else BOTH[number % 2]
    befallen = []
    for function in functions:
        operation = CALLS[function][number % len(CALLS[function])]
        named = operation.format(describe=service.describe, start=service.start, stop=service.stop)
        befallen.append({"Operation": named, kind: what, "Caller": function, "Times": 1})
    acts = [Start(0, LEASE), Start(240, LEASE)] if what == DENIED else [Start(0, LEASE)]
    name = f"{what} {', '.join(str(fault['Operation']) for fault in befallen)}"
    return Story(name=name, service=service, acts=acts, faults=befallen)
