"""A local AWS in which a scenario is played, for the tests of what plays it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config

from local.clock.clock import Clock
from local.scenario.scenario import Scenario
from local.server import LocalAws

ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05T09.00.00/1767603600000"


class ActingAws(LocalAws):
    """A `LocalAws` that can be told what to play."""

    def play(self, *models: dict[str, Any], faulty: list[dict[str, Any]] | None = None) -> None:
        """Replace models and faults."""
        self.load(Scenario.parse(json.dumps({"Models": models, "Faults": faulty or []})))

    def api(self, service: str, **config: Any) -> Any:
        """Make a client that tries a call once."""
        return self.client(service, config=Config(**{"retries": {"total_max_attempts": 1}, **config}))


@contextmanager
def acting_aws(clock: Clock | None = None) -> Iterator[ActingAws]:
    """Open one."""
    with ActingAws(clock=clock) as aws:
        yield aws
