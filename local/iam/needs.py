"""What a call takes: actions, resources and condition keys, as the Service Authorization Reference has them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.api.calls import Recognized
from local.iam.principals import ACCOUNT, PARTITION

Parameters = Mapping[str, Any]
_Needs = Callable[[str, Parameters], Iterable["Need"]]


@dataclass(frozen=True)
class Need:
    """An action on a resource, with the condition keys that only this action has. `*`: it has no resource level.

    `key`: that with which the resource is about to be encrypted.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    key: str = ""


class UnknownNeedError(Exception):
    """It is not known here which permissions a call takes."""


def needs_of(call: Recognized, region: str) -> list[Need]:
    """Tell what a call takes.

    Raises `UnknownNeedError`, which names the call.
    """
    known = _NEEDS.get(call.service, {}).get(call.operation.name)
    if known is None:
        raise UnknownNeedError(f"{call.service}:{call.operation.name}")
    return list(known(f"{region}:{ACCOUNT}", call.parameters))


def arn(service: str, home: str, resource: str) -> str:
    """Write an ARN; `home` is a Region and an account."""
    return f"arn:{PARTITION}:{service}:{home}:{resource}"


def _on(action: str, resource: Callable[[str, Parameters], str] = lambda *_: "*") -> _Needs:
    return lambda home, given: [Need(action, resource(home, given))]


def _given(name: str) -> Callable[[str, Parameters], str]:
    """Return the resource is a parameter."""
    return lambda _, given: str(given.get(name) or "*")


def _alike(namespace: str, resource: Callable[[str, Parameters], str], *operations: str) -> dict[str, _Needs]:
    """Operations whose actions are called the same."""
    return {operation: _on(f"{namespace}:{operation}", resource) for operation in operations}


def _everywhere(*_: object) -> str:
    return "*"


def _function(home: str, given: Parameters) -> str:
    name = str(given["FunctionName"])
    named = name if name.startswith("arn:") else arn("lambda", home, f"function:{name.rpartition(':function:')[2]}")
    qualifier = given.get("Qualifier")
    return f"{named}:{qualifier}" if qualifier and named.count(":") == 6 else named


def _topic(_: str, given: Parameters) -> str:
    return str(given.get("TopicArn") or given.get("TargetArn") or "*")


def _queue(home: str, given: Parameters) -> str:
    return arn("sqs", home, str(given.get("QueueName") or given["QueueUrl"].rpartition("/")[2]))


def _table(home: str, given: Parameters) -> str:
    return _table_named(home, str(given["TableName"]))


def _table_named(home: str, name: str) -> str:
    return name if name.startswith("arn:") else arn("dynamodb", home, f"table/{name}")


def _tables(action: str) -> _Needs:
    return lambda home, given: [Need(action, _table_named(home, name)) for name in given["RequestItems"]]


def _transaction(home: str, given: Parameters) -> Iterator[Need]:
    actions = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    for item in given["TransactItems"]:
        for kind, asked in item.items():
            yield Need(f"dynamodb:{actions[kind]}", _table(home, asked))


def _machine(_: str, given: Parameters) -> str:
    """Return the machine without a qualifier, which is a condition key."""
    return ":".join(str(given["stateMachineArn"]).split(":")[:7])


def _of_machine(action: str) -> _Needs:
    def needs(home: str, given: Parameters) -> list[Need]:
        qualifier = str(given["stateMachineArn"]).split(":")[7:]
        context = {"states:StateMachineQualifier": qualifier[0]} if qualifier else {}
        return [Need(action, _machine(home, given), context)]

    return needs


def _schedule(home: str, given: Parameters) -> str:
    return arn("scheduler", home, f"schedule/{given.get('GroupName', 'default')}/{given['Name']}")


def _schedule_group(home: str, given: Parameters) -> str:
    return arn("scheduler", home, f"schedule-group/{given['Name']}")


def _passes(action: str, service: str, resource: Callable[[str, Parameters], str], role: Any) -> _Needs:
    """Return an operation that hands a role to a service."""

    def needs(home: str, given: Parameters) -> Iterator[Need]:
        yield Need(action, resource(home, given))
        if role_arn := role(given):
            yield Need("iam:PassRole", role_arn, {"iam:PassedToService": service})

    return needs


