"""Starts, stops, leases and people that want one model at the same time, in every order."""

from collections.abc import Iterator
from itertools import cycle

from tests.deployed.services import BOTH, LOOKOUT_VISION, REKOGNITION
from tests.deployed.trouble.leaks_story import Act, ByHand, Hand, Start, Stop, Story

SHORT, LONG = {"StopAfterSeconds": 150}, {"StopAfterSeconds": 300}
ORDERS: dict[str, list[Act]] = {
    "two starts, a stop": [Start(0), Start(0), Stop(0)],
    "a stop, two starts": [Stop(0), Start(0), Start(0)],
    "a stop between two starts": [Start(0), Stop(3), Start(6)],
    "it runs: a stop, a start": [Start(0), Stop(120), Start(120)],
    "it runs: a start, a stop": [Start(0), Start(120), Stop(120)],
    "it runs: a stop, two starts": [Start(0), Stop(120), Start(125), Start(131)],
    "a long lease, a short one": [Start(0, LONG), Start(0, SHORT)],
    "a short lease, a long one": [Start(0, SHORT), Start(0, LONG)],
    "two leases with one end": [Start(0, SHORT), Start(30, {"StopAfterSeconds": 120})],
    "a lease is moved, a stop": [Start(0, SHORT), Start(60, LONG), Stop(60)],
}
AROUND_THE_END = (-60, -20, -1, 0, 1, 5, 12, 20, 30, 60, 90)


def races() -> Iterator[Story]:
    """All of them."""
    services = cycle(BOTH)
    for name, acts in ORDERS.items():
        yield Story(name=name, service=next(services), acts=acts)
    for seconds, lease in zip(AROUND_THE_END, cycle([LONG, LONG, {}]), strict=False):
        name = f"a start {'with' if lease else 'without'} a lease {seconds} s after a lease's end"
        yield Story(name=name, service=next(services), acts=[Start(0, SHORT), Start(150 + seconds, lease)])
    yield Story(
        name="a start as one that gave up is cleaned up",
        service=LOOKOUT_VISION,
        acts=[Start(0, {"StartTimeoutSeconds": 30}), Start(30)],
        script={"StartSeconds": 100},
    )
    yield _by_hand("started by hand", ByHand(0, Hand.STARTS))
    yield _by_hand("stopped by hand, and wanted again", Start(0, SHORT), ByHand(100, Hand.STOPS), Start(105))
    yield _by_hand("its armed stop is deleted", Start(0, SHORT), ByHand(100, Hand.DISARMS))


def _by_hand(name: str, *acts: Act) -> Story:
    return Story(name=name, service=REKOGNITION, acts=acts)
