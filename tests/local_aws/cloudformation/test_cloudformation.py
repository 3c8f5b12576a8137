"""CloudFormation: a stack has everything in its template, or says what is missing."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.cloudformation.resources import WITHOUT_EFFECT
from tests.local_aws.cloudformation.stacks import (
    POLICY,
    QUEUE,
    TOPIC,
    UNKNOWN,
    attribute,
    create,
    described,
    outputs_of,
    reasons,
    ref,
    update,
)
from tests.local_aws.conftest import Workbench

NO_TOPIC = "arn:aws:sns:us-east-1:123456789012:none"


def test_a_subscription_gets_what_is_published(bench: Workbench) -> None:
    subscription = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": ref("Topic"),
            "Protocol": "sqs",
            "Endpoint": attribute("Queue", "Arn"),
            "RawMessageDelivery": True,
            "FilterPolicy": {"Outcome": ["Running"]},
        },
    }
    lets = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": attribute("Queue", "Arn")}
    lets_in = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [ref("Queue")],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [lets]},
        },
    }
    found = outputs_of(
        create(
            bench,
            {"Topic": TOPIC, "Queue": QUEUE, "LetsIn": lets_in, "Subscription": subscription},
            {"Topic": ref("Topic"), "Queue": attribute("Queue", "Arn"), "Subscription": ref("Subscription")},
        )
    )
    assert found["Subscription"].startswith(found["Topic"])
    for outcome in ("Running", "Failed"):
        attributes = {"Outcome": {"DataType": "String", "StringValue": outcome}}
        bench.aws.client("sns").publish(TopicArn=found["Topic"], Message=outcome, MessageAttributes=attributes)
    assert [message["Body"] for message in bench.received(found["Queue"])] == ["Running"]


def test_topics_and_queues_get_their_policies(bench: Workbench) -> None:
    resources = {
        "Topic": TOPIC,
        "Queue": QUEUE,
        "OfTopic": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [ref("Topic")], "PolicyDocument": POLICY},
        },
        "OfQueue": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [ref("Queue")], "PolicyDocument": POLICY},
        },
    }
    found = outputs_of(create(bench, resources, {"Topic": ref("Topic"), "Queue": attribute("Queue", "QueueName")}))
    topic = bench.aws.client("sns").get_topic_attributes(TopicArn=found["Topic"])["Attributes"]
    assert json.loads(topic["Policy"])["Statement"] == POLICY["Statement"]
    sqs = bench.aws.client("sqs")
    url = sqs.get_queue_url(QueueName=found["Queue"])["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    assert json.loads(queue["Policy"])["Statement"] == POLICY["Statement"]


def test_an_alarm_is_there(bench: Workbench) -> None:
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": attribute("Queue", "QueueName")}],
            "Statistic": "Maximum",
            "Period": 60,
            "Threshold": 1,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        },
    }
    found = outputs_of(create(bench, {"Queue": QUEUE, "Alarm": alarm}, {"Name": ref("Alarm")}))
    [described] = bench.aws.client("cloudwatch").describe_alarms(AlarmNames=[found["Name"]])["MetricAlarms"]
    assert described["MetricName"] == "ApproximateNumberOfMessagesVisible"


def test_a_function_has_all_its_settings(bench: Workbench) -> None:
    resources = {
        "Queue": QUEUE,
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.14",
                "Handler": "index.handler",
                "Role": bench.role,
                "Code": {"ZipFile": "def handler(event, context): return 'here'"},
                "Architectures": ["arm64"],
                "TracingConfig": {"Mode": "Active"},
                "DeadLetterConfig": {"TargetArn": attribute("Queue", "Arn")},
                "LoggingConfig": {"LogGroup": "/of/its/own"},
            },
        },
        "Asynchronous": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": ref("Function"), "Qualifier": "$LATEST", "MaximumRetryAttempts": 1},
        },
    }
    name = outputs_of(create(bench, resources, {"Name": ref("Function")}))["Name"]
    lambda_ = bench.aws.client("lambda")
    configuration = lambda_.get_function_configuration(FunctionName=name)
    assert configuration["Architectures"] == ["arm64"]
    assert configuration["TracingConfig"] == {"Mode": "Active"}
    assert lambda_.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 1
    assert bench.invoke(name) == ("here", None)
    groups = bench.aws.client("logs").describe_log_groups(logGroupNamePrefix="/of/its/own")["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/of/its/own"]


def test_a_state_machine_runs_with_its_settings(bench: Workbench) -> None:
    states = {"Pass": {"Type": "Pass", "Result": "${What}", "End": True}}
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": bench.role,
            "DefinitionString": json.dumps({"StartAt": "Pass", "States": states}),
            "DefinitionSubstitutions": {"What": "that"},
            "TracingConfiguration": {"Enabled": True},
            "LoggingConfiguration": {"Level": "ALL", "IncludeExecutionData": True},
        },
    }
    arn = outputs_of(create(bench, {"Machine": machine}, {"Arn": ref("Machine")}))["Arn"]
    described = bench.aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert described["tracingConfiguration"] == {"enabled": True}
    assert described["loggingConfiguration"] == {"level": "ALL", "includeExecutionData": True}
    assert bench.ended(bench.start(arn))["output"] == '"that"'


def scheduled(**more: Any) -> dict[str, Any]:
    """Return a template's schedule that fires at some far time."""
    return {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "ScheduleExpression": "at(2099-01-01T08:00:00)",
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "StartDate": "2098-01-01T00:00:00Z",
            "Target": {
                "Arn": attribute("Queue", "Arn"),
                "RoleArn": "arn:aws:iam::123456789012:role/honest",
                "Input": "{}",
                "RetryPolicy": {"MaximumRetryAttempts": 3},
            },
        }
        | more,
    }


