"""Permissions: a role for each function, and for each role the actions that it calls, on their resources."""

import pytest

from tests.template.conftest import BOLTS, PARTS
from tests.template.synthesized import Synthesized

HERE = "${AWS::Region}:${AWS::AccountId}"
NO_RESOURCE_LEVEL = {
    "cloudwatch:GetMetricData",
    "lookoutvision:ListModels",
    "lookoutvision:ListProjects",
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


def on(resources: list[str], *actions: str) -> dict[str, list[str]]:
    """Return some actions on the same resources."""
    return dict.fromkeys(actions, resources)


VERSIONS, MODELS = every("rekognition", "project/*/version/*/*"), every("lookoutvision", "model/*/*")
CHOSEN_VERSIONS = [
    "arn:aws:rekognition:us-east-1:123456789012:project/bolts/version/*/*",
    "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/*/*",
]
LEASES = every("scheduler", "schedule/model-leases/*")
RECORDS, TOLD = "Functions/ModelRecords.Arn", "Notifications/Told.Arn"
LOOKS_AT_REKOGNITION = {
    "rekognition:DescribeProjects": ["*"],
    "rekognition:DescribeProjectVersions": every("rekognition", "project/*/*"),
}
LOOKS_ANYWHERE = {
    **LOOKS_AT_REKOGNITION,
    "lookoutvision:DescribeModel": MODELS,
}
LOOKS_AT_CHOSEN = {
    "rekognition:DescribeProjects": ["*"],
    "rekognition:DescribeProjectVersions": [BOLTS, PARTS],
}


def again(looks: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return what it takes once the model's project is known."""
    return {action: on for action, on in looks.items() if action != "rekognition:DescribeProjects"}


STARTS_ANYTHING = {"rekognition:StartProjectVersion": VERSIONS, "lookoutvision:StartModel": MODELS}
STARTS_CHOSEN = {"rekognition:StartProjectVersion": CHOSEN_VERSIONS}
STOPS_ANYTHING = {"rekognition:StopProjectVersion": VERSIONS, "lookoutvision:StopModel": MODELS}
STOPS_CHOSEN = {"rekognition:StopProjectVersion": CHOSEN_VERSIONS}
ARMS = {"scheduler:CreateSchedule": LEASES, "iam:PassRole": ["Leases/Role.Arn"]}
DISARMS = {"scheduler:DeleteSchedule": LEASES}
MEASURES = {"cloudwatch:GetMetricData": ["*"]}
REMEMBERS = on([RECORDS], "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
COUNTS = on([RECORDS], "dynamodb:Scan")
STARTS = every("states", "execution:start-model:*")
STARTS_AND_STOPS = [*STARTS, *every("states", "execution:stop-model:*")]
EXECUTIONS = [
    arn
    for name in ("start-model", "start-models", "stop-model", "stop-models")
    for arn in every("states", f"execution:{name}:*")
]
LISTS = on(["*"], "lookoutvision:ListModels")
READS_ENDINGS = on(EXECUTIONS, "states:DescribeExecution", "states:GetExecutionHistory")
TELLS = {
    "events:PutEvents": every("events", "event-bus/default"),
    "sns:Publish": ["Notifications/Topic"],
    **on(["Notifications/Key.Arn"], "kms:Decrypt", "kms:GenerateDataKey"),
    **on([TOLD], *(f"dynamodb:{verb}Item" for verb in ("Put", "Update", "Delete"))),
}


def fails_into(queue: str) -> dict[str, list[str]]:
    """Return what leaving something in a dead-letter queue takes."""
    return {"sqs:SendMessage": [f"{queue}.Arn"]}


FINDS_ANYTHING = on(["*"], "lookoutvision:ListProjects", "lookoutvision:ListModels")
WATCHES = {
    **TELLS,
    **ARMS,
    **DISARMS,
    **MEASURES,
    **fails_into("Functions/Unwatched"),
    "sns:ListSubscriptionsByTopic": ["Alarms/Topic", "Notifications/Topic"],
    "states:DescribeExecution": STARTS,
    "states:StartExecution": every("states", "stateMachine:stop-model"),
    **on([RECORDS, TOLD], "dynamodb:GetItem", "dynamodb:PutItem"),
}

CALLED = [f"Functions/{name}.Arn" for name in ("CheckModel", "FleetModels", "Notify", "StartModel", "StopModel")]
MACHINES = [
    arn
    for name in ("start-model", "start-models", "stop-model", "stop-models")
    for arn in every("states", f"stateMachine:{name}")
]
FORGETS = {
    **on(CALLED, "lambda:ListVersionsByFunction"),
    **on([f"{arn}:*" for arn in CALLED], "lambda:DeleteFunction"),
    **on(MACHINES, "states:DescribeStateMachine", "states:ListExecutions"),
    **on(EXECUTIONS, "states:DescribeStateMachineForExecution"),
    **fails_into("Functions/Unforgotten"),
}


def runs(function: str) -> dict[str, list[str]]:
    """Return what every function does: its own log, and traces."""
    log = on([f"Functions/{function}Log.Arn"], "logs:CreateLogStream", "logs:PutLogEvents")
    return log | on(["*"], "xray:PutTraceSegments", "xray:PutTelemetryRecords")


@pytest.mark.parametrize(
    ("synthesized", "function", "allowed"),
    [
        ("default", "StartModel", LOOKS_ANYWHERE | LISTS | STARTS_ANYTHING | ARMS | DISARMS | REMEMBERS | COUNTS),
        ("default", "StopModel", LOOKS_ANYWHERE | LISTS | STOPS_ANYTHING | DISARMS | MEASURES | REMEMBERS),
        ("default", "CheckModel", again(LOOKS_ANYWHERE) | DISARMS | MEASURES | REMEMBERS),
        (
            "default",
            "FleetModels",
            LISTS | {"rekognition:DescribeProjectVersions": every("rekognition", "project/*/*")},
        ),
        ("default", "Notify", LOOKS_ANYWHERE | LISTS | READS_ENDINGS | TELLS | fails_into("Functions/Untold")),
        ("default", "WatchModels", LOOKS_AT_REKOGNITION | WATCHES),
        ("every", "WatchModels", LOOKS_ANYWHERE | FINDS_ANYTHING | WATCHES),
        ("default", "ForgetVersions", FORGETS),
        ("chosen", "StartModel", LOOKS_AT_CHOSEN | STARTS_CHOSEN | ARMS | DISARMS | REMEMBERS | COUNTS),
        ("chosen", "StopModel", LOOKS_AT_CHOSEN | STOPS_CHOSEN | DISARMS | MEASURES | REMEMBERS),
        ("chosen", "CheckModel", again(LOOKS_AT_CHOSEN) | DISARMS | MEASURES | REMEMBERS),
        ("chosen", "Notify", LOOKS_AT_CHOSEN | READS_ENDINGS | TELLS | fails_into("Functions/Untold")),
        ("chosen", "WatchModels", LOOKS_AT_CHOSEN | WATCHES),
    ],
    indirect=["synthesized"],
)
def test_a_function_may_do_what_it_calls_and_nothing_else(
    synthesized: Synthesized, function: str, allowed: dict[str, list[str]]
) -> None:
    assert synthesized.permissions(f"Functions/{function}Role") == runs(function) | allowed


def test_a_role_is_handed_to_the_scheduler_only_and_events_are_sent_in_the_app_s_name_only(
    synthesized: Synthesized,
) -> None:
    to_the_scheduler = {"iam:PassRole": {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}}
    # The key is a list: IAM compares it with "for all" alone, which is true of no source, too.
    source = {"ForAllValues:StringEquals": {"events:source": "model-lifecycle"}, "Null": {"events:source": "false"}}
    in_the_app_s_name = {"events:PutEvents": source}
    conditions = {role: synthesized.conditions(role) for role in synthesized.all("AWS::IAM::Role")}

    assert {role: found for role, found in conditions.items() if found} == {
        "Functions/StartModelRole": to_the_scheduler,
        "Functions/WatchModelsRole": {**to_the_scheduler, **in_the_app_s_name},
        "Functions/NotifyRole": in_the_app_s_name,
    }


def test_each_function_has_a_role_of_its_own(synthesized: Synthesized) -> None:
    functions = synthesized.all("AWS::Lambda::Function")

    assert {name: function["Role"] for name, function in functions.items()} == {
        name: f"{name}Role.Arn" for name in functions
    }


@pytest.mark.parametrize(
    ("workflow", "starts"), [("StartWorkflow", ["StopWorkflow/StateMachine"]), ("StopWorkflow", None)]
)
def test_a_state_machine_may_call_its_functions_and_log_and_trace_and_a_start_may_clean_up(
    synthesized: Synthesized, workflow: str, starts: list[str] | None
) -> None:
    allowed = synthesized.permissions(f"{workflow}/StateMachine/Role")

    step = workflow.replace("Workflow", "Model")
    functions = ["Functions/CheckModel.Arn", "Functions/Notify.Arn", f"Functions/{step}.Arn"]
    assert allowed.pop("lambda:InvokeFunction") == [f"{arn}{of}" for arn in functions for of in ("", ":*")]
    assert allowed.pop("states:StartExecution", None) == starts
    assert {action.split(":")[0] for action in allowed} == {"logs", "xray"}
    assert set(allowed) <= NO_RESOURCE_LEVEL


def test_a_rule_may_start_the_machine_that_it_is_for_and_nothing_else(synthesized: Synthesized) -> None:
    rules = {name: rule for name, rule in synthesized.all("AWS::Events::Rule").items() if name.startswith("Triggers/")}

    assert rules
    for rule in rules.values():
        for target in rule["Targets"]:
            role = target["RoleArn"].removesuffix(".Arn")
            assert synthesized.permissions(role) == {"states:StartExecution": [target["Arn"]]}


def test_a_schedule_may_start_its_own_machine_and_dead_letter_and_is_all_that_gets_its_role(
    chosen: Synthesized,
) -> None:
    targets = [schedule["Target"] for schedule in chosen.all("AWS::Scheduler::Schedule").values()]

    assert targets
    for target in targets:
        role = target["RoleArn"].removesuffix(".Arn")
        assert chosen.permissions(role) == {
            "states:StartExecution": [target["Arn"]],
            "sqs:SendMessage": ["Triggers/Undelivered.Arn"],
        }
        [trust] = chosen.all("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
        of_its_group = {"aws:SourceAccount": "${AWS::AccountId}", "aws:SourceArn": "Triggers/Schedules.Arn"}
        assert trust["Condition"] == {"StringEquals": of_its_group}


def test_a_lease_s_end_may_start_a_stop_and_dead_letter(synthesized: Synthesized) -> None:
    assert synthesized.permissions("Leases/Role") == {
        "states:StartExecution": every("states", "stateMachine:stop-model"),
        **fails_into("Leases/Undelivered"),
    }


def test_only_rules_that_call_a_function_may_do_so(synthesized: Synthesized) -> None:
    permissions = synthesized.all("AWS::Lambda::Permission").values()

    assert sorted((permission["FunctionName"], permission["SourceArn"]) for permission in permissions) == [
        ("Functions/ForgetVersions.Arn", "OldVersions/Daily.Arn"),
        ("Functions/Notify.Arn", "EndingsNet/Rule.Arn"),
        ("Functions/WatchModels.Arn", "Watch/Hourly.Arn"),
    ]
    assert {(permission["Action"], permission["Principal"]) for permission in permissions} == {
        ("lambda:InvokeFunction", "events.amazonaws.com")
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


def test_each_role_is_trusted_to_one_service_for_what_it_does_that_for(synthesized: Synthesized) -> None:
    trusted: dict[str, tuple[str, str | None]] = {}
    for role, properties in synthesized.all("AWS::IAM::Role").items():
        (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert (statement["Action"], statement["Effect"]) == ("sts:AssumeRole", "Allow")
        assert list(statement["Principal"]) == ["Service"]
        # By whatever comparison.
        asked = {key: value for keys in statement.get("Condition", {}).values() for key, value in keys.items()}
        source = asked.pop("aws:SourceArn", None)
        assert asked == ({"aws:SourceAccount": "${AWS::AccountId}"} if source else {})
        trusted[role] = (statement["Principal"]["Service"], source)

    scheduled = {schedule["Target"]["RoleArn"] for schedule in synthesized.all("AWS::Scheduler::Schedule").values()}
    functions = ("StartModel", "StopModel", "CheckModel", "Notify", "FleetModels", "WatchModels", "ForgetVersions")
    [rules] = every("events", "rule/ModelLifecycle*")
    machines = {
        f"{verb.title()}{which}": arn
        for verb in ("start", "stop")
        for which, name in (("Workflow", "model"), ("FleetWorkflow", "models"))
        for arn in every("states", f"stateMachine:{verb}-{name}")
    }
    assert trusted == {
        # Lambda does not say for which function it assumes a role.
        **{f"Functions/{name}Role": ("lambda.amazonaws.com", None) for name in functions},
        **{f"{machine}/StateMachine/Role": ("states.amazonaws.com", arn) for machine, arn in machines.items()},
        **{f"{machine}/StateMachine/EventsRole": ("events.amazonaws.com", rules) for machine in machines},
        "Leases/Role": ("scheduler.amazonaws.com", "Leases/Group.Arn"),
        **{arn.removesuffix(".Arn"): ("scheduler.amazonaws.com", "Triggers/Schedules.Arn") for arn in scheduled},
    }
