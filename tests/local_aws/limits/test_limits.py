"""AWS's limits on names, sizes and numbers: the largest is accepted, and more is refused in AWS's words."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.clock.clock import VirtualClock
from local.server import LocalAws
from tests.local_aws.conftest import START, Workbench

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
KIB = 1_024
TOPIC = {"Type": "AWS::SNS::Topic"}


def fresh() -> str:
    """Return a name that nobody has."""
    return uuid4().hex


def padded(size: int, *, room: str = "x") -> str:
    """Return a name of so many characters."""
    return (fresh() + room * size)[:size]


def policy(size: int) -> str:
    """Return a policy document of so many characters, without white space."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    statement["Resource"] += "x" * (size - len(json.dumps(document, separators=(",", ":"))))
    return json.dumps(document, indent=2)


def trust(size: int) -> str:
    """Return a trust policy of so many characters."""
    principal = {"AWS": "arn:aws:iam::123456789012:role/"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    principal["AWS"] += "x" * (size - len(json.dumps(document, separators=(",", ":"))))
    return json.dumps(document)


def queue_policy(*, statements: int = 1, size: int = 0) -> str:
    """Return a queue's policy of so many statements, or bytes."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": QUEUE, "Sid": ""}
    document = {"Version": "2012-10-17", "Statement": [statement] * statements}
    statement["Sid"] = "x" * max(0, size - len(json.dumps(document)))
    return json.dumps(document)


def statement_of(aws: LocalAws, size: int) -> str:
    """Return a role with that trust policy."""
    return str(aws.client("iam").create_role(RoleName=fresh(), AssumeRolePolicyDocument=trust(size))["Role"]["Arn"])


def put_inline(aws: LocalAws, size: int) -> None:
    """Two inline policies of a role, of so many characters together."""
    iam, role = aws.client("iam"), fresh()
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust(500))
    iam.put_role_policy(RoleName=role, PolicyName="one", PolicyDocument=policy(5_000))
    iam.put_role_policy(RoleName=role, PolicyName="one", PolicyDocument=policy(5_000))
    iam.put_role_policy(RoleName=role, PolicyName="other", PolicyDocument=policy(size - 5_000))


def rule(aws: LocalAws, name: str | None = None, *, targets: int = 0, given: str = "{}", bus: str = "default") -> None:
    """Put a rule with so many targets, one after the other, with that input."""
    events, name = aws.client("events"), name or fresh()
    events.put_rule(Name=name, EventPattern='{"source": ["x"]}', EventBusName=bus)
    for number in range(targets):
        answer = events.put_targets(Rule=name, Targets=[{"Id": str(number), "Arn": QUEUE, "Input": given}])
        assert answer["FailedEntryCount"] == 0


def rules(aws: LocalAws, number: int) -> None:
    """Make a bus with so many rules, one of which is put twice."""
    bus = fresh()
    aws.client("events").create_event_bus(Name=bus)
    for each in (*range(number), 0):
        rule(aws, f"rule-{each}", bus=bus)


def environment(aws: LocalAws, bench: Workbench, size: int, *, change: bool = False) -> None:
    """Make a function whose environment has so many bytes, from the first or after a change."""
    variables = {"Variables": {"TEXT": "x" * (size - len('{"TEXT":""}'))}}
    if change:
        name = bench.function("def handler(event, context): pass")
        aws.client("lambda").update_function_configuration(FunctionName=name, Environment=variables)
    else:
        bench.function("def handler(event, context): pass", Environment=variables)


def events(aws: LocalAws, size: int) -> None:
    """Two events of so many bytes together."""
    rest = {"Source": "s" * 10, "DetailType": "d" * 10}
    entries = [{**rest, "Detail": json.dumps("x" * (part - 22))} for part in (size // 2, size - size // 2)]
    aws.client("events").put_events(Entries=entries)


def schedule(aws: LocalAws, size: int) -> None:
    """Make a schedule whose target has an input of so many bytes."""
    aws.client("scheduler").create_schedule(
        Name=fresh(),
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": QUEUE, "RoleArn": "arn:aws:iam::123456789012:role/x", "Input": "x" * size},
    )


def queue(aws: LocalAws, written: str) -> None:
    """Make a queue with that policy."""
    sqs = aws.client("sqs")
    sqs.set_queue_attributes(QueueUrl=sqs.create_queue(QueueName=fresh())["QueueUrl"], Attributes={"Policy": written})


def alarm(aws: LocalAws, name: str) -> None:
    """Put an alarm of that name."""
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


def role(aws: LocalAws, name: str) -> None:
    """Make a role of that name."""
    aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust(500))


def machine(bench: Workbench, size: int) -> None:
    """Make a state machine whose definition has so many characters."""
    states = {"Done": {"Type": "Succeed"}}
    written = len(json.dumps({"StartAt": "Done", "States": states, "Comment": ""}))
    bench.machine(states, Comment="x" * (size - written))


def topic(aws: LocalAws) -> str:
    """Return a topic."""
    return str(aws.client("sns").create_topic(Name="t")["TopicArn"])


def say(aws: LocalAws, message: str, **more: Any) -> None:
    """Publish a message on it."""
    aws.client("sns").publish(TopicArn=topic(aws), Message=message, **more)


def keep(aws: LocalAws, days: int) -> None:
    """Make a log group that keeps what is logged for so many days."""
    logs, name = aws.client("logs"), fresh()
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def stack(aws: LocalAws, *, name: str = "", size: int = 0, **template: Any) -> None:
    """Make a stack of a topic, or of whatever else its template says, in so many characters."""
    written = json.dumps({"Resources": {"Topic": TOPIC}, **template})
    cloudformation = aws.client("cloudformation")
    name = name or f"s{fresh()}"
    cloudformation.create_stack(StackName=name, TemplateBody=written + " " * (size - len(written)))
    cloudformation.delete_stack(StackName=name)


def retries(aws: LocalAws, times: int) -> None:
    """Put a rule's target to which a delivery is tried again so many times."""
    name = fresh()
    rule(aws, name)
    policy = {"MaximumRetryAttempts": times, "MaximumEventAgeInSeconds": 60}
    aws.client("events").put_targets(Rule=name, Targets=[{"Id": "it", "Arn": QUEUE, "RetryPolicy": policy}])


def abort(bench: Workbench, size: int) -> None:
    """Abort an execution with an error of so many characters."""
    waits = bench.machine({"Wait": {"Type": "Wait", "Seconds": 60, "Next": "Done"}, "Done": {"Type": "Succeed"}})
    machines = bench.aws.client("stepfunctions")
    arn = machines.start_execution(stateMachineArn=waits)["executionArn"]
    machines.stop_execution(executionArn=arn, error="x" * size)


class Case(NamedTuple):
    """What does it, and what is answered beyond: a code, a status, and words."""

    act: Callable[[LocalAws, Workbench, Any], Any]
    fits: Any
    beyond: Any
    code: str
    status: int
    words: str


CASES = {
    "a role's name": Case(
        lambda aws, _, n: role(aws, padded(n)),
        64,
        65,
        "ValidationError",
        400,
        "'roleName' failed to satisfy constraint",
    ),
    "a role's alphabet": Case(
        lambda aws, _, c: role(aws, fresh() + c), "+=,.@-_", " ", "ValidationError", 400, "regular expression pattern"
    ),
    "a trust policy": Case(
        lambda aws, _, n: statement_of(aws, n), 2_048, 2_049, "LimitExceeded", 409, "ACLSizePerRole: 2048"
    ),
    "the inline policies of a role": Case(
        lambda aws, _, n: put_inline(aws, n), 10_240, 10_241, "LimitExceeded", 409, "Maximum policy size of 10240 bytes"
    ),
    "a managed policy": Case(
        lambda aws, _, n: aws.client("iam").create_policy(PolicyName=fresh(), PolicyDocument=policy(n)),
        6_144,
        6_145,
        "LimitExceeded",
        409,
        "Cannot exceed quota for PolicySize: 6144",
    ),
    "a function's name": Case(
        lambda _, bench, n: bench.function("", FunctionName=padded(n)),
        64,
        65,
        "ValidationException",
        400,
        "'functionName'",
    ),
    "a function's alphabet": Case(
        lambda _, bench, c: bench.function("", FunctionName=fresh() + c),
        "-_",
        ".",
        "ValidationException",
        400,
        "pattern",
    ),
    "a function's environment": Case(
        environment,
        4 * KIB,
        4 * KIB + 1,
        "InvalidParameterValueException",
        400,
        "4KB limit",
    ),
    "a changed environment": Case(
        lambda aws, bench, n: environment(aws, bench, n, change=True),
        4 * KIB,
        4 * KIB + 1,
        "InvalidParameterValueException",
        400,
        "4KB limit",
    ),
    "a variable's name": Case(
        lambda _, bench, name: bench.function("", Environment={"Variables": {name: "x"}}),
        "AWS_ENDPOINT_URL_SQS",
        "AWS_REGION",
        "InvalidParameterValueException",
        400,
        "Reserved keys used in this request: AWS_REGION",
    ),
    "a rule's name": Case(lambda aws, _, n: rule(aws, padded(n)), 64, 65, "ValidationException", 400, "'name'"),
    "a rule's alphabet": Case(
        lambda aws, _, c: rule(aws, fresh() + c), ".-_", ":", "ValidationException", 400, "pattern"
    ),
    "the targets of a rule": Case(
        lambda aws, _, n: rule(aws, targets=n),
        5,
        6,
        "LimitExceededException",
        400,
        "exceeds the maximum number allowed",
    ),
    "a target's input": Case(
        lambda aws, _, n: rule(aws, targets=1, given=json.dumps("x" * (n - 2))),
        8_192,
        8_193,
        "ValidationException",
        400,
        "'targets.1.member.input'",
    ),
    "the rules of a bus": Case(
        lambda aws, _, n: rules(aws, n), 300, 301, "LimitExceededException", 400, "exceeds the maximum number allowed"
    ),
    "the events of a call": Case(
        lambda aws, _, n: events(aws, n), 256 * KIB - 1, 256 * KIB, "ValidationException", 400, "over the limit"
    ),
    "a schedule's input": Case(
        lambda aws, _, n: schedule(aws, n), 256 * KIB, 256 * KIB + 1, "ValidationException", 400, "262,144 bytes"
    ),
    "a queue's statements": Case(
        lambda aws, _, n: queue(aws, queue_policy(statements=n)),
        20,
        21,
        "OverLimit",
        403,
        "21 statements were found in the submitted policy, max allowed is 20",
    ),
    "a queue's policy": Case(
        lambda aws, _, n: queue(aws, queue_policy(size=n)), 8_192, 8_193, "OverLimit", 403, "over max allowed size"
    ),
    "an alarm's name": Case(lambda aws, _, n: alarm(aws, padded(n)), 255, 256, "ValidationError", 400, "'alarmName'"),
    "a log group's name": Case(
        lambda aws, _, c: aws.client("logs").create_log_group(logGroupName=fresh() + c),
        ".-_/#",
        " ",
        "InvalidParameterException",
        400,
        "'logGroupName'",
    ),
    "a definition": Case(
        lambda _, bench, n: machine(bench, n), KIB * KIB, KIB * KIB + 1, "ValidationException", 400, "'definition'"
    ),
    "a subject": Case(
        lambda aws, _, text: aws.client("sns").publish(
            TopicArn=aws.client("sns").create_topic(Name="t")["TopicArn"], Message="m", Subject=text
        ),
        "x" * 99,
        "x\ny",
        "InvalidParameter",
        400,
        "Subject",
    ),
    "a message in bytes": Case(
        lambda aws, _, n: say(aws, "\u20ac" * n), 87_381, 87_382, "InvalidParameter", 400, "Message too long"
    ),
    "a message with its attributes": Case(
        lambda aws, _, n: say(
            aws, "x" * (256 * KIB - 10), MessageAttributes={"It": {"DataType": "String", "StringValue": "x" * n}}
        ),
        2,
        3,
        "InvalidParameter",
        400,
        "Message too long",
    ),
    "a message of nothing": Case(
        lambda aws, _, text: say(aws, text), "x", "", "InvalidParameter", 400, "Empty message"
    ),
    "a message for each protocol": Case(
        lambda aws, _, text: say(aws, text, MessageStructure="json"),
        '{"default": "x"}',
        '{"email": "x"}',
        "InvalidParameter",
        400,
        "No default entry in JSON message body",
    ),
    "an address": Case(
        lambda aws, _, address: aws.client("sns").subscribe(TopicArn=topic(aws), Protocol="email", Endpoint=address),
        "nobody@example.invalid",
        "nobody",
        "InvalidParameter",
        400,
        "Email address",
    ),
    "a topic's policy": Case(
        lambda aws, _, text: aws.client("sns").set_topic_attributes(
            TopicArn=topic(aws), AttributeName="Policy", AttributeValue=text
        ),
        queue_policy(),
        "{",
        "InvalidParameter",
        400,
        "Policy Error",
    ),
    "what is a queue's policy": Case(
        lambda aws, _, text: queue(aws, text), queue_policy(), "{", "InvalidAttributeValue", 400, "Policy"
    ),
    "a queue's retention": Case(
        lambda aws, _, n: aws.client("sqs").create_queue(
            QueueName=fresh(), Attributes={"MessageRetentionPeriod": f"{n}"}
        ),
        60,
        59,
        "InvalidAttributeValue",
        400,
        "MessageRetentionPeriod",
    ),
    "what a queue takes": Case(
        lambda aws, _, text: aws.client("sqs").send_message(
            QueueUrl=aws.client("sqs").create_queue(QueueName="q")["QueueUrl"], MessageBody=text
        ),
        "\t\u20ac",
        "\x0b",
        "InvalidMessageContents",
        400,
        "'#xB'",
    ),
    "a log group's retention": Case(lambda aws, _, n: keep(aws, n), 5, 4, "InvalidParameterException", 400, "'4'"),
    "a template's outputs": Case(
        lambda aws, _, n: stack(aws, Outputs={f"It{number}": {"Value": "x"} for number in range(n)}),
        200,
        201,
        "ValidationError",
        400,
        "Number of outputs, 201, is greater than maximum allowed, 200",
    ),
    "a template's resources": Case(
        lambda aws, _, n: stack(aws, Resources={f"It{each}": TOPIC for each in range(n)}),
        1,
        501,
        "ValidationError",
        400,
        "Number of resources, 501, is greater than maximum allowed, 500",
    ),
    "a logical id": Case(
        lambda aws, _, name: stack(aws, Resources={name: TOPIC}), "It1", "It-1", "ValidationError", 400, "alphanumeric"
    ),
    "a template's description": Case(
        lambda aws, _, n: stack(aws, Description="x" * n), 1_024, 1_025, "ValidationError", 400, "greater than 1024"
    ),
    "a template in a call": Case(
        lambda aws, _, n: stack(aws, name="x", size=n), 51_200, 51_201, "ValidationError", 400, "'templateBody'"
    ),
    "a stack's name": Case(
        lambda aws, _, name: stack(aws, name=name), "a-b", "a_b", "ValidationError", 400, "'stackName'"
    ),
    # These are in the services' own models.
    "a rule's description": Case(
        lambda aws, _, n: aws.client("events").put_rule(
            Name=fresh(), EventPattern='{"source": ["it"]}', Description="x" * n
        ),
        512,
        513,
        "ValidationException",
        400,
        "'description'",
    ),
    "a target's retries": Case(lambda aws, _, n: retries(aws, n), 185, 186, "ValidationException", 400, "equal to 185"),
    "a role's description": Case(
        lambda aws, _, n: aws.client("iam").create_role(
            RoleName=fresh(), AssumeRolePolicyDocument=trust(200), Description="x" * n
        ),
        1_000,
        1_001,
        "ValidationError",
        400,
        "'description'",
    ),
    "why an execution is aborted": Case(
        lambda _, bench, n: abort(bench, n), 256, 257, "ValidationException", 400, "256"
    ),
    "a page of executions": Case(
        lambda _, bench, n: bench.aws.client("stepfunctions").list_executions(
            stateMachineArn=bench.machine({"Done": {"Type": "Succeed"}}), maxResults=n
        ),
        1_000,
        1_001,
        "ValidationException",
        400,
        "'maxResults'",
    ),
    # These moto knows itself, and this AWS's own machines.
    "a queue's name": Case(
        lambda aws, _, n: aws.client("sqs").create_queue(QueueName=padded(n)),
        80,
        81,
        "InvalidParameterValue",
        400,
        "80",
    ),
    "a topic's name": Case(
        lambda aws, _, n: aws.client("sns").create_topic(Name=padded(n)), 256, 257, "InvalidParameter", 400, "256"
    ),
    "a message": Case(
        lambda aws, _, n: say(aws, "x" * n),
        256 * KIB,
        256 * KIB + 1,
        "InvalidParameter",
        400,
        "Message too long",
    ),
    "an execution's name": Case(
        lambda _, bench, n: bench.start(bench.machine({"Done": {"Type": "Succeed"}}), name=padded(n)),
        80,
        81,
        "ValidationException",
        400,
        "length less than or equal to 80",
    ),
    "an execution's input": Case(
        lambda _, bench, n: bench.start(bench.machine({"Done": {"Type": "Succeed"}}), "x" * (n - 2)),
        256 * KIB,
        256 * KIB + 1,
        "ValidationException",
        400,
        "'input'",
    ),
}


@pytest.fixture(scope="module")
def bench() -> Any:
    """One of their own: so many of all would be in the way of others."""
    with LocalAws(clock=VirtualClock(START)) as aws:
        yield Workbench(aws)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_fits_is_taken_and_what_is_beyond_is_refused(bench: Workbench, case: Case) -> None:
    case.act(bench.aws, bench, case.fits)

    with pytest.raises(ClientError) as caught:
        case.act(bench.aws, bench, case.beyond)
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (case.code, case.status)
    assert case.words in answer["Error"]["Message"]


@pytest.mark.parametrize("character", ' <>{}[]?*"#%\\^|~`$&,;:/\x00\x9f')
def test_an_execution_s_name_has_none_of_these(bench: Workbench, character: str) -> None:
    machine = bench.machine({"Done": {"Type": "Succeed"}})

    with pytest.raises(ClientError, match="InvalidName"):
        bench.start(machine, name=f"x{character}y")


def test_nobody_says_what_only_aws_says(bench: Workbench) -> None:
    forged = {"Source": "aws.states", "DetailType": "Step Functions Execution Status Change", "Detail": "{}"}

    [answer] = bench.aws.client("events").put_events(Entries=[forged])["Entries"]

    assert answer["ErrorCode"] == "NotAuthorizedForSourceException"


def test_what_cloudformation_creates_is_refused_alike(bench: Workbench) -> None:
    cloudformation, stack = bench.aws.client("cloudformation"), f"s{fresh()}"
    written = json.loads(queue_policy(statements=21))
    template = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Policy": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": written},
            },
        }
    }

    cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))

    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    assert described["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "21 statements were found in the submitted policy, max allowed is 20" in described["StackStatusReason"]
