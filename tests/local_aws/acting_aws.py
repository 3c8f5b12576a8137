"""A local AWS in which a scenario is played, for the tests of what plays it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

from botocore.config import Config
from botocore.session import Session

from local import server
from local.api import aws_api
from local.clock.clock import Clock
from local.scenario.scenario import Scenario

ADAPTERS = (
    "functions.functions",
    "network.faults",
    "vision.rekognition",
    "vision.lookoutvision",
    "cloudwatch.metrics",
    "event_bridge.events",
    "event_bridge.scheduler",
)

ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05T09.00.00/1767603600000"


class ActingAws(server.LocalAws):
    """A `LocalAws` that can be told what to play."""

    def play(self, *models: dict[str, Any], faulty: list[dict[str, Any]] | None = None) -> None:
        """Replace models and faults."""
        self.load(Scenario.parse(json.dumps({"Models": models, "Faults": faulty or []})))

    def api(self, service: str, **config: Any) -> Any:
        """Make a client that tries a call once."""
        return _session().create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106
            config=Config(**{"retries": {"total_max_attempts": 1}, **config}),
        )


@cache
def _session() -> Session:
    """Keep one session: reading a service's model takes longer than most tests."""
    session = Session(session_vars={"profile": (None, None, None, None)})
    session.get_component("data_loader").search_paths.append(str(aws_api.EXTRA_MODELS))
    return session


@contextmanager
def acting_aws(clock: Clock | None = None) -> Iterator[ActingAws]:
    """Open a local AWS with just the adapters under test."""
    with mock.patch.object(server, "_ADAPTERS", ADAPTERS), ActingAws(clock=clock) as aws:
        yield aws
