"""Who may do what: a role for each need, and for each role the actions that it calls, on what it calls them on."""

from typing import Any

import pytest

from tests.synth.conftest import BOLTS, PARTS
from tests.synth.synthesized import Synthesized

HERE = "${AWS::Region}:${AWS::AccountId}"
NO_RESOURCE_LEVEL = {
    "rekognition:DescribeProjects",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
"""Actions that the Service Authorization Reference lists without a resource type, and those of the log delivery of Step
Functions, which its Developer Guide wants on `*`."""


def every(service: str, resource: str) -> list[str]:
    """All of one kind in this account and Region."""
    return [f"arn:${{AWS::Partition}}:{service}:{HERE}:{resource}"]


LOOKS_ANYWHERE = {
    "rekognition:DescribeProjects": ["*"],
    "rekognition:DescribeProjectVersions": every("rekognition", "project/*/*"),
    "lookoutvision:DescribeModel": every("lookoutvision", "model/*/*"),
}
LOOKS_AT_CHOSEN = {
    "rekognition:DescribeProjects": ["*"],
    "rekognition:DescribeProjectVersions": [BOLTS, PARTS],
}
STARTS_ANYTHING = {
    "rekognition:StartProjectVersion": every("rekognition", "project/*/version/*/*"),
    "lookoutvision:StartModel": every("lookoutvision", "model/*/*"),
}
STARTS_CHOSEN = {
    "rekognition:StartProjectVersion": [
        "arn:aws:rekognition:us-east-1:123456789012:project/bolts/version/*/*",
        "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/*/*",
    ]
}
REMEMBERS = {
    "dynamodb:GetItem": ["Functions/ModelRecords.Arn"],
    "dynamodb:PutItem": ["Functions/ModelRecords.Arn"],
}
TELLS = {
    "states:DescribeExecution": every("states", "execution:start-model:*"),
    "states:GetExecutionHistory": every("states", "execution:start-model:*"),
    "sns:Publish": ["Notifications/Topic"],
    "kms:Decrypt": ["Notifications/Key.Arn"],
    "kms:GenerateDataKey*": ["Notifications/Key.Arn"],
    "sqs:SendMessage": ["Functions/Untold.Arn"],
    "sqs:GetQueueAttributes": ["Functions/Untold.Arn"],
    "sqs:GetQueueUrl": ["Functions/Untold.Arn"],
    "dynamodb:GetItem": ["Notifications/Told.Arn"],
    "dynamodb:PutItem": ["Notifications/Told.Arn"],
    "dynamodb:UpdateItem": ["Notifications/Told.Arn"],
    "dynamodb:DeleteItem": ["Notifications/Told.Arn"],
}


def runs(function: str) -> dict[str, list[str]]:
    """What every function does: its own log, and traces."""
    return {
        "logs:CreateLogStream": [f"Functions/{function}Log.Arn"],
        "logs:PutLogEvents": [f"Functions/{function}Log.Arn"],
        "xray:PutTraceSegments": ["*"],
        "xray:PutTelemetryRecords": ["*"],
    }


@pytest.mark.parametrize(
    ("deploy", "function", "allowed"),
    [
        ("default", "StartModel", LOOKS_ANYWHERE | STARTS_ANYTHING | REMEMBERS),
        ("default", "CheckModel", LOOKS_ANYWHERE),
        ("default", "Notify", LOOKS_ANYWHERE | TELLS),
        ("chosen", "StartModel", LOOKS_AT_CHOSEN | STARTS_CHOSEN | REMEMBERS),
        ("chosen", "CheckModel", LOOKS_AT_CHOSEN),
        ("chosen", "Notify", LOOKS_AT_CHOSEN | TELLS),
    ],
)
def test_a_function_may_do_what_it_calls_and_nothing_else(
    request: pytest.FixtureRequest, deploy: str, function: str, allowed: dict[str, list[str]]
) -> None:
    synthesized: Synthesized = request.getfixturevalue(deploy)

    assert synthesized.permissions(f"Functions/{function}Role") == runs(function) | allowed


def test_each_function_has_a_role_of_its_own(synthesized: Synthesized) -> None:
    functions = synthesized.all("AWS::Lambda::Function")

    assert {name: function["Role"] for name, function in functions.items()} == {
        name: f"{name}Role.Arn" for name in functions
    }


def test_the_state_machine_may_call_its_functions_and_log_and_trace(synthesized: Synthesized) -> None:
    allowed = synthesized.permissions("StartWorkflow/StateMachine/Role")

    functions = ["Functions/CheckModel.Arn", "Functions/Notify.Arn", "Functions/StartModel.Arn"]
    assert allowed.pop("lambda:InvokeFunction") == sorted([*functions, *(f"{arn}:*" for arn in functions)])
    assert {action.split(":")[0] for action in allowed} == {"logs", "xray"}
    assert set(allowed) <= NO_RESOURCE_LEVEL


def test_triggers_may_start_this_one_machine_and_nothing_else(synthesized: Synthesized) -> None:
    targets = [
        target
        for name, rule in synthesized.all("AWS::Events::Rule").items()
        if name.startswith("Triggers/")
        for target in rule["Targets"]
    ]

    for target in targets:
        assert target["Arn"] == "StartWorkflow/StateMachine"
        role = target["RoleArn"].removesuffix(".Arn")
        assert synthesized.permissions(role) == {"states:StartExecution": ["StartWorkflow/StateMachine"]}


def test_only_the_net_s_rule_may_call_a_function(synthesized: Synthesized) -> None:
    permission = synthesized.only("AWS::Lambda::Permission")

    assert permission == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": "Functions/Notify.Arn",
        "Principal": "events.amazonaws.com",
        "SourceArn": "EndingsNet/Rule.Arn",
    }


def test_everything_stands_only_where_aws_knows_no_resource(synthesized: Synthesized) -> None:
    for role in synthesized.all("AWS::IAM::Role"):
        for action, resources in synthesized.permissions(role).items():
            assert ("*" in resources) == (action in NO_RESOURCE_LEVEL), f"{action} of {role}"


def test_no_role_has_more_than_its_own_statements(synthesized: Synthesized) -> None:
    roles = synthesized.all("AWS::IAM::Role")

    for properties in roles.values():
        assert set(properties) == {"AssumeRolePolicyDocument"}
    with_policies = [name for policy in synthesized.all("AWS::IAM::Policy").values() for name in policy["Roles"]]
    assert sorted(with_policies) == sorted(roles)


def test_each_role_is_trusted_to_one_service(synthesized: Synthesized) -> None:
    trusted: dict[str, Any] = {}
    for role, properties in synthesized.all("AWS::IAM::Role").items():
        (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert (statement["Action"], statement["Effect"]) == ("sts:AssumeRole", "Allow")
        trusted[role] = statement["Principal"]

    assert trusted == {
        "Functions/StartModelRole": {"Service": "lambda.amazonaws.com"},
        "Functions/CheckModelRole": {"Service": "lambda.amazonaws.com"},
        "Functions/NotifyRole": {"Service": "lambda.amazonaws.com"},
        "StartWorkflow/StateMachine/Role": {"Service": "states.amazonaws.com"},
        "StartWorkflow/StateMachine/EventsRole": {"Service": "events.amazonaws.com"},
    }
