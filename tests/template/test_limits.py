"""The most that the settings allow makes a deploy that AWS takes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
"""

import json
from pathlib import Path
from typing import Any

import pytest

from settings.budget import MOST_CHARACTERS, MOST_USD
from settings.limits import MOST_ARN_CHARACTERS, MOST_INPUT_BYTES, MOST_RESOURCES
from tests.template.conftest import VERSION
from tests.template.synthesized import STACK, deploys_made_once

LOOKOUT = "arn:aws:lookoutvision:ap-southeast-1:123456789012:project/p{:03}"
REKOGNITION = "arn:aws:rekognition:ap-southeast-1:123456789012:project/p{:03}/1767603600000"

LONGEST_STAGE = "s" * 20
LONGEST_BUDGET = {
    "budget_usd": MOST_USD - 0.01,
    "budget_usd_by_project": {"p" * (MOST_CHARACTERS - len('{"":1.0}')): 1},
    "budget_action": "stop",
}


def as_many_as_fit(pattern: str) -> list[str]:
    return [pattern.format(number) for number in range((MOST_ARN_CHARACTERS + 1) // (len(pattern.format(0)) + 1))]


def schedules(number: int) -> list[dict[str, Any]]:
    """Return as many stops with the largest inputs that all of them may have."""
    reason = "r" * min(MOST_INPUT_BYTES // number - 250, 2_000)
    common = {"expression": "cron(0/30 20-23 ? * MON-FRI *)", "time_zone": "America/Argentina/ComodRivadavia"}
    # An intrinsic function of CloudFormation, were it not text.
    theirs = {"AWS_STEP_FUNCTIONS_X": {"Ref": "X"}}
    stop = {"ProjectVersionArn": VERSION, "Reason": reason, **theirs}
    return [common | {"name": f"{place:040}", "action": "stop", "input": stop} for place in range(number)]


FULLEST: dict[str, dict[str, Any]] = {
    "projects": {
        "project_arns": as_many_as_fit(REKOGNITION),
        "watched_services": ["Rekognition", "LookoutVision"],
        "time_zone": "America/Argentina/ComodRivadavia",
        "stage": LONGEST_STAGE,
        **LONGEST_BUDGET,
    },
    "projects with long names": {
        "project_arns": as_many_as_fit(REKOGNITION.replace("p{:03}", "{0}" * 249)),
        "watched_services": ["Rekognition", "LookoutVision"],
        "time_zone": "America/Argentina/ComodRivadavia",
        "stage": LONGEST_STAGE,
        **LONGEST_BUDGET,
    },
    "other projects": {"project_arns": as_many_as_fit(LOOKOUT)},
    "some schedules": {
        "schedules": schedules(10),
        "notification_emails": [f"{n}@example.com" for n in range(10)],
        "stage": LONGEST_STAGE,
    },
}
EXHAUSTIVE: dict[str, dict[str, Any]] = {
    "schedules": {"schedules": schedules(MOST_RESOURCES)},
    "addresses": {"notification_emails": [f"{n}@example.com" for n in range(MOST_RESOURCES)]},
}


@pytest.fixture(scope="module", params=["fullest", pytest.param("exhaustive", marks=pytest.mark.soak)])
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the template of each deploy."""
    wanted = {"fullest": FULLEST, "exhaustive": EXHAUSTIVE}[request.param]
    folder = deploys_made_once(f"limits-{request.param}", tmp_path_factory, wanted)
    return {name: file for name in wanted for file in (folder / name).glob("*.template.json")}


def test_the_fullest_deploys_stay_within_the_limits_of_aws(templates: dict[str, Path]) -> None:
    for name, file in templates.items():
        resources = json.loads(file.read_text(encoding="utf-8"))["Resources"]
        others = [one for one in resources.values() if one["Type"] not in BY_SETTINGS]
        assert len(others) <= 500 - MOST_RESOURCES, name
        assert len(resources) <= 500, name
        assert file.stat().st_size <= 1_000_000, name
        for resource in resources.values():
            if check := CHECKS.get(resource["Type"]):
                check(long(resource["Properties"]))
        assert sum(resource["Type"] == "AWS::Events::Rule" for resource in resources.values()) <= 300


BY_SETTINGS = {"AWS::SNS::Subscription", "AWS::Scheduler::Schedule"}


def long(value: Any) -> Any:
    """Return a value with the longest text that each reference may become."""
    match value:
        case {"Ref": str(name)} if name.startswith("AWS::"):
            return {"AWS::Region": "ap-southeast-1", "AWS::AccountId": "1" * 12}.get(name, "aws-us-gov")
        case {"Ref": str(name)}:
            return f"{STACK}-{LONGEST_STAGE}-{name}-{'X' * 13}"
        case {"Fn::GetAtt": [str(name), _]}:
            return f"arn:aws:dynamodb:ap-southeast-1:123456789012:table/{STACK}-{LONGEST_STAGE}-{name}-{'X' * 13}"
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(str(long(part)) for part in parts)
        case dict():
            return {key: long(inner) for key, inner in value.items()}
        case list():
            return [long(inner) for inner in value]
    return value


def written(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")).encode())


def check_environment(function: dict[str, Any]) -> None:
    assert written(function["Environment"]["Variables"]) <= 4_096


def check_inline_policy(policy: dict[str, Any]) -> None:
    # A role has one here.
    assert written(policy["PolicyDocument"]) <= 10_240


def check_managed_policy(policy: dict[str, Any]) -> None:
    assert written(policy["PolicyDocument"]) <= 6_144


def check_queue_policy(policy: dict[str, Any]) -> None:
    assert len(policy["PolicyDocument"]["Statement"]) <= 20
    assert written(policy["PolicyDocument"]) <= 8_192


def check_schedule(schedule: dict[str, Any]) -> None:
    assert len(schedule["Description"]) <= 512
    assert len(schedule["Target"]["Input"].encode()) <= 256 * 1024


def check_machine(machine: dict[str, Any]) -> None:
    assert len(machine["StateMachineName"]) <= 80
    # In the input of stop-model, with a name of 80 characters, as FailedStart.
    assert len(f"arn:aws-us-gov:states:ap-southeast-1:{'1' * 12}:execution:{machine['StateMachineName']}:") <= 256 - 80


def check_group(group: dict[str, Any]) -> None:
    assert len(group["Name"]) <= 64


CHECKS = {
    "AWS::IAM::ManagedPolicy": check_managed_policy,
    "AWS::IAM::Policy": check_inline_policy,
    "AWS::Lambda::Function": check_environment,
    "AWS::SQS::QueuePolicy": check_queue_policy,
    "AWS::Scheduler::Schedule": check_schedule,
    "AWS::Scheduler::ScheduleGroup": check_group,
    "AWS::StepFunctions::StateMachine": check_machine,
}
