"""Who calls, what the policies allow them, and how each service refuses."""

import json
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.iam.needs import Need
from local.iam.principals import ADMINISTRATOR, Kind
from local.server import LocalAws
from tests.local_aws.acting_aws import policy
from tests.local_aws.conftest import Workbench
from tests.local_aws.iam.roles import Role, refusal

HERE = "us-east-1:123456789012"
DENIED = "AccessDeniedException"
MACHINE = f"arn:aws:states:{HERE}:stateMachine:it"
MODEL = {"ProjectName": "boards", "ModelVersion": "1", "MinInferenceUnits": 1}
TOPIC = f"arn:aws:sns:{HERE}:it"
URL = "http://localhost/123456789012/it"
VERSION = f"arn:aws:rekognition:{HERE}:project/parts/version/one/1767603600000"


def events(source: str | None = "shop") -> dict[str, Any]:
    return {"Entries": [{"DetailType": "Order", "Detail": "{}"} | ({"Source": source} if source else {})]}


@pytest.mark.parametrize(
    ("call", "asked", "action", "resource", "code", "status"),
    [
        (
            "rekognition.stop_project_version",
            {"ProjectVersionArn": VERSION},
            "StopProjectVersion",
            VERSION,
            DENIED,
            400,
        ),
        ("rekognition.describe_projects", {}, "DescribeProjects", "*", DENIED, 400),
        ("lookoutvision.start_model", MODEL, "StartModel", f"{HERE}:model/boards/1", DENIED, 403),
        ("stepfunctions.start_execution", {"stateMachineArn": MACHINE}, "states:StartExecution", MACHINE, DENIED, 400),
        (
            "lambda.invoke",
            {"FunctionName": "it", "Qualifier": "7"},
            "InvokeFunction",
            f"{HERE}:function:it:7",
            DENIED,
            403,
        ),
        ("scheduler.delete_schedule", {"Name": "it"}, "DeleteSchedule", f"{HERE}:schedule/default/it", DENIED, 403),
        ("events.put_events", events(), "PutEvents", f"{HERE}:event-bus/default", DENIED, 400),
        ("sns.publish", {"TopicArn": TOPIC, "Message": "it"}, "SNS:Publish", TOPIC, "AuthorizationError", 403),
        (
            "sqs.send_message",
            {"QueueUrl": URL, "MessageBody": "it"},
            "sqs:sendmessage",
            f"{HERE}:it",
            "AccessDenied",
            403,
        ),
        (
            "dynamodb.get_item",
            {"TableName": "it", "Key": {"Id": {"S": "1"}}},
            "GetItem",
            f"{HERE}:table/it",
            DENIED,
            400,
        ),
        ("cloudwatch.list_metrics", {}, "ListMetrics", "*", "AccessDenied", 403),
    ],
)
def test_each_service_refuses_in_its_own_words(
    aws: LocalAws, call: str, asked: dict[str, Any], action: str, resource: str, code: str, status: int
) -> None:
    role, (service, operation) = Role(aws), call.split(".")
    action = action if ":" in action else f"{service}:{action}"
    resource = resource if ":aws:" in resource or resource == "*" else f"arn:aws:{service}:{resource}"
    answer = refusal(getattr(role.client(service), operation), **asked)
    assert answer[:2] == (code, status)
    assert answer[2] == (
        f"User: {role.session} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
    assert str(aws.iam.refusals[-1]).lower() == answer[2].lower()


def test_what_is_not_known_here_is_refused_and_named(aws: LocalAws) -> None:
    role = Role(aws, may="*")
    code, _, text = refusal(role.client("sns").create_topic, Name="it")
    assert code == "AuthorizationError"
    assert "SNS:CreateTopic" in text
    assert "does not know" in text
    aws.client("sns").create_topic(Name="it")


def test_an_allowed_call_is_served_and_nothing_beside_it(aws: LocalAws) -> None:
    role = Role(aws, may="rekognition:DescribeProjects")
    role.client("rekognition").describe_projects()
    assert refusal(role.client("rekognition").stop_project_version, ProjectVersionArn=VERSION)[1] == 400


@pytest.mark.parametrize(
    ("condition", "source", "allowed"),
    [
        ({"StringEquals": {"events:source": "shop"}}, "shop", False),
        ({"ForAllValues:StringEquals": {"events:source": "shop"}, "Null": {"events:source": "false"}}, "shop", True),
        ({"ForAllValues:StringEquals": {"events:source": "shop"}, "Null": {"events:source": "false"}}, "other", False),
        ({"ForAllValues:StringEquals": {"events:source": "shop"}, "Null": {"events:source": "false"}}, None, False),
    ],
)
def test_the_source_of_events_is_a_list(aws: LocalAws, condition: Any, source: str | None, allowed: bool) -> None:
    role = Role(aws, may="events:PutEvents", condition=condition)
    put = aws.client("events", key=f"role:{role.name}").put_events
    if allowed:
        put(**events(source))
    else:
        assert refusal(put, **events(source))[0] == "AccessDeniedException"


def test_a_role_is_passed_only_to_whom_it_may_be(aws: LocalAws, bench: Workbench) -> None:
    to_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    asked = {
        "Name": f"schedule-{uuid4()}",
        "ScheduleExpression": "at(2099-01-01T00:00:00)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": bench.queue(), "RoleArn": bench.role},
    }
    role = Role(aws)
    creates = {"Effect": "Allow", "Action": "scheduler:CreateSchedule", "Resource": "*"}
    passes = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": bench.role}
    role.may(creates, {**passes, "Condition": to_lambda})
    assert "iam:PassRole" in refusal(role.client("scheduler").create_schedule, **asked)[2]
    role.may(creates, {**passes, "Condition": to_scheduler})
    role.client("scheduler").create_schedule(**asked)


