"""One deployed stack with schedules of every form, and what they start in two days."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.clock.clock import VirtualClock
from local.commands.cdk import deploy
from local.scenario.scenario import Scenario
from local.server import LocalAws
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION

BEGIN = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
"""In the night after it, the clocks of Berlin are put back at 03:00."""
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


@pytest.fixture(scope="package")
def started() -> Iterator[list[Started]]:
    """What the schedules have started, in order of time."""
    clock = VirtualClock(BEGIN)
    with LocalAws(clock=clock) as aws:
        outputs = deploy(aws, context={"schedules": json.dumps(SCHEDULES), "time_zone": "Europe/Berlin"})
        models = [service.script(StartSeconds=60, StopSeconds=60) for service in (LOOKOUT_VISION, REKOGNITION)]
        aws.load(Scenario.parse(json.dumps({"Models": models})))
        with clock.running():
            clock.wait((END - clock.now()).total_seconds())
        clock.settle(timeout=120)
        yield _started(aws, outputs)


def _started(aws: LocalAws, outputs: dict[str, str]) -> list[Started]:
    states = aws.client("stepfunctions")
    found = []
    for action in ("start", "stop"):
        machine = outputs[f"{action.title()}ModelStateMachineArn"]
        for listed in states.list_executions(stateMachineArn=machine)["executions"]:
            one = states.describe_execution(executionArn=listed["executionArn"])
            at = one["startDate"].astimezone(UTC).replace(second=0, microsecond=0)
            found.append(Started(action, at, json.loads(one["input"]), json.loads(one.get("output", "{}"))))
    return sorted(found, key=lambda one: one.at)