def _put_events(home: str, given: Parameters) -> Iterator[Need]:
    by_bus: dict[str, list[Parameters]] = {}
    for entry in given["Entries"]:
        by_bus.setdefault(str(entry.get("EventBusName") or "default"), []).append(entry)
    for bus, entries in by_bus.items():
        named = bus if bus.startswith("arn:") else arn("events", home, f"event-bus/{bus}")
        sources = sorted({str(entry["Source"]) for entry in entries if entry.get("Source")})
        types = sorted({str(entry["DetailType"]) for entry in entries if entry.get("DetailType")})
        context = {"events:source": sources, "events:detail-type": types}
        yield Need("events:PutEvents", named, {name: values for name, values in context.items() if values})


def _rule(home: str, given: Parameters) -> str:
    bus = str(given.get("EventBusName") or "default").rpartition("/")[2]
    name = given.get("Name") or given.get("Rule")
    return arn("events", home, f"rule/{name}" if bus == "default" else f"rule/{bus}/{name}")


def _put_targets(home: str, given: Parameters) -> Iterator[Need]:
    yield Need("events:PutTargets", _rule(home, given))
    for role in sorted({target["RoleArn"] for target in given["Targets"] if target.get("RoleArn")}):
        yield Need("iam:PassRole", role, {"iam:PassedToService": "events.amazonaws.com"})


def _log_group(home: str, given: Parameters) -> str:
    return arn("logs", home, f"log-group:{given['logGroupName']}")


def _log_stream(home: str, given: Parameters) -> str:
    return f"{_log_group(home, given)}:log-stream:{given['logStreamName']}"


def _vision(kind: str) -> Callable[[str, Parameters], str]:
    def resource(home: str, given: Parameters) -> str:
        of_model = f"/{given['ModelVersion']}" if kind == "model" else ""
        return arn("lookoutvision", home, f"{kind}/{given['ProjectName']}{of_model}")

    return resource


def _stack(home: str, given: Parameters) -> str:
    named = str(given.get("StackName") or "*")
    return named if named == "*" or named.startswith("arn:") else arn("cloudformation", home, f"stack/{named}/*")


def _key(name: str) -> Callable[[str, Parameters], str]:
    def resource(home: str, given: Parameters) -> str:
        key = str(given.get(name) or "*")
        return key if key == "*" or key.startswith("arn:") else arn("kms", home, f"key/{key}")

    return resource


def _owner(kind: str) -> Callable[[str, Parameters], str]:
    return lambda _, given: f"arn:{PARTITION}:iam::{ACCOUNT}:{kind}/{given[f'{kind.title()}Name']}"


