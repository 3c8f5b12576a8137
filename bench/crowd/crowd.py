"""Many starts at once, by events, in the local AWS: what calls they make, and how late each model is seen running."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from local.clock.clock import VirtualClock
from local.commands.cdk import deploy, synthesis
from local.network.faults import calls
from local.scenario.scenario import Scenario
from local.server import LocalAws

STARTS = 200
TEN_SECONDS = timedelta(seconds=10)
_TYPICAL_SECONDS, _SPREAD = 600.0, 0.5
_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_OF_AN_EVENT = 10
_SECONDS_OF_PATIENCE = 3_600
_CONTROL_PLANE = ("DescribeProjects", "DescribeProjectVersions", "StartProjectVersion", "StopProjectVersion")


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What became of so many starts. `calls_a_second`: in the busiest ten seconds. Lags in seconds."""

    starts: int
    running: int
    calls: int
    calls_a_second: float
    lag_median: float
    lag_p95: float
    minutes: float


def lived(starts: int, *, say: Callable[[str], object]) -> Crowd:
    """Deploy the app into a local AWS, and let so many models start at the same moment in virtual time."""
    chance = Random(1)  # noqa: S311 - the same each time
    seconds = {
        f"arn:aws:rekognition:us-east-1:123456789012:project/crowd/version/crowd.{number}/1767603600000": max(
            30, round(_TYPICAL_SECONDS * math.exp(chance.gauss(0, _SPREAD)))
        )
        for number in range(starts)
    }
    models = [{"ProjectVersionArn": arn, "StartSeconds": takes} for arn, takes in seconds.items()]
    quotas = {"RunningModels": starts, "InferenceUnits": starts, "CallsPerSecond": 5}
    clock = VirtualClock(_BEGIN)
    with synthesis() as assembly, LocalAws(clock=clock) as aws:
        say("deploying ...\n")
        outputs = deploy(aws, assembly=assembly)
        aws.load(Scenario.parse(json.dumps({"Models": models, "Quotas": quotas})))
        say("starting ...\n")
        details = [json.dumps({"ProjectVersionArn": arn}) for arn in seconds]
        entries = [
            {"Source": outputs["RequestSource"], "DetailType": "Start Model", "Detail": detail} for detail in details
        ]
        began = clock.now()
        with clock.running():
            for place in range(0, starts, _OF_AN_EVENT):
                aws.client("events").put_events(Entries=entries[place : place + _OF_AN_EVENT])
        clock.settle(timeout=_SECONDS_OF_PATIENCE)
        made = [call for operation in _CONTROL_PLANE for call in calls(operation)]
        moments = sorted(call.moment for call in made)
        asked = {
            call.parameters["ProjectVersionArn"]: call.moment
            for call in calls("StartProjectVersion")
            if call.outcome == "OK"
        }
        machines = aws.client("stepfunctions")
        pages = machines.get_paginator("list_executions").paginate(
            stateMachineArn=outputs["StartModelStateMachineArn"], statusFilter="SUCCEEDED"
        )
        arns = [each["executionArn"] for page in pages for each in page["executions"]]
        reports = [json.loads(machines.describe_execution(executionArn=arn)["output"]) for arn in arns]
    lags = sorted(
        (
            datetime.fromisoformat(report["RunningAt"])
            - asked[report["ProjectVersionArn"]]
            - timedelta(seconds=seconds[report["ProjectVersionArn"]])
        ).total_seconds()
        for report in reports
    )
    return Crowd(
        starts=starts,
        running=len(reports),
        calls=len(made),
        calls_a_second=busiest(moments) / TEN_SECONDS.total_seconds(),
        lag_median=lags[len(lags) // 2],
        lag_p95=lags[int(len(lags) * 0.95)],
        minutes=(moments[-1] - began).total_seconds() / 60,
    )


def busiest(moments: list[datetime]) -> int:
    """Return how many of these moments, which are in order, the busiest ten seconds have."""
    most = first = 0
    for place, moment in enumerate(moments):
        while moments[first] <= moment - TEN_SECONDS:
            first += 1
        most = max(most, place - first + 1)
    return most
