"""Encrypted data: only callers who may use the key can read it."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from local.server import LocalAws
from tests.local_aws.acting_aws import policy
from tests.local_aws.conftest import Workbench, until
from tests.local_aws.iam.roles import Role, refusal

HERE = "us-east-1:123456789012"
ROOT = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
DEFINITION = json.dumps({"StartAt": "It", "States": {"It": {"Type": "Succeed"}}})
TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
Call = Callable[[Any], object]


def key_with(aws: LocalAws, *statements: dict[str, Any]) -> str:
    """Make a key with these statements; its ARN."""
    return str(aws.client("kms").create_key(Policy=policy(*statements))["KeyMetadata"]["Arn"])


def topic(aws: LocalAws, key: str) -> tuple[str, str, Call]:
    arn = aws.client("sns").create_topic(Name=f"it-{uuid4()}", Attributes={"KmsMasterKeyId": key})["TopicArn"]
    return "aws:sns:topicArn", arn, lambda sns: sns.publish(TopicArn=arn, Message="it")


def queue(aws: LocalAws, key: str) -> tuple[str, str, Call]:
    name = f"it-{uuid4()}"
    url = aws.client("sqs").create_queue(QueueName=name, Attributes={"KmsMasterKeyId": key})["QueueUrl"]
    return "aws:sqs:arn", f"arn:aws:sqs:{HERE}:{name}", lambda sqs: sqs.send_message(QueueUrl=url, MessageBody="it")


def table(aws: LocalAws, key: str) -> tuple[str, str, Call]:
    name = f"it-{uuid4()}"
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    return "aws:dynamodb:tableName", name, lambda api: api.get_item(TableName=name, Key={"Id": {"S": "1"}})


def execution(aws: LocalAws, key: str) -> tuple[str, str, Call]:
    encrypted = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key}
    machine = machine_of(aws, Role(aws, may="kms:*"), encryptionConfiguration=encrypted)
    arn = aws.client("stepfunctions").start_execution(stateMachineArn=machine)["executionArn"]
    return "aws:states:stateMachineArn", machine, lambda api: api.describe_execution(executionArn=arn)


def machine_of(aws: LocalAws, role: Role, **asked: Any) -> str:
    aws.client("iam").update_assume_role_policy(RoleName=role.name, PolicyDocument=policy(TRUST))
    made = aws.client("stepfunctions").create_state_machine(
        name=f"it-{uuid4()}", definition=DEFINITION, roleArn=role.arn, **asked
    )
    return str(made["stateMachineArn"])


@pytest.mark.parametrize(
    ("encrypted", "service", "may", "last", "code"),
    [
        (topic, "sns", "sns:Publish", "GenerateDataKey", "KMSAccessDenied"),
        (queue, "sqs", "sqs:SendMessage", "GenerateDataKey", "KMS.AccessDeniedException"),
        (table, "dynamodb", "dynamodb:GetItem", "Decrypt", "AccessDeniedException"),
        (execution, "stepfunctions", "states:DescribeExecution", "Decrypt", "KmsAccessDeniedException"),
    ],
)
def test_who_calls_may_use_the_key_for_that_resource(
    aws: LocalAws,
    encrypted: Callable[[LocalAws, str], tuple[str, str, Call]],
    service: str,
    may: str,
    last: str,
    code: str,
) -> None:
    key = key_with(aws, ROOT)
    name, resource, call = encrypted(aws, key)
    role = Role(aws, may=may)
    client = role.client(service)

    def lets(*actions: str, for_what: str = resource) -> None:
        used_for = {"Condition": {"StringEquals": {f"kms:EncryptionContext:{name}": for_what}}}
        allows = [{"Effect": "Allow", "Action": action, "Resource": key} for action in actions]
        role.may({"Effect": "Allow", "Action": may, "Resource": "*"}, *(each | used_for for each in allows))

    assert refusal(lambda: call(client))[0] == code
    lets(*{"kms:Decrypt", "kms:GenerateDataKey"} - {f"kms:{last}"})
    assert f"kms:{last} on resource: {key}" in refusal(lambda: call(client))[2]
    lets("kms:Decrypt", "kms:GenerateDataKey", for_what="another")
    assert refusal(lambda: call(client))[0] == code
    lets("kms:Decrypt", "kms:GenerateDataKey")
    call(client)

    kms, key_id = aws.client("kms"), key.rpartition("/")[2]
    # Without the account in its policy, a key is nobody's.
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy({**ROOT, "Action": "kms:DescribeKey"}))
    assert refusal(lambda: call(client))[0] == code
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(ROOT))
    kms.disable_key(KeyId=key_id)
    assert refusal(lambda: call(client))[0] == code
    kms.enable_key(KeyId=key_id)
    call(client)


def test_an_execution_takes_a_role_that_may_use_its_machine_s_key(aws: LocalAws) -> None:
    key, role, machines = key_with(aws, ROOT), Role(aws), aws.client("stepfunctions")
    machine = machine_of(aws, role)
    machines.start_execution(stateMachineArn=machine)
    encrypted = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key}
    machines.update_state_machine(stateMachineArn=machine, encryptionConfiguration=encrypted)

    assert refusal(machines.start_execution, stateMachineArn=machine)[0] == "KmsAccessDeniedException"
    role.may({"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": key})
    machines.start_execution(stateMachineArn=machine)


LOGS = {"Service": "logs.us-east-1.amazonaws.com"}
OF_LOGS = ("Encrypt*", "Decrypt*", "ReEncrypt*", "GenerateDataKey*", "Describe*")


def logs_may(*verbs: str, group: str) -> dict[str, Any]:
    used_for = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{HERE}:log-group:{group}"}}
    actions = [f"kms:{verb}" for verb in verbs]
    return {"Effect": "Allow", "Principal": LOGS, "Action": actions, "Resource": "*", "Condition": used_for}


@pytest.mark.parametrize("lacks", OF_LOGS)
def test_a_key_that_does_not_let_logs_use_it_for_the_group_is_not_taken(aws: LocalAws, lacks: str) -> None:
    group, logs = f"it-{uuid4()}", aws.client("logs")
    logs.create_log_group(logGroupName=group)
    less = [verb for verb in OF_LOGS if verb != lacks]
    for key in (
        key_with(aws, ROOT, logs_may(*less, group=group)),
        key_with(aws, ROOT, logs_may(*OF_LOGS, group="another")),
    ):
        asked = {"logGroupName": group, "kmsKeyId": key}
        assert refusal(logs.associate_kms_key, **asked)[0] == "AccessDeniedException"
    logs.associate_kms_key(logGroupName=group, kmsKeyId=key_with(aws, ROOT, logs_may(*OF_LOGS, group="it-*")))
    [found] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert found["kmsKeyId"]
    logs.disassociate_kms_key(logGroupName=group)
    [found] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert "kmsKeyId" not in found


def test_a_log_is_written_and_read_only_while_logs_may_use_its_key(aws: LocalAws, bench: Workbench) -> None:
    group, logs, kms = f"it-{uuid4()}", aws.client("logs"), aws.client("kms")
    logs.create_log_group(logGroupName=group)
    whole = policy(ROOT, logs_may(*OF_LOGS, group=group))
    key = key_with(aws, *json.loads(whole)["Statement"])
    logs.associate_kms_key(logGroupName=group, kmsKeyId=key)
    code = "def handler(event, context): print(event)"
    for function, lets in (("before", whole), ("meanwhile", policy(ROOT)), ("after", whole)):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=lets)
        name = bench.function(code)
        logged = {"FunctionName": name, "LoggingConfig": {"LogGroup": group}}
        aws.client("lambda").update_function_configuration(**logged)
        bench.invoke(name, function)

    def said() -> str:
        return "".join(event["message"] for event in logs.filter_log_events(logGroupName=group)["events"])

    assert until(lambda: "before" in said() and "after" in said())
    assert "meanwhile" not in said()
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(ROOT))
    assert refusal(logs.filter_log_events, logGroupName=group)[0] == "AccessDeniedException"


def test_what_a_key_encrypts_is_not_in_the_events_of_an_execution(aws: LocalAws, bench: Workbench) -> None:
    heard = bench.queue()
    events = aws.client("events")
    events.put_rule(Name="ends", EventPattern=json.dumps({"source": ["aws.states"], "detail": {"status": ["FAILED"]}}))
    events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": heard}])
    fails = json.dumps({"StartAt": "It", "States": {"It": {"Type": "Fail", "Error": "E", "Cause": "C"}}})
    role, machines = Role(aws, may="kms:*"), aws.client("stepfunctions")
    machine = machine_of(aws, role)
    for encrypted in ({"type": "AWS_OWNED_KEY"}, {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key_with(aws, ROOT)}):
        machines.update_state_machine(stateMachineArn=machine, definition=fails, encryptionConfiguration=encrypted)
        bench.ended(machines.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"])

    [clear, closed] = [json.loads(message["Body"])["detail"] for message in bench.received(heard)]
    assert (clear["input"], clear["error"], clear["cause"]) == ('{"a": 1}', "E", "C")
    assert (closed["input"], closed["error"], closed["cause"]) == (None, None, None)
    assert closed["inputDetails"] == {"included": False}
