"""One deployed stack with schedules of every form, and what they start in two days."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from model_lifecycle.vocabulary.instant import from_instant
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
SHOP = {"ProjectVersionArn": REKOGNITION.model["ProjectVersionArn"].replace("parts", "shop")}
READY = {
    "name": "shop",
    "time_zone": "Europe/Berlin",
    # An hour earlier clocks skip in spring, so it fires two hours before: tonight these are three.
    "ready_by": "cron(30 3 * * ? *)",
    "stop": "cron(0 5 * * ? *)",
    "model": SHOP,
}
SCHEDULES = [NIGHTLY, IN_UTC, STOP_IN_UTC, ONCE, READY]
SECOND_DAY = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
USUAL = (540, 600, 720)
"""What the app remembers of the starts of the shop's model from then on."""


@dataclass(frozen=True)
class Started:
    """An execution that nobody started by hand. `action`: start or stop; `at`: by the clock, to the minute, and of one
    that waits for its time, when it asks.
    """

    action: str
    at: datetime
    input: dict[str, Any]
    output: dict[str, Any]

    @property
    def model(self) -> str:
        """Which of the three."""
        return "boards" if "ProjectName" in self.input else "shop" if self.input.items() >= SHOP.items() else "parts"


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
    scripts = [*(service.script(StartSeconds=60, StopSeconds=60) for service in BOTH), {**SHOP, "StartSeconds": 660}]
    lifecycle.given(*scripts)
    _pass_to(lifecycle, SECOND_DAY)
    lifecycle.remember(SHOP, *USUAL)
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
            given, output = json.loads(one["input"]), json.loads(one.get("output", "{}"))
            began = from_instant(output["AskedAt"]) if "ReadyBy" in given else one["startDate"].astimezone(UTC)
            found.append(Started(action, began.replace(second=0, microsecond=0), given, output))
    return sorted(found, key=lambda one: one.at)