def test_schedules_and_their_group_come_and_go_with_the_stack(bench: Workbench) -> None:
    resources = {
        "Queue": QUEUE,
        "Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": f"group-{uuid4()}"}},
        "InGroup": scheduled(Name="mine", GroupName=ref("Group")),
        "ByDefault": scheduled(),
    }
    outputs = {name: ref(name) for name in resources} | {
        f"{name}Arn": attribute(name, "Arn") for name in ("Group", "InGroup", "ByDefault")
    }
    stack = create(bench, resources, outputs)
    found, scheduler = outputs_of(stack), bench.aws.client("scheduler")
    mine = scheduler.get_schedule(Name="mine", GroupName=found["Group"])
    assert (found["InGroup"], found["InGroupArn"]) == ("mine", mine["Arn"])
    assert mine["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert mine["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 3
    assert scheduler.get_schedule_group(Name=found["Group"])["Arn"] == found["GroupArn"]
    assert scheduler.get_schedule(Name=found["ByDefault"])["Arn"] == found["ByDefaultArn"]

    bench.aws.client("cloudformation").delete_stack(StackName=stack["StackId"])

    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule_group(Name=found["Group"])
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule(Name=found["ByDefault"])


def test_schedules_that_get_no_name_have_different_ones_that_are_not_too_long(bench: Workbench) -> None:
    long = [f"{'ScheduleWithAnExceedinglyLongName' * 2}{number}" for number in range(2)]
    found = outputs_of(
        create(bench, {"Queue": QUEUE} | {name: scheduled() for name in long}, {name: ref(name) for name in long})
    )
    assert [len(name) for name in set(found.values())] == [64, 64]


def test_a_schedule_that_is_deleted_already_does_not_hinder_the_end_of_its_stack(bench: Workbench) -> None:
    stack = create(bench, {"Queue": QUEUE, "Once": scheduled()}, {"Once": ref("Once")})
    bench.aws.client("scheduler").delete_schedule(Name=outputs_of(stack)["Once"])

    bench.aws.client("cloudformation").delete_stack(StackName=stack["StackId"])

    [ended] = bench.aws.client("cloudformation").describe_stacks(StackName=stack["StackId"])["Stacks"]
    assert ended["StackStatus"] == "DELETE_COMPLETE"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ScheduleExpression": "at(soon)"}, "ValidationException: .*Invalid Schedule Expression at.soon"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "ValidationException: .*Mars/Olympus is not valid"),
        ({"GroupName": "none"}, "ResourceNotFoundException.*Schedule group none does not exist"),
        ({"Name": "no spaces"}, "ValidationException.*satisfy regular expression"),
        ({"Colour": "red"}, 'Unknown parameter in input: "Colour"'),
        ({"Target": {"Arn": NO_TOPIC}}, 'Missing required parameter in Target: "RoleArn"'),
    ],
)
def test_a_schedule_that_the_service_refuses_fails_the_stack_with_the_reason(
    bench: Workbench, wrong: dict[str, Any], reason: str
) -> None:
    stack = create(bench, {"Queue": QUEUE, "Once": scheduled(**wrong)})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert re.search(reason, reasons(bench, stack)["Once"])


@pytest.mark.parametrize("resource_type", WITHOUT_EFFECT)
def test_a_type_without_effect_is_accepted(bench: Workbench, resource_type: str) -> None:
    assert create(bench, {"Thing": {"Type": resource_type}})["StackStatus"] == "CREATE_COMPLETE"


def test_an_unknown_type_fails_the_stack_by_name(bench: Workbench) -> None:
    stack = create(bench, {"Topic": TOPIC, "Thing": UNKNOWN}, {"Out": ref("Thing")})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert reasons(bench, stack) == {"Thing": "The local AWS does not know AWS::Quantum::Leap"}


def test_a_resource_that_cannot_be_made_fails_the_stack_with_the_reason(bench: Workbench) -> None:
    policy = {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [NO_TOPIC], "PolicyDocument": POLICY}}
    stack = create(bench, {"Policy": policy})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Topic does not exist" in reasons(bench, stack)["Policy"]


