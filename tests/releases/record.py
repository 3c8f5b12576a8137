"""`python -m tests.releases.record`: record what this release writes, once its version in pyproject.toml is new.

Recorded examples never change: every later release must read them.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from local.clock.clock import VirtualClock
from local.commands.cdk import ROOT, deploy
from local.server import LocalAws
from tests.deployed.lifecycle import Lifecycle
from tests.worlds import MONDAY

HERE = Path(__file__).parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
MINUTE, HOUR = 60, 3_600
OFTEN_ENOUGH = {"PollIntervalSeconds": 10 * MINUTE}


def rekognition(name: str) -> dict[str, str]:
    return {
        "ProjectVersionArn": f"arn:aws:rekognition:us-east-1:123456789012:project/{name}/version/{name}.1/1767603600000"
    }


def lookout(name: str) -> dict[str, str]:
    return {"ProjectName": name, "ModelVersion": "1"}


def main() -> None:
    """Live lives of every kind, and write down what is left of them."""
    clock = VirtualClock(MONDAY)
    with LocalAws(clock=clock) as aws:
        lifecycle = Lifecycle(aws, clock, deploy(aws, context={"stop_after_hours_unleased": "26"}))
        recorded = lived(lifecycle)
    folder = HERE / VERSION
    folder.mkdir(exist_ok=True)
    for name, items in recorded.items():
        lines = ",\n".join(json.dumps(item, sort_keys=True, default=str) for item in items)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def lived(lifecycle: Lifecycle) -> dict[str, list[Any]]:
    """Return what was written: states of executions, records, scheduled stops, remembered messages, and ends."""
    leased, slow, endless = rekognition("leased"), lookout("slow"), lookout("endless")
    lifecycle.given(
        {**leased, "StartSeconds": 20 * MINUTE},
        {**slow, "Status": "HOSTED", "StopSeconds": 20 * MINUTE},
        {**endless, "StartEndsIn": "STARTING_HOSTING"},
        {**rekognition("by-hand"), "Status": "RUNNING", "RunningForSeconds": 24.5 * HOUR},
        {**lookout("aborted"), "StartSeconds": HOUR},
    )
    lifecycle.start({**leased, **OFTEN_ENOUGH, "StopAfterSeconds": 2 * HOUR, "MinInferenceUnits": 2})
    lifecycle.start({**endless, **OFTEN_ENOUGH, "StartTimeoutSeconds": 30 * MINUTE})
    lifecycle.stop({**slow, **OFTEN_ENOUGH, "Reason": "It is late."})
    lifecycle.start({**leased, "Wait": 1})
    aborted = lifecycle.start({**lookout("aborted"), **OFTEN_ENOUGH})
    lifecycle.pass_time(15 * MINUTE)
    records, schedules = table(lifecycle, "ModelRecords"), armed(lifecycle)
    lifecycle.start({**leased, "StopAfterSeconds": 3 * HOUR})
    lifecycle.abort(aborted)
    lifecycle.pass_time(5 * HOUR)
    heard = [*lifecycle.told_by_watch()]
    arns = [*lifecycle.executions(), *lifecycle.stops()]
    heard += [message for arn in arns for message in lifecycle.messages(arn)]
    return {
        "steps": [step for arn in arns for step in steps(lifecycle, arn)],
        "records": [*records, *table(lifecycle, "ModelRecords")],
        "schedules": schedules,
        "told": table(lifecycle, "Told"),
        "messages": [message.document for message in heard],
        "executions": [described(lifecycle, arn) for arn in arns],
    }


def steps(lifecycle: Lifecycle, arn: str) -> list[dict[str, Any]]:
    """Return what an execution's functions got and answered, of each state the first time and the last."""
    client = lifecycle.aws.client("stepfunctions")
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
    found: list[dict[str, Any]] = []
    state = ""
    for event in (event for page in pages for event in page["events"]):
        if entered := event.get("stateEnteredEventDetails"):
            state = entered["name"]
        elif scheduled := event.get("lambdaFunctionScheduledEventDetails"):
            found.append({"State": state, "Payload": json.loads(scheduled["input"])})
        elif succeeded := event.get("lambdaFunctionSucceededEventDetails"):
            found[-1]["Answer"] = json.loads(succeeded["output"])
    # One that was under way when its execution was aborted has no answer.
    found = [step for step in found if "Answer" in step]
    ends = [{step["State"]: step for step in order} for order in (found[::-1], found)]
    return [step for step in found if any(step is end.get(step["State"]) for end in ends)]


def table(lifecycle: Lifecycle, name: str) -> list[dict[str, Any]]:
    """Return the items of the table with that word in its name."""
    client = lifecycle.aws.client("dynamodb")
    [found] = [table for table in client.list_tables()["TableNames"] if name in table]
    items: list[dict[str, Any]] = client.scan(TableName=found)["Items"]
    return items


def armed(lifecycle: Lifecycle) -> list[dict[str, Any]]:
    client = lifecycle.aws.client("scheduler")
    keys = ("Name", "GroupName", "ScheduleExpression")
    found = [client.get_schedule(GroupName=one["GroupName"], Name=one["Name"]) for one in lifecycle.armed()]
    return [{**{key: one[key] for key in keys}, "Input": json.loads(one["Target"]["Input"])} for one in found]


def described(lifecycle: Lifecycle, arn: str) -> dict[str, Any]:
    """Return an execution as DescribeExecution has it."""
    found = lifecycle.aws.client("stepfunctions").describe_execution(executionArn=arn)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


if __name__ == "__main__":
    main()
