"""The two services, for tests that are true of both: how their models are named, and their statuses."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Any, TypeVar

import pytest

from tests.deployed.lifecycle import ACCOUNT
from tests.soak import covering

_Test = TypeVar("_Test", bound=Callable[..., object])


@dataclass(frozen=True, kw_only=True)
class ServiceWords:
    """A service, and one model of it."""

    name: str
    model: dict[str, str]
    start: str
    stop: str
    describe: str
    stopped: str
    starting: str
    running: str
    failed: str
    stopping: str

    def __str__(self) -> str:
        return self.name

    def script(self, **behaviour: Any) -> dict[str, Any]:
        """Return the model in a scenario."""
        return {**self.model, **behaviour}


REKOGNITION = ServiceWords(
    name="Rekognition",
    model={
        "ProjectVersionArn": f"arn:aws:rekognition:us-east-1:{ACCOUNT}:project/parts/version/parts.2026/1767603600000"
    },
    start="StartProjectVersion",
    stop="StopProjectVersion",
    describe="DescribeProjectVersions",
    stopped="STOPPED",
    starting="STARTING",
    running="RUNNING",
    failed="FAILED",
    stopping="STOPPING",
)
LOOKOUT_VISION = ServiceWords(
    name="LookoutVision",
    model={"ProjectName": "boards", "ModelVersion": "1"},
    start="StartModel",
    stop="StopModel",
    describe="DescribeModel",
    stopped="TRAINED",
    starting="STARTING_HOSTING",
    running="HOSTED",
    failed="HOSTING_FAILED",
    stopping="STOPPING_HOSTING",
)
BOTH = (REKOGNITION, LOOKOUT_VISION)
both_services = pytest.mark.parametrize("service", BOTH, ids=str)


def services_in_turn() -> Callable[[_Test], _Test]:
    """Give each test both services, of which every run tries one, in turn, and the soak both."""
    turns = cycle(range(len(BOTH)))

    def parametrized(test: _Test) -> _Test:
        services = covering(BOTH, one_in=len(BOTH), first=next(turns))
        marked: _Test = pytest.mark.parametrize("service", services, ids=str)(test)
        return marked

    return parametrized
