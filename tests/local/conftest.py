"""One deployed stack for each test process: each test brings its own models and faults."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.cdk import deploy
from local.clock import VirtualClock
from local.server import LocalAws
from tests.local.lifecycle import Lifecycle
from tests.local.services import REKOGNITION

# Far away, so that it fires for the one test that lets the years pass.
SCHEDULE = {
    "name": "once",
    "expression": "cron(0 7 1 6 ? 2030)",
    "input": {**REKOGNITION.model, "MinInferenceUnits": 2},
}


@pytest.fixture(scope="package")
def deployed() -> Iterator[Lifecycle]:
    clock = VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    with LocalAws(clock=clock) as aws:
        yield Lifecycle(aws, clock, deploy(aws, context={"schedules": json.dumps([SCHEDULE])}))


@pytest.fixture
def lifecycle(deployed: Lifecycle) -> Iterator[Lifecycle]:
    yield deployed
    deployed.clock.settle(timeout=60)
    deployed.given()