_NEEDS: dict[str, dict[str, _Needs]] = {
    "cloudformation": {
        **_alike("cloudformation", _stack, "DescribeStacks", "DescribeStackEvents", "ListStackResources"),
        **_alike("cloudformation", _stack, "GetTemplate", "UpdateTerminationProtection", "DeleteStack"),
    },
    "cloudwatch": {
        **_alike("cloudwatch", _everywhere, "GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"),
        "DescribeAlarms": _on("cloudwatch:DescribeAlarms", lambda home, _: arn("cloudwatch", home, "alarm:*")),
        "SetAlarmState": _on(
            "cloudwatch:SetAlarmState", lambda home, given: arn("cloudwatch", home, f"alarm:{given['AlarmName']}")
        ),
    },
    "dynamodb": {
        **_alike("dynamodb", _table, "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        **_alike("dynamodb", _table, "DescribeTable", "DescribeTimeToLive"),
        "ListTables": _on("dynamodb:ListTables"),
        "BatchGetItem": _tables("dynamodb:BatchGetItem"),
        "BatchWriteItem": _tables("dynamodb:BatchWriteItem"),
        "TransactWriteItems": _transaction,
    },
    "events": {
        "PutEvents": _put_events,
        "PutTargets": _put_targets,
        "ListRules": _on("events:ListRules"),
        **_alike("events", _rule, "PutRule", "DeleteRule", "DescribeRule", "EnableRule", "DisableRule"),
        **_alike("events", _rule, "ListTargetsByRule", "RemoveTargets"),
    },
    "iam": {
        **_alike("iam", _owner("role"), "GetRole", "GetRolePolicy", "PutRolePolicy", "DeleteRolePolicy"),
        **_alike("iam", _owner("role"), "ListRolePolicies", "UpdateAssumeRolePolicy"),
        **_alike("iam", _everywhere, "ListRoles", "ListUsers"),
    },
    "kms": _alike("kms", _key("KeyId"), "Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "GetKeyPolicy"),
    "lambda": {
        "Invoke": _on("lambda:InvokeFunction", _function),
        "ListFunctions": _on("lambda:ListFunctions"),
        **_alike("lambda", _function, "GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode"),
        **_alike("lambda", _function, "DeleteFunction", "ListVersionsByFunction", "PublishVersion"),
        "UpdateFunctionConfiguration": _passes(
            "lambda:UpdateFunctionConfiguration", "lambda.amazonaws.com", _function, lambda given: given.get("Role")
        ),
    },
    "logs": {
        **_alike("logs", _log_stream, "CreateLogStream", "PutLogEvents", "GetLogEvents"),
        **_alike("logs", _log_group, "CreateLogGroup", "DescribeLogStreams", "FilterLogEvents", "DisassociateKmsKey"),
        "AssociateKmsKey": lambda home, given: [
            Need("logs:AssociateKmsKey", _log_group(home, given), key=str(given["kmsKeyId"]))
        ],
        "DescribeLogGroups": _on("logs:DescribeLogGroups"),
    },
    "lookoutvision": {
        **_alike("lookoutvision", _everywhere, "ListProjects", "ListModels"),
        **_alike("lookoutvision", _vision("model"), "DescribeModel", "StartModel", "StopModel"),
        **_alike("lookoutvision", _vision("project"), "DescribeProject"),
    },
    "rekognition": {
        "DescribeProjects": _on("rekognition:DescribeProjects"),
        "DescribeProjectVersions": _on("rekognition:DescribeProjectVersions", _given("ProjectArn")),
        **_alike("rekognition", _given("ProjectVersionArn"), "StartProjectVersion", "StopProjectVersion"),
        **_alike("rekognition", _given("ProjectVersionArn"), "DetectCustomLabels"),
    },
    "scheduler": {
        **{
            operation: _passes(
                f"scheduler:{operation}", "scheduler.amazonaws.com", _schedule, lambda given: given["Target"]["RoleArn"]
            )
            for operation in ("CreateSchedule", "UpdateSchedule")
        },
        **_alike("scheduler", _schedule, "DeleteSchedule", "GetSchedule"),
        **_alike("scheduler", _schedule_group, "CreateScheduleGroup", "DeleteScheduleGroup", "GetScheduleGroup"),
        **_alike("scheduler", _everywhere, "ListSchedules", "ListScheduleGroups"),
    },
    "service-quotas": _alike("servicequotas", _everywhere, "GetServiceQuota", "GetAWSDefaultServiceQuota"),
    "sns": {
        "Publish": _on("sns:Publish", _topic),
        "PublishBatch": _on("sns:Publish", _topic),
        "ListTopics": _on("sns:ListTopics"),
        **_alike(
            "sns",
            _topic,
            "ConfirmSubscription",
            "Subscribe",
            "GetTopicAttributes",
            "SetTopicAttributes",
            "ListSubscriptionsByTopic",
        ),
    },
    "sqs": {
        **_alike("sqs", _queue, "SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl"),
        **_alike("sqs", _queue, "PurgeQueue", "SetQueueAttributes", "CreateQueue", "DeleteQueue"),
        **_alike("sqs", _queue, "ChangeMessageVisibility"),
        "ChangeMessageVisibilityBatch": _on("sqs:ChangeMessageVisibility", _queue),
        "SendMessageBatch": _on("sqs:SendMessage", _queue),
        "DeleteMessageBatch": _on("sqs:DeleteMessage", _queue),
        "ListQueues": _on("sqs:ListQueues"),
    },
    "stepfunctions": {
        "StartExecution": _of_machine("states:StartExecution"),
        "DescribeStateMachine": _of_machine("states:DescribeStateMachine"),
        "ListExecutions": _of_machine("states:ListExecutions"),
        **_alike("states", _given("executionArn"), "DescribeExecution", "GetExecutionHistory"),
        **_alike("states", _given("executionArn"), "DescribeStateMachineForExecution"),
        **_alike("states", _given("executionArn"), "StopExecution", "RedriveExecution"),
        **_alike("states", _everywhere, "ListStateMachines", "SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"),
    },
    "sts": {
        "AssumeRole": lambda _, given: [
            Need("sts:AssumeRole", str(given["RoleArn"]), {"sts:RoleSessionName": str(given["RoleSessionName"])})
        ],
        # It takes no permission.
        "GetCallerIdentity": lambda *_: [],
    },
    "xray": _alike(
        "xray", _everywhere, "PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets"
    ),
}
