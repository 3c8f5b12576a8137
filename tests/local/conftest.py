"""One deployed stack for each test process: each test brings its own models and faults."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.cdk import deploy
from local.clock import VirtualClock
from local.server import LocalAws
from tests.local.lifecycle import Lifecycle


@pytest.fixture(scope="session")
def deployed() -> Iterator[Lifecycle]:
    clock = VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    with LocalAws(clock=clock) as aws:
        yield Lifecycle(aws, clock, deploy(aws))


@pytest.fixture
def lifecycle(deployed: Lifecycle) -> Iterator[Lifecycle]:
    yield deployed
    deployed.clock.settle(timeout=60)
    deployed.given()