def test_a_queue_s_policy_forbids_plain_http_to_administrators_too(aws: LocalAws, bench: Workbench) -> None:
    queue = bench.queue()
    need = Need("sqs:SendMessage", queue, {"aws:SecureTransport": "false"})
    forbids = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": queue}
    url = f"{aws.endpoint_url}/123456789012/{queue.rpartition(':')[2]}"
    lets = policy({**forbids, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": lets})

    refused = aws.iam.check(ADMINISTRATOR, [need])

    assert "with an explicit deny in a resource-based policy" in str(refused)
    assert aws.iam.allows(ADMINISTRATOR, Need("sqs:SendMessage", queue))


def test_a_function_runs_as_its_role_and_as_nobody_else(aws: LocalAws, bench: Workbench) -> None:
    role = Role(aws, may=["sts:GetCallerIdentity", "rekognition:DescribeProjects"])
    function = bench.function(
        """
        import boto3

        def handler(event, context):
            try:
                boto3.client("sns").list_topics()
            except Exception as error:
                return boto3.client("sts").get_caller_identity()["Arn"], str(error)
        """,
        Role=role.arn,
    )
    (arn, error), failed = bench.invoke(function)
    assert failed is None
    assert arn == f"arn:aws:sts::123456789012:assumed-role/{role.name}/{function}"
    assert f"User: {arn} is not authorized to perform: SNS:ListTopics on resource: *" in error


def test_a_role_that_does_not_trust_lambda_is_not_that_of_a_function(aws: LocalAws, bench: Workbench) -> None:
    role = Role(aws)
    nobody = policy({"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"})
    function = bench.function("def handler(event, context): return 1", Role=role.arn)
    aws.client("iam").update_assume_role_policy(RoleName=role.name, PolicyDocument=nobody)

    assert "cannot be assumed by Lambda" in refusal(aws.client("lambda").invoke, FunctionName=function)[2]
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        bench.function("def handler(event, context): return 1", Role=role.arn)


def test_a_user_and_a_session_are_who_their_keys_say(aws: LocalAws, bench: Workbench) -> None:
    iam, name = aws.client("iam"), f"user-{uuid4()}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    arn = f"arn:aws:iam::123456789012:user/{name}"
    assert f"User: {arn} is" in refusal(aws.client("sqs", key=key).list_queues)[2]
    may = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
    iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=policy(may))
    aws.client("sqs", key=key).list_queues()
    assert aws.iam.keys.principal("anything else").kind is Kind.ADMINISTRATOR
    assert refusal(aws.client("sqs", key="role:of-nobody").list_queues)[0] == "InvalidClientTokenId"
    # Nobody but the services that it trusts assumes a role.
    assert "sts:AssumeRole" in refusal(aws.client("sts").assume_role, RoleArn=bench.role, RoleSessionName="it")[2]


def test_a_topic_delivers_only_where_it_may_and_the_rest_to_its_dead_letters(aws: LocalAws, bench: Workbench) -> None:
    sns, name = aws.client("sns"), f"shut-{uuid4()}"
    topic = sns.create_topic(Name=f"topic-{uuid4()}")["TopicArn"]
    aws.client("sqs").create_queue(QueueName=name)
    dead = bench.queue()
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    for protocol, endpoint in (("sqs", f"arn:aws:sqs:{HERE}:{name}"), ("email", "nobody@example.invalid")):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=redrive)

    sns.publish(TopicArn=topic, Message="it")

    assert bench.received(name) == []
    assert [json.loads(message["Body"])["Message"] for message in bench.received(dead)] == ["it", "it"]


