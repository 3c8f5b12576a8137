"""Updates of a stack: resources that change in place keep their data, and a failure rolls everything back."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.cloudformation.stacks import (
    POLICY,
    QUEUE,
    STATEMENT,
    TOPIC,
    UNKNOWN,
    attribute,
    create,
    described,
    history,
    outputs_of,
    physical_ids,
    reasons,
    ref,
    template_of,
    update,
)
from tests.local_aws.conftest import Workbench

SERVICES = [f"{service}.amazonaws.com" for service in ("lambda", "states")]
TRUST = {"Effect": "Allow", "Principal": {"Service": SERVICES}, "Action": "sts:AssumeRole"}
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def role(**more: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": [TRUST | more]}
    policies = [{"PolicyName": "anything", "PolicyDocument": ANYTHING}]
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document, "Policies": policies}}


ROLE = role()
OTHER_POLICY = POLICY | {"Statement": [STATEMENT | {"Sid": "Other"}]}


def resource(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


def function(says: str, **more: Any) -> dict[str, Any]:
    code = {"ZipFile": f"import os\ndef handler(event, context): return {says!r} + os.environ.get('MORE', '')"}
    common = {"Runtime": "python3.14", "Handler": "index.handler", "Role": attribute("Role", "Arn")}
    return resource("AWS::Lambda::Function", Code=code, **common, **more)


def machine(result: str) -> dict[str, Any]:
    states = {"Only": {"Type": "Pass", "Result": result, "End": True}}
    return resource(
        "AWS::StepFunctions::StateMachine",
        RoleArn=attribute("Role", "Arn"),
        DefinitionString=json.dumps({"StartAt": "Only", "States": states}),
    )


def alarm(threshold: int) -> dict[str, Any]:
    return resource(
        "AWS::CloudWatch::Alarm",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Statistic="Maximum",
        Period=60,
        Threshold=threshold,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


def schedule(expression: str) -> dict[str, Any]:
    return resource(
        "AWS::Scheduler::Schedule",
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": attribute("Queue", "Arn"), "RoleArn": "arn:aws:iam::123456789012:role/scheduler"},
    )


def table(**more: Any) -> dict[str, Any]:
    return resource(
        "AWS::DynamoDB::Table",
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


def rule(*targets: str) -> dict[str, Any]:
    return resource(
        "AWS::Events::Rule",
        EventPattern={"source": ["mine"]},
        Targets=[{"Id": name, "Arn": attribute(name, "Arn")} for name in targets],
    )


def queue_attribute(name: str) -> Callable[[Workbench, str], Any]:
    return lambda bench, url: (
        bench.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"].get(name)
    )


def topic_attribute(name: str) -> Callable[[Workbench, str], Any]:
    return lambda bench, arn: bench.aws.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"].get(name)


def asked(service: str, call: str, parameter: str, *path: str | int) -> Callable[[Workbench, str], Any]:
    """Look at what a call answers about a physical id."""

    def look(bench: Workbench, physical_id: str) -> Any:
        wanted: Any = [physical_id] if parameter.endswith("Names") else physical_id
        found = getattr(bench.aws.client(service), call)(**{parameter: wanted})
        for step in path:
            found = found[step] if isinstance(step, int) else found.get(step)
        return found

    return look


def executed(bench: Workbench, arn: str) -> Any:
    return bench.ended(bench.start(arn))["output"]


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], Callable[[Workbench, str], Any], Any, Any]] = {
    "the code of a function": (
        function("old"),
        function("new"),
        lambda bench, name: bench.invoke(name)[0],
        "old",
        "new",
    ),
    "the environment of a function": (
        function("it", Environment={"Variables": {"MORE": " and more"}}),
        function("it"),
        lambda bench, name: bench.invoke(name)[0],
        "it and more",
        "it",
    ),
    "the timeout of a function": (
        function("it", Timeout=7),
        function("it"),
        asked("lambda", "get_function_configuration", "FunctionName", "Timeout"),
        7,
        3,
    ),
    "where a function logs": (
        function("it", LoggingConfig={"LogGroup": "/here"}),
        function("it", LoggingConfig={"LogGroup": "/there"}, TracingConfig={"Mode": "Active"}),
        asked("lambda", "get_function_configuration", "FunctionName", "TracingConfig", "Mode"),
        "PassThrough",
        "Active",
    ),
    "a definition": (machine("old"), machine("new"), executed, '"old"', '"new"'),
    "an alarm": (
        alarm(1),
        alarm(2),
        asked("cloudwatch", "describe_alarms", "AlarmNames", "MetricAlarms", 0, "Threshold"),
        1,
        2,
    ),
    "a dashboard": (
        resource("AWS::CloudWatch::Dashboard", DashboardBody='{"widgets": []}'),
        resource("AWS::CloudWatch::Dashboard", DashboardBody='{"start": "-PT1H", "widgets": []}'),
        asked("cloudwatch", "get_dashboard", "DashboardName", "DashboardBody"),
        '{"widgets": []}',
        '{"start": "-PT1H", "widgets": []}',
    ),
    "a schedule": (
        schedule("rate(1 hour)"),
        schedule("rate(2 hours)"),
        asked("scheduler", "get_schedule", "Name", "ScheduleExpression"),
        "rate(1 hour)",
        "rate(2 hours)",
    ),
    "the targets of a rule": (
        rule("Queue"),
        rule("Another"),
        asked("events", "list_targets_by_rule", "Rule", "Targets", 0, "Id"),
        "Queue",
        "Another",
    ),
    "the pattern of a rule": (
        resource("AWS::Events::Rule", EventPattern={"source": ["old"]}),
        resource("AWS::Events::Rule", EventPattern={"source": ["new"]}),
        asked("events", "describe_rule", "Name", "EventPattern"),
        '{"source": ["old"]}',
        '{"source": ["new"]}',
    ),
    "a queue": (
        resource("AWS::SQS::Queue", VisibilityTimeout=7),
        QUEUE,
        queue_attribute("VisibilityTimeout"),
        "7",
        "30",
    ),
    "a topic": (
        resource("AWS::SNS::Topic", DisplayName="Old"),
        resource("AWS::SNS::Topic", DisplayName="New"),
        topic_attribute("DisplayName"),
        "Old",
        "New",
    ),
    "a subscription": (
        resource("AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=attribute("Queue", "Arn")),
        resource(
            "AWS::SNS::Subscription",
            TopicArn=ref("Topic"),
            Protocol="sqs",
            Endpoint=attribute("Queue", "Arn"),
            RawMessageDelivery=True,
        ),
        asked("sns", "get_subscription_attributes", "SubscriptionArn", "Attributes", "RawMessageDelivery"),
        "false",
        "true",
    ),
    "how long a log is kept": (
        resource("AWS::Logs::LogGroup", RetentionInDays=7),
        resource("AWS::Logs::LogGroup", RetentionInDays=90),
        asked("logs", "describe_log_groups", "logGroupNamePrefix", "logGroups", 0, "retentionInDays"),
        7,
        90,
    ),
    "which items of a table expire": (
        table(),
        table(TimeToLiveSpecification={"AttributeName": "ExpiresAt", "Enabled": True}),
        asked("dynamodb", "describe_time_to_live", "TableName", "TimeToLiveDescription", "TimeToLiveStatus"),
        "DISABLED",
        "ENABLED",
    ),
    "whether a table can be recovered": (
        table(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}),
        table(),
        asked(
            "dynamodb",
            "describe_continuous_backups",
            "TableName",
            "ContinuousBackupsDescription",
            "PointInTimeRecoveryDescription",
            "PointInTimeRecoveryStatus",
        ),
        "ENABLED",
        "DISABLED",
    ),
    "who may use a key": (
        resource("AWS::KMS::Key", KeyPolicy=POLICY),
        resource("AWS::KMS::Key", KeyPolicy=OTHER_POLICY),
        lambda bench, key: json.loads(
            bench.aws.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        )["Statement"][0].get("Sid"),
        None,
        "Other",
    ),
    "who may assume a role": (
        ROLE,
        role(Sid="Other"),
        lambda bench, name: (
            bench.aws.client("iam")
            .get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
            .get("Sid")
        ),
        None,
        "Other",
    ),
    "what becomes of failed events": (
        resource(
            "AWS::Lambda::EventInvokeConfig", FunctionName=ref("Function"), Qualifier="$LATEST", MaximumRetryAttempts=0
        ),
        resource(
            "AWS::Lambda::EventInvokeConfig", FunctionName=ref("Function"), Qualifier="$LATEST", MaximumRetryAttempts=1
        ),
        lambda bench, _: bench.aws.client("lambda").get_function_event_invoke_config(
            FunctionName=function_of_all(bench)
        )["MaximumRetryAttempts"],
        0,
        1,
    ),
}
AROUND = {"Role": ROLE, "Queue": QUEUE, "Another": QUEUE, "Topic": TOPIC, "Function": function("around")}


def function_of_all(bench: Workbench) -> str:
    """Return the name of the newest function beside what is changed."""
    functions = bench.aws.client("lambda").list_functions()["Functions"]
    return str([one["FunctionName"] for one in functions if "-Function-" in one["FunctionName"]][-1])


@pytest.mark.parametrize("what", CHANGES)
def test_what_can_change_in_place_does_and_comes_back_when_the_update_fails(bench: Workbench, what: str) -> None:
    before, after, look, old, new = CHANGES[what]
    needed = {name: AROUND[name] for name in AROUND if name in json.dumps([before, after])} | {"Role": ROLE}
    if "Function" in needed and what != "what becomes of failed events":
        del needed["Function"]
    stack = create(bench, needed | {"Changing": before}, {"Its": ref("Changing")})
    physical_id = outputs_of(stack)["Its"]
    assert look(bench, physical_id) == old

    failed = update(bench, stack, needed | {"Changing": after, "Bad": UNKNOWN | {"DependsOn": "Changing"}})
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert ("Changing", "UPDATE_COMPLETE") in history(bench, stack)
    assert look(bench, physical_id) == old

    updated = update(bench, stack, needed | {"Changing": after}, {"Its": ref("Changing")})
    assert outputs_of(updated)["Its"] == physical_id
    assert look(bench, physical_id) == new


def test_a_policy_follows_those_whom_it_names(bench: Workbench) -> None:
    def policies(role: str) -> list[str]:
        found: list[str] = bench.aws.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
        return [name for name in found if name != "anything"]

    roles = {"One": ROLE, "Other": ROLE}

    def given(role: str, sid: str) -> dict[str, Any]:
        statement = {"Sid": sid, "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        policy = resource("AWS::IAM::Policy", PolicyName="may", PolicyDocument=document, Roles=[ref(role)])
        return roles | {"Policy": policy}

    stack = create(bench, given("One", "Old"))
    ids = physical_ids(bench, stack)
    assert (policies(ids["One"]), policies(ids["Other"])) == (["may"], [])
    update(bench, stack, given("Other", "Other"))
    assert (policies(ids["One"]), policies(ids["Other"])) == ([], ["may"])
    document = bench.aws.client("iam").get_role_policy(RoleName=ids["Other"], PolicyName="may")["PolicyDocument"]
    assert document["Statement"][0]["Sid"] == "Other"
    update(bench, stack, roles)
    assert policies(ids["Other"]) == []


def test_policies_of_queues_and_topics_follow_them(bench: Workbench) -> None:
    def given(queue: str) -> dict[str, Any]:
        return {
            "Topic": TOPIC,
            "One": QUEUE,
            "Other": QUEUE,
            "OfTopic": resource("AWS::SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=POLICY),
            "OfQueue": resource("AWS::SQS::QueuePolicy", Queues=[ref(queue)], PolicyDocument=POLICY),
        }

    policy = queue_attribute("Policy")
    stack = create(bench, given("One"))
    ids = physical_ids(bench, stack)
    assert (bool(policy(bench, ids["One"])), bool(policy(bench, ids["Other"]))) == (True, False)
    update(bench, stack, given("Other"))
    assert (bool(policy(bench, ids["One"])), bool(policy(bench, ids["Other"]))) == (False, True)
    update(bench, stack, {"Topic": TOPIC, "One": QUEUE, "Other": QUEUE})
    assert not policy(bench, ids["Other"])
    assert "__default_policy_ID" in topic_attribute("Policy")(bench, ids["Topic"])


def test_what_is_held_outlives_an_update(bench: Workbench) -> None:
    stack = create(bench, {"Queue": QUEUE, "Table": table()})
    ids = physical_ids(bench, stack)
    sqs, dynamodb = bench.aws.client("sqs"), bench.aws.client("dynamodb")
    sqs.send_message(QueueUrl=ids["Queue"], MessageBody="kept")
    dynamodb.put_item(TableName=ids["Table"], Item={"Id": {"S": "kept"}})

    longer = resource("AWS::SQS::Queue", MessageRetentionPeriod=1_209_600)
    expiring = table(TimeToLiveSpecification={"AttributeName": "ExpiresAt", "Enabled": True})
    update(bench, stack, {"Queue": longer, "Table": expiring})

    [message] = sqs.receive_message(QueueUrl=ids["Queue"])["Messages"]
    assert message["Body"] == "kept"
    assert dynamodb.scan(TableName=ids["Table"])["Count"] == 1


def test_what_cannot_change_is_replaced_and_who_refers_to_it_follows(bench: Workbench) -> None:
    def given(name: str) -> dict[str, Any]:
        topic = resource("AWS::SNS::Topic", TopicName=name)
        subscription = resource(
            "AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=attribute("Queue", "Arn")
        )
        return {"Queue": QUEUE, "Topic": topic, "Subscription": subscription}

    names = [f"topic-{uuid4()}" for _ in range(2)]
    stack = create(bench, given(names[0]))
    before = physical_ids(bench, stack)
    stack = update(bench, stack, given(names[1]), {"Topic": ref("Topic")})
    after = physical_ids(bench, stack)
    assert after["Queue"] == before["Queue"]
    assert outputs_of(stack)["Topic"].endswith(names[1])
    sns = bench.aws.client("sns")
    [subscription] = sns.list_subscriptions_by_topic(TopicArn=after["Topic"])["Subscriptions"]
    assert subscription["SubscriptionArn"] == after["Subscription"] != before["Subscription"]
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_topic_attributes(TopicArn=before["Topic"])
    told = history(bench, stack)
    assert told.index(("Subscription", "UPDATE_COMPLETE")) < told.index(("Topic", "DELETE_IN_PROGRESS"))
    assert told[-1] == (stack["StackName"], "UPDATE_COMPLETE")


def test_a_replacement_that_fails_later_leaves_the_old_one(bench: Workbench) -> None:
    names = [f"queue-{uuid4()}" for _ in range(2)]
    stack = create(bench, {"Queue": resource("AWS::SQS::Queue", QueueName=names[0])}, {"Url": ref("Queue")})
    changed = resource("AWS::SQS::Queue", QueueName=names[1])
    failed = update(bench, stack, {"Queue": changed, "Bad": UNKNOWN | {"DependsOn": "Queue"}})
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Quantum" in failed["StackStatusReason"]
    assert failed["Outputs"] == stack["Outputs"]
    urls = bench.aws.client("sqs").list_queues(QueueNamePrefix="queue-")["QueueUrls"]
    assert [name for name in names if any(url.endswith(name) for url in urls)] == [names[0]]


def test_a_custom_named_resource_is_not_replaced(bench: Workbench) -> None:
    name = f"machine-{uuid4()}"

    def named(kind: str) -> dict[str, Any]:
        made = machine("same")
        made["Properties"] |= {"StateMachineName": name, "StateMachineType": kind}
        return {"Role": ROLE, "Machine": made}

    stack = create(bench, named("STANDARD"))
    failed = update(bench, stack, named("EXPRESS"))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert reasons(bench, stack)["Machine"] == (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        f"Rename {name} and update the stack again."
    )


def test_a_name_is_not_given_twice(bench: Workbench) -> None:
    named = resource("AWS::SQS::Queue", QueueName=f"queue-{uuid4()}")
    stack = create(bench, {"One": named})
    failed = update(bench, stack, {"Other": named})
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists" in reasons(bench, stack)["Other"]
    assert create(bench, {"Third": named})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert physical_ids(bench, stack).keys() == {"One"}


@pytest.mark.parametrize("by_change_set", [False, True])
def test_no_logical_id_changes_its_type(bench: Workbench, by_change_set: bool) -> None:
    refused = r"Update of resource type is not permitted.*resources: \[Thing\]"
    stack, cloudformation = create(bench, {"Thing": QUEUE}), bench.aws.client("cloudformation")
    if by_change_set:
        change = change_set(bench, stack, template_of({"Thing": TOPIC}))
        assert change["Status"] == "FAILED"
        with pytest.raises(AssertionError, match=refused):
            raise AssertionError(change["StatusReason"])
    else:
        with pytest.raises(ClientError, match=refused):
            cloudformation.update_stack(StackName=stack["StackId"], TemplateBody=template_of({"Thing": TOPIC}))


def change_set(bench: Workbench, stack: dict[str, Any], body: str) -> dict[str, Any]:
    cloudformation = bench.aws.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=stack["StackName"], ChangeSetName=f"c{uuid4()}", ChangeSetType="UPDATE", TemplateBody=body
    )
    found: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    return found


def test_a_change_set_tells_what_it_changes_and_does_it(bench: Workbench) -> None:
    names = [f"topic-{uuid4()}" for _ in range(2)]

    def given(name: str) -> dict[str, Any]:
        subscription = resource(
            "AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=attribute("Queue", "Arn")
        )
        return {"Queue": QUEUE, "Topic": resource("AWS::SNS::Topic", TopicName=name), "Subscription": subscription}

    stack = create(bench, given(names[0]) | {"Old": QUEUE})
    longer = resource("AWS::SQS::Queue", MessageRetentionPeriod=60)
    change = change_set(bench, stack, template_of(given(names[1]) | {"Queue": longer, "New": QUEUE}))
    told = {
        one["ResourceChange"]["LogicalResourceId"]: (
            one["ResourceChange"]["Action"],
            one["ResourceChange"].get("Replacement"),
        )
        for one in change["Changes"]
    }
    assert told == {
        "Queue": ("Modify", "False"),
        "Topic": ("Modify", "True"),
        "Subscription": ("Modify", "Conditional"),
        "New": ("Add", None),
        "Old": ("Remove", None),
    }
    bench.aws.client("cloudformation").execute_change_set(ChangeSetName=change["ChangeSetId"])
    assert physical_ids(bench, stack).keys() == {"Queue", "Topic", "Subscription", "New"}


def test_an_update_that_changes_nothing_is_none(bench: Workbench) -> None:
    stack, body = create(bench, {"Thing": QUEUE}), template_of({"Thing": QUEUE})
    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        bench.aws.client("cloudformation").update_stack(StackName=stack["StackId"], TemplateBody=body)
    change = change_set(bench, stack, body)
    assert (change["Status"], change["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in change["StatusReason"]


def test_what_is_to_be_retained_outlives_removal_replacement_and_the_stack(bench: Workbench) -> None:
    retained = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    names = [f"queue-{uuid4()}" for _ in range(2)]
    first, second = (resource("AWS::SQS::Queue", QueueName=name) | retained for name in names)
    stack = create(bench, {"Removed": QUEUE | retained, "Replaced": first, "Plain": QUEUE})
    before = physical_ids(bench, stack)
    update(bench, stack, {"Replaced": second, "Plain": QUEUE})
    after = physical_ids(bench, stack)
    bench.aws.client("cloudformation").delete_stack(StackName=stack["StackId"])
    left = {url.rpartition("/")[2] for url in bench.aws.client("sqs").list_queues()["QueueUrls"]}
    removed, plain, replaced = (before[name].rpartition("/")[2] for name in ("Removed", "Plain", "Replaced"))
    assert {removed, replaced, after["Replaced"].rpartition("/")[2]} <= left
    assert plain not in left
    assert ("Removed", "DELETE_SKIPPED") in history(bench, stack)


def test_a_stack_that_failed_to_be_created_has_nothing_and_is_not_updated(bench: Workbench) -> None:
    name = f"queue-{uuid4()}"
    named = resource("AWS::SQS::Queue", QueueName=name)
    stack = create(bench, {"Queue": named, "Bad": UNKNOWN | {"DependsOn": "Queue"}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert not [url for url in bench.aws.client("sqs").list_queues().get("QueueUrls", []) if url.endswith(name)]
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        update(bench, stack, {"Queue": QUEUE})


def test_versions_of_a_function_stay_as_they_are_published(bench: Workbench) -> None:
    def given(says: str, name: str) -> dict[str, Any]:
        version = resource("AWS::Lambda::Version", FunctionName=ref("Function")) | {"DeletionPolicy": "Retain"}
        return {"Role": ROLE, "Function": function(says), name: version}

    stack = create(bench, given("old", "First"), {"Arn": ref("First")})
    first = outputs_of(stack)["Arn"]
    stack = update(bench, stack, given("new", "Second"), {"Arn": ref("Second")})
    second = outputs_of(stack)["Arn"]
    assert (first.rpartition(":")[2], second.rpartition(":")[2]) == ("1", "2")
    assert [bench.invoke(arn)[0] for arn in (first, second)] == ["old", "new"]
    bench.aws.client("lambda").delete_function(FunctionName=second)
    stack = update(bench, stack, given("newer", "Third"), {"Arn": ref("Third")})
    assert outputs_of(stack)["Arn"].rpartition(":")[2] == "3"
    failed = update(bench, stack, given("newer", "Fourth"))
    assert "A version for this Lambda function exists ( 3 )" in reasons(bench, failed)["Fourth"]


@pytest.mark.parametrize(("policy", "kept"), [("RetainExceptOnCreate", ["1", "3"]), ("Retain", ["1", "2"])])
def test_what_a_failed_update_published_is_published_again_unless_it_is_retained(
    bench: Workbench, policy: str, kept: list[str]
) -> None:
    def given(says: str, name: str, **more: Any) -> dict[str, Any]:
        version = resource("AWS::Lambda::Version", FunctionName=ref("Function")) | {"DeletionPolicy": policy}
        return {"Role": ROLE, "Function": function(says), name: version, **more}

    stack = create(bench, given("old", "First"), {"Name": ref("Function")})
    name = outputs_of(stack)["Name"]
    broken = resource("AWS::Lambda::Alias", FunctionName=ref("Function"), FunctionVersion="99", Name="live")
    failed = update(bench, stack, given("new", "Second", Broken=broken | {"DependsOn": "Second"}))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    again = update(bench, stack, given("new", "Second"))
    retained = policy == "Retain"
    assert again["StackStatus"] == ("UPDATE_ROLLBACK_COMPLETE" if retained else "UPDATE_COMPLETE")
    listed = bench.aws.client("lambda").list_versions_by_function(FunctionName=name)["Versions"]
    assert [version["Version"] for version in listed] == ["$LATEST", *kept]


def test_an_execution_keeps_the_definition_and_a_function_the_code_that_it_began_with(bench: Workbench) -> None:
    code = "import time\ndef handler(event, context):\n    {}return '{}'"
    slow = code.format("time.sleep(1); ", "old")

    def given(text: str, then: str) -> dict[str, Any]:
        made = function("")
        made["Properties"]["Code"] = {"ZipFile": text}
        states = {
            "Call": {"Type": "Task", "Resource": "${Function}", "Next": "Then"},
            "Then": {"Type": "Pass", "Parameters": {"said.$": "$", "then": then}, "End": True},
        }
        definition = resource(
            "AWS::StepFunctions::StateMachine",
            RoleArn=attribute("Role", "Arn"),
            DefinitionString=json.dumps({"StartAt": "Call", "States": states}),
            DefinitionSubstitutions={"Function": attribute("Function", "Arn")},
        )
        return {"Role": ROLE, "Function": made, "Machine": definition}

    stack = create(bench, given(slow, "old"), {"Machine": ref("Machine")})
    execution = bench.start(outputs_of(stack)["Machine"])
    stack = update(bench, stack, given(code.format("", "new"), "new"), {"Machine": ref("Machine")})
    again = bench.start(outputs_of(stack)["Machine"])
    assert json.loads(bench.ended(execution)["output"])["then"] == "old"
    assert json.loads(bench.ended(again)["output"]) == {"said": "new", "then": "new"}


def test_what_the_local_aws_cannot_change_is_refused_by_name(bench: Workbench) -> None:
    bucket = resource("AWS::S3::Bucket", VersioningConfiguration={"Status": "Enabled"})
    stack = create(bench, {"Bucket": {"Type": "AWS::S3::Bucket"}, "Key": resource("AWS::KMS::Key", KeyPolicy=POLICY)})
    update(bench, stack, {"Bucket": bucket, "Key": resource("AWS::KMS::Key", KeyPolicy=POLICY)})
    assert reasons(bench, stack)["Bucket"] == "The local AWS does not update AWS::S3::Bucket"
    other = resource("AWS::KMS::Key", KeyPolicy=POLICY, KeySpec="RSA_2048")
    update(bench, stack, {"Bucket": {"Type": "AWS::S3::Bucket"}, "Key": other})
    assert reasons(bench, stack)["Key"] == "The local AWS does not update KeySpec of AWS::KMS::Key"


def test_resources_that_need_each_other_in_a_circle_are_refused(bench: Workbench) -> None:
    circle = {"One": TOPIC | {"DependsOn": "Other"}, "Other": TOPIC | {"DependsOn": ["One"]}}
    with pytest.raises(ClientError, match=r"Circular dependency between resources: \[One, Other\]"):
        create(bench, circle)


TAGGED = [
    ROLE,
    function("it"),
    machine("it"),
    rule(),
    table(),
    resource("AWS::KMS::Key", KeyPolicy=POLICY),
    resource(
        "AWS::CloudWatch::Alarm",
        Namespace="It",
        MetricName="It",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    ),
    *map(resource, ["AWS::Logs::LogGroup", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::Scheduler::ScheduleGroup"]),
]


@pytest.mark.parametrize("tagged", TAGGED, ids=lambda tagged: str(tagged["Type"]))
def test_tags_come_and_go(bench: Workbench, tagged: dict[str, Any]) -> None:
    def given(*tags: str) -> dict[str, Any]:
        written = {"Tags": [{"Key": tag, "Value": tag} for tag in tags]} if tags else {}
        return {"Role": ROLE, "Tagged": resource(tagged["Type"], **tagged["Properties"], **written)}

    stack = create(bench, given())
    for tags in (("one",), ("other",), ()):
        stack = update(bench, stack, given(*tags))
        assert stack["StackStatus"] == "UPDATE_COMPLETE", reasons(bench, stack)


LOOKS: dict[str, tuple[str, str, str]] = {
    "Alarm": ("cloudwatch.list_tags_for_resource", "ResourceARN", "Tags"),
    "Function": ("lambda.list_tags", "Resource", "Tags"),
    "Key": ("kms.list_resource_tags", "KeyId", "Tags"),
    "LogGroup": ("logs.list_tags_log_group", "logGroupName", "tags"),
    "Machine": ("stepfunctions.list_tags_for_resource", "resourceArn", "tags"),
    "Queue": ("sqs.list_queue_tags", "QueueUrl", "Tags"),
    "Role": ("iam.list_role_tags", "RoleName", "Tags"),
    "Rule": ("events.list_tags_for_resource", "ResourceARN", "Tags"),
    "ScheduleGroup": ("scheduler.list_tags_for_resource", "ResourceArn", "Tags"),
    "Table": ("dynamodb.list_tags_of_resource", "ResourceArn", "Tags"),
    "Topic": ("sns.list_tags_for_resource", "ResourceArn", "Tags"),
}
"""Which operation tells the tags, of what, and where they stand in its answer."""


def tags_of(bench: Workbench, name: str, of: str) -> dict[str, str]:
    operation, parameter, answer = LOOKS[name]
    service, _, method = operation.partition(".")
    found = getattr(bench.aws.client(service), method)(**{parameter: of})[answer]
    if isinstance(found, dict):
        return found
    pairs = [sorted(tag.items(), key=lambda item: "alue" in item[0]) for tag in found]
    return {key: value for (_, key), (_, value) in pairs}


def test_the_tags_of_a_stack_are_on_its_resources_beside_their_own(bench: Workbench) -> None:
    resources = {tagged["Type"].rpartition("::")[2].replace("StateM", "M"): tagged for tagged in TAGGED}
    own = [{"Key": "owner", "Value": "its own"}]
    resources["Topic"] = resource("AWS::SNS::Topic", Tags=own)
    by_arn = {name: attribute(name, "Arn") for name in ("Alarm", "Function", "Rule", "ScheduleGroup", "Table")}
    body = template_of(resources, by_arn | {name: ref(name) for name in resources.keys() - by_arn.keys()})
    cloudformation, asked = bench.aws.client("cloudformation"), {"StackName": f"stack-{uuid4()}", "TemplateBody": body}
    for value, bring in (("one", cloudformation.create_stack), ("other", cloudformation.update_stack)):
        tags = [{"Key": "owner", "Value": value}, {"Key": value, "Value": value}]
        stack = described(bench, bring(**asked, Tags=tags)["StackId"])

        found = {name: tags_of(bench, name, of) for name, of in outputs_of(stack).items()}
        wanted = {"owner": value, value: value}
        assert found == {name: wanted | ({"owner": "its own"} if name == "Topic" else {}) for name in LOOKS}