def test_what_a_condition_leaves_out_is_not_missed(bench: Workbench) -> None:
    cloudformation = bench.aws.client("cloudformation")
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Topic": TOPIC, "Thing": UNKNOWN | {"Condition": "Never"}},
    }
    answer = cloudformation.create_stack(StackName=f"stack-{uuid4()}", TemplateBody=json.dumps(template))
    [stack] = cloudformation.describe_stacks(StackName=answer["StackId"])["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_a_stack_names_its_parameters_as_they_were_given_but_for_what_is_not_to_be_echoed(bench: Workbench) -> None:
    kinds = {"Names": "CommaDelimitedList", "None": "CommaDelimitedList", "Count": "Number", "Secret": "String"}
    given = {"Names": "a,b", "None": "", "Count": "3", "Secret": "word"}
    written = {name: {"Type": kind, **({"NoEcho": True} if name == "Secret" else {})} for name, kind in kinds.items()}
    answer = bench.aws.client("cloudformation").create_stack(
        StackName=f"stack-{uuid4()}",
        TemplateBody=json.dumps({"Parameters": written, "Resources": {"Topic": TOPIC}}),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )
    told = {one["ParameterKey"]: one["ParameterValue"] for one in described(bench, answer["StackId"])["Parameters"]}
    assert told == given | {"Secret": "****"}


@pytest.mark.parametrize(("resource", "end"), [(TOPIC, "CREATE_COMPLETE"), (UNKNOWN, "ROLLBACK_COMPLETE")])
def test_a_change_set_creates_or_fails_as_well(bench: Workbench, resource: dict[str, str], end: str) -> None:
    cloudformation = bench.aws.client("cloudformation")
    template = {"Resources": {"Thing": resource}, "Outputs": {"Name": {"Value": ref("Thing")}}}
    change = cloudformation.create_change_set(
        StackName=f"stack-{uuid4()}", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=json.dumps(template)
    )
    cloudformation.execute_change_set(ChangeSetName=change["Id"])
    [stack] = cloudformation.describe_stacks(StackName=change["StackId"])["Stacks"]
    assert stack["StackStatus"] == end
    assert bool(stack.get("Outputs")) is (end == "CREATE_COMPLETE")


def test_a_key_waits_for_its_deletion_as_long_as_its_template_says(bench: Workbench) -> None:
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [root]}
    properties = {"KeyPolicy": policy, "PendingWindowInDays": 7}
    stack = create(bench, {"Key": {"Type": "AWS::KMS::Key", "Properties": properties}}, {"Key": ref("Key")})
    key = outputs_of(stack)["Key"]

    bench.aws.client("cloudformation").delete_stack(StackName=stack["StackId"])

    left = bench.aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]
    assert left["KeyState"] == "PendingDeletion"
    assert left["DeletionDate"] - bench.aws.clock.now() == timedelta(days=7)
    with pytest.raises(ClientError):
        bench.aws.client("kms").encrypt(KeyId=key, Plaintext=b"x")


def test_a_deletion_that_failed_can_be_repeated_for_what_is_left(bench: Workbench) -> None:
    cloudformation, tables = bench.aws.client("cloudformation"), bench.aws.client("dynamodb")
    table = {
        "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
    }
    stack = create(
        bench, {"Queue": QUEUE, "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table}}, {"Table": ref("Table")}
    )
    [listed] = cloudformation.list_stack_resources(StackName=stack["StackId"])["StackResourceSummaries"][1:]
    assert listed["ResourceStatus"] == "CREATE_COMPLETE"

    cloudformation.delete_stack(StackName=stack["StackId"])

    [left] = cloudformation.list_stack_resources(StackName=stack["StackId"])["StackResourceSummaries"]
    assert (left["LogicalResourceId"], left["ResourceStatus"]) == ("Table", "DELETE_FAILED")
    assert left["ResourceStatusReason"]

    tables.update_table(TableName=outputs_of(stack)["Table"], DeletionProtectionEnabled=False)
    cloudformation.delete_stack(StackName=stack["StackId"])

    [ended] = cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"]
    assert ended["StackStatus"] == "DELETE_COMPLETE"


def test_a_protected_stack_is_not_deleted_until_the_protection_is_taken_off(bench: Workbench) -> None:
    cloudformation = bench.aws.client("cloudformation")
    stack = create(bench, {"Queue": QUEUE})
    name = stack["StackName"]

    def protect(on: bool, named: str = name) -> Any:
        return cloudformation.update_termination_protection(StackName=named, EnableTerminationProtection=on)

    assert protect(True)["StackId"] == stack["StackId"]
    for named in (name, stack["StackId"]):
        with pytest.raises(ClientError) as refused:
            cloudformation.delete_stack(StackName=named)
        assert refused.value.response["Error"] == {
            "Type": "Sender",
            "Code": "ValidationError",
            "Message": f"Stack [{named}] cannot be deleted while TerminationProtection is enabled",
        }
    assert described(bench, stack["StackId"])["EnableTerminationProtection"]
    update(bench, stack, {"Queue": QUEUE, "Other": QUEUE})
    assert described(bench, stack["StackId"])["EnableTerminationProtection"]

    protect(False, stack["StackId"])
    cloudformation.delete_stack(StackName=name)

    assert described(bench, stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match=r"Stack \[nowhere\] does not exist"):
        protect(True, "nowhere")
