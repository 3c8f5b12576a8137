"""One deployed stack for each test process: each test brings its own models and faults."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.clock.clock import VirtualClock
from local.commands.cdk import deploy
from local.server import LocalAws
from tests.deployed.lifecycle import Lifecycle


@pytest.fixture(scope="package")
def deployed(request: pytest.FixtureRequest) -> Iterator[Lifecycle]:
    """The stack, with the settings that a module gives as this fixture's parameter, in JSON; else with none."""
    settings = json.loads(getattr(request, "param", "{}"))
    clock = VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    with LocalAws(clock=clock) as aws:
        yield Lifecycle(aws, clock, deploy(aws, context=settings))


@pytest.fixture
def lifecycle(deployed: Lifecycle) -> Iterator[Lifecycle]:
    """The stack, just after a look of the watch; afterwards it is as if nothing had been."""
    deployed.let_the_watch_pass()
    yield deployed
    deployed.forget()