def test_lambda_does_not_say_for_which_function_it_assumes_a_role(aws: LocalAws) -> None:
    role = Role(aws)
    trusts = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    if_said = {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}
    aws.client("iam").update_assume_role_policy(RoleName=role.name, PolicyDocument=policy({**trusts, **if_said}))
    asked = {"FunctionName": f"it-{uuid4()}", "Role": role.arn, "Runtime": "python3.13", "Handler": "it.handler"}
    code, _, text = refusal(aws.client("lambda").create_function, **asked, Code={"ZipFile": b"PK\5\6" + bytes(18)})
    assert code == "InvalidParameterValueException"
    assert text == "The role defined for the function cannot be assumed by Lambda."


def test_a_state_machine_is_not_given_a_role_that_is_for_others(aws: LocalAws) -> None:
    role, machines = Role(aws), aws.client("stepfunctions")
    made_of = {"definition": '{"StartAt": "It", "States": {"It": {"Type": "Succeed"}}}', "roleArn": role.arn}
    trusts = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    name = f"it-{uuid4()}"
    for_it = {"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:states:{HERE}:stateMachine:{name}"}}}
    aws.client("iam").update_assume_role_policy(RoleName=role.name, PolicyDocument=policy({**trusts, **for_it}))
    assert refusal(machines.create_state_machine, name=f"{name}-else", **made_of)[0] == DENIED
    made = machines.create_state_machine(name=name, **made_of)["stateMachineArn"]
    machines.update_state_machine(stateMachineArn=made, roleArn=role.arn)
    assert refusal(machines.update_state_machine, stateMachineArn=made, roleArn=Role(aws).arn)[0] == DENIED


def test_an_alarm_tells_a_topic_only_if_it_may(aws: LocalAws, bench: Workbench) -> None:
    topic, queue = aws.client("sns").create_topic(Name=f"topic-{uuid4()}")["TopicArn"], bench.queue()
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    cloudwatch, name = aws.client("cloudwatch"), f"alarm-{uuid4()}"
    about = {"Namespace": "AWS/SQS", "MetricName": "NumberOfMessagesSent", "Statistic": "Sum", "Period": 60}
    at = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    cloudwatch.put_metric_alarm(AlarmName=name, AlarmActions=[topic], **about, **at)
    allows = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish"}
    here = {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}, "Resource": topic}
    elsewhere = {"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}, "Resource": topic}

    for condition, state in ((elsewhere, "ALARM"), (here, "OK"), (here, "ALARM")):
        lets = policy({**allows, **condition})
        aws.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=lets)
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")

    [message] = bench.received(queue)
    told = json.loads(json.loads(message["Body"])["Message"])
    assert (told["AlarmName"], told["NewStateValue"], told["OldStateValue"]) == (name, "ALARM", "OK")


def test_each_refusal_is_told_to_who_wants_to_hear_it(aws: LocalAws) -> None:
    heard: list[str] = []
    aws.listen(lambda news: heard.append(str(news)))
    role = Role(aws)
    refusal(role.client("rekognition").describe_projects)
    assert len(heard) == 1
    for part in (role.session, "rekognition:DescribeProjects", "on resource: *"):
        assert part in heard[0]
