"""One deployed stack with schedules of every form, and what they start in two days."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations.aws import Aws
from operations.status.command import read_status
from operations.status.document import document
from settings.settings import Settings
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import BOTH, LOOKOUT_VISION, REKOGNITION
from tests.worlds import Worlds

BEGIN = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
"""In the night after it, the clocks of Berlin are put back at 03:00."""
NIGHT = datetime(2026, 10, 26, 2, 0, tzinfo=UTC)
"""The second start of the nightly schedule was at 01:30 UTC."""
END = BEGIN + timedelta(days=2)
NIGHTLY = {
    "name": "nightly",
    "time_zone": "Europe/Berlin",
    "start": "cron(30 2 * * ? *)",
    "stop": "cron(0 4 * * ? *)",
    "model": {**LOOKOUT_VISION.model, "PollIntervalSeconds": 30},
}
IN_UTC = {"name": "in-utc", "expression": "cron(0 7 25 10 ? *)", "input": {**REKOGNITION.model, "MinInferenceUnits": 2}}
STOP_IN_UTC = {"name": "off", "action": "stop", "expression": "cron(0 9 25 10 ? *)", "input": REKOGNITION.model}
ONCE = {
    "name": "once",
    "time_zone": "America/New_York",
    "expression": "at(2026-10-25T20:15:00)",
    "input": {**REKOGNITION.model, "StopAfterSeconds": 3_600},
}
SCHEDULES = [NIGHTLY, IN_UTC, STOP_IN_UTC, ONCE]


@dataclass(frozen=True)
class Started:
    """An execution that nobody started by hand. `action`: start or stop; `at`: by the clock, to the minute."""

    action: str
    at: datetime
    input: dict[str, Any]
    output: dict[str, Any]

    @property
    def model(self) -> str:
        """Which of the two."""
        return "boards" if "ProjectName" in self.input else "parts"


@dataclass(frozen=True)
class Weekend:
    """What the schedules have started, in order of time, and what `make status` said in the second night."""

    started: list[Started]
    in_the_night: dict[str, Any]


@pytest.fixture(scope="session")
def weekend(worlds: Worlds) -> Weekend:
    """Return what becomes of the schedules in two days."""
    settings = {"schedules": json.dumps(SCHEDULES), "time_zone": "Europe/Berlin"}
    lifecycle = worlds.deployed("scheduled", settings, begin=BEGIN)
    lifecycle.given(*(service.script(StartSeconds=60, StopSeconds=60) for service in BOTH))
    _pass_to(lifecycle, NIGHT)
    with pytest.MonkeyPatch.context() as patch, lifecycle.clock.running():
        for name, value in lifecycle.aws.environment().items():
            patch.setenv(name, value)
        in_the_night = document(read_status(Aws(), Settings()))
    _pass_to(lifecycle, END)
    lifecycle.settle()
    return Weekend(_started(lifecycle), in_the_night)


@pytest.fixture
def started(weekend: Weekend) -> list[Started]:
    """Return what the schedules have started, in order of time."""
    return weekend.started


def _pass_to(lifecycle: Lifecycle, moment: datetime) -> None:
    lifecycle.pass_time((moment - lifecycle.clock.now()).total_seconds())


def _started(lifecycle: Lifecycle) -> list[Started]:
    found = []
    for action, arns in (("start", lifecycle.executions()), ("stop", lifecycle.stops())):
        for arn in arns:
            one = lifecycle.aws.client("stepfunctions").describe_execution(executionArn=arn)
            at = one["startDate"].astimezone(UTC).replace(second=0, microsecond=0)
            found.append(Started(action, at, json.loads(one["input"]), json.loads(one.get("output", "{}"))))
    return sorted(found, key=lambda one: one.at)
