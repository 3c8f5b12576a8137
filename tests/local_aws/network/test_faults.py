"""Faults between a client and the local AWS."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from local.api import aws_api
from local.network import faults
from local.network.faults import FaultBook
from local.scenario.scenario import Scenario
from tests.local_aws.acting_aws import ARN, ActingAws, acting_aws

STOPPED = {"ProjectVersionArn": ARN}


@pytest.fixture(scope="module")
def aws() -> Iterator[ActingAws]:
    with acting_aws() as opened:
        yield opened


def book(*entries: dict[str, Any]) -> FaultBook:
    """Make a fault book."""
    opened = FaultBook()
    opened.load(Scenario.parse(json.dumps({"Faults": entries})).faults)
    return opened


def start(rekognition: Any) -> str:
    """Start the model, and return the status or what went wrong."""
    try:
        return str(rekognition.start_project_version(ProjectVersionArn=ARN, MinInferenceUnits=1)["Status"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except (ConnectionClosedError, ReadTimeoutError) as error:
        return type(error).__name__


def status(aws: ActingAws) -> str:
    """Return the model's status."""
    rekognition = aws.api("rekognition")
    [project] = rekognition.describe_projects()["ProjectDescriptions"]
    found = rekognition.describe_project_versions(ProjectArn=project["ProjectArn"])["ProjectVersionDescriptions"]
    return str(found[0]["Status"])


def test_a_fault_befalls_the_calls_from_after_on_as_many_times_as_it_says() -> None:
    faulty = book({"Operation": "Publish", "Error": "NotFound", "After": 2, "Times": 3})

    befallen = [faulty.next_for("Publish", "") is not None for _ in range(8)]

    assert befallen == [False, False, True, True, True, False, False, False]


def test_a_fault_without_times_befalls_every_call_from_then_on() -> None:
    faulty = book({"Operation": "Publish", "Error": "NotFound", "After": 1})

    assert [faulty.next_for("Publish", "") is not None for _ in range(4)] == [False, True, True, True]


def test_a_fault_counts_only_the_calls_that_it_is_about() -> None:
    faulty = book({"Operation": "Publish", "Error": "NotFound", "Caller": "Notify", "After": 1, "Times": 1})

    callers = ["Notify", "StartModel", "Notify", "Notify"]

    assert faulty.next_for("Invoke", "Notify") is None
    assert [faulty.next_for("Publish", caller) is not None for caller in callers] == [False, False, True, False]


@pytest.mark.parametrize(
    "parameters",
    [
        {"ProjectNames": ["parts"]},
        {"ProjectArn": ARN.partition("/version/")[0], "VersionNames": ["1"]},
        {"ProjectVersionArn": ARN},
        {"Item": {"ModelId": {"S": f"Rekognition {ARN}"}}},
        {"Message": json.dumps({"Project": "parts"})},
        {"Payload": json.dumps({"Input": {"ProjectVersionArn": ARN}}).encode()},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_a_fault_of_a_model_counts_the_calls_that_name_it_and_no_longer_name(parameters: dict[str, Any]) -> None:
    faulty = book({"Operation": "Publish", "Error": "NotFound", "Model": "parts", "After": 1, "Times": 1})
    another = json.loads(json.dumps(parameters, default=bytes.decode).replace("parts", "parts.2026"))

    asked = [parameters, another, {}, parameters, parameters]

    assert [faulty.next_for("Publish", "", call) is not None for call in asked] == [False, False, False, True, False]


def test_of_calls_at_once_exactly_as_many_are_befallen_as_the_fault_says() -> None:
    faulty = book({"Operation": "Publish", "Error": "NotFound", "After": 10, "Times": 20})

    with ThreadPoolExecutor(8) as pool:
        befallen = sum(hit is not None for hit in pool.map(lambda _: faulty.next_for("Publish", ""), range(200)))

    assert befallen == 20


@pytest.mark.parametrize(
    ("service", "operation", "asked", "error", "http_status"),
    [
        ("rekognition", "StopProjectVersion", {"ProjectVersionArn": ARN}, "InternalServerError", 500),
        ("rekognition", "StopProjectVersion", {"ProjectVersionArn": ARN}, "ThrottlingException", 500),
        ("rekognition", "StopProjectVersion", {"ProjectVersionArn": ARN}, "AccessDeniedException", 400),
        ("lookoutvision", "StopModel", {"ProjectName": "b", "ModelVersion": "1"}, "ThrottlingException", 429),
        ("lookoutvision", "StopModel", {"ProjectName": "b", "ModelVersion": "1"}, "AccessDeniedException", 403),
        ("sns", "Publish", {"TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": "m"}, "AuthorizationError", 403),
        ("dynamodb", "PutItem", {"TableName": "t", "Item": {"k": {"S": "v"}}}, "InternalServerError", 500),
        ("lambda", "Invoke", {"FunctionName": "f"}, "TooManyRequestsException", 429),
        ("stepfunctions", "StartExecution", {"stateMachineArn": "arn:x"}, "ExecutionLimitExceeded", 400),
        ("events", "PutEvents", {"Entries": [{}]}, "InternalException", 500),
        ("sqs", "SendMessage", {"QueueUrl": "http://localhost/1/q", "MessageBody": "m"}, "ThrottlingException", 400),
        ("scheduler", "GetSchedule", {"Name": "s"}, "ThrottlingException", 429),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k"}, "SlowDown", 503),
        ("sts", "GetCallerIdentity", {}, "ExpiredToken", 403),
        ("cloudwatch", "PutMetricData", {"Namespace": "n", "MetricData": []}, "InternalFailure", 500),
        ("logs", "DescribeLogGroups", {}, "ServiceUnavailableException", 500),
    ],
)
def test_any_operation_can_answer_an_error_in_its_protocol_s_form(
    aws: ActingAws, service: str, operation: str, asked: dict[str, Any], error: str, http_status: int
) -> None:
    aws.play(faulty=[{"Operation": operation, "Error": error}])
    client = aws.api(service)

    with pytest.raises(ClientError) as raised:
        getattr(client, {name: method for method, name in client.meta.method_to_api_mapping.items()}[operation])(
            **asked
        )

    assert raised.value.response["Error"]["Code"] == error
    assert "The scenario says so." in raised.value.response["Error"]["Message"]
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == http_status
    assert faults.calls()[-1].outcome == error


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("rekognition", "StartProjectVersion"),
        ("rekognition", "DescribeProjectVersions"),
        ("rekognition", "DescribeProjects"),
        ("sns", "Publish"),
        ("dynamodb", "PutItem"),
        ("scheduler", "CreateSchedule"),
    ],
)
def test_every_documented_error_can_be_had_by_its_name(aws: ActingAws, service: str, operation: str) -> None:
    client = aws.api(service, parameter_validation=False)
    method = {name: method for method, name in client.meta.method_to_api_mapping.items()}[operation]
    for shape in aws_api.operation_model(service, operation).error_shapes:
        aws.play(STOPPED, faulty=[{"Operation": operation, "Error": shape.name}])
        with pytest.raises(getattr(client.exceptions, shape.name)):
            getattr(client, method)(**({"Name": "it"} if service == "scheduler" else {}))


def test_what_a_fault_refuses_is_not_done(aws: ActingAws) -> None:
    aws.play(STOPPED, faulty=[{"Operation": "StartProjectVersion", "Effect": "Refuse", "Times": 1}])
    rekognition = aws.api("rekognition")

    assert start(rekognition) == "ConnectionClosedError"
    assert status(aws) == "STOPPED"
    assert start(rekognition) == "STARTING"


def test_a_call_whose_answer_is_lost_is_done(aws: ActingAws) -> None:
    aws.play(STOPPED, faulty=[{"Operation": "StartProjectVersion", "Effect": "LoseAnswer", "Times": 1}])

    assert start(aws.api("rekognition")) == "ConnectionClosedError"
    assert status(aws) == "STARTING"
    assert faults.calls("StartProjectVersion")[-1].outcome == "LoseAnswer"


def test_a_call_without_an_answer_times_out_and_is_not_done(aws: ActingAws) -> None:
    aws.play(STOPPED, faulty=[{"Operation": "StartProjectVersion", "Effect": "Timeout", "Times": 1}])

    assert start(aws.api("rekognition", read_timeout=0.1)) == "ReadTimeoutError"
    assert status(aws) == "STOPPED"


def test_calls_at_once_are_all_recorded(aws: ActingAws) -> None:
    aws.play(STOPPED)
    rekognition = aws.api("rekognition", max_pool_connections=8)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: rekognition.describe_projects(), range(24)))

    assert [call.outcome for call in faults.calls("DescribeProjects")] == ["OK"] * 24


def test_a_new_scenario_begins_with_no_calls(aws: ActingAws) -> None:
    aws.play(STOPPED)
    status(aws)

    aws.play(STOPPED)

    assert faults.calls() == []


class Processes:
    """What kills nobody, but remembers who was to be killed."""

    def __init__(self) -> None:
        self.killed: list[str] = []

    def load(self, scenario: Scenario) -> None:
        """Have no quotas."""

    def kill(self, instance_id: str) -> None:
        """Remember a process."""
        self.killed.append(instance_id)

    def name_of(self, instance_id: str) -> str:
        """Name the function of `instance-<name>`."""
        return instance_id.removeprefix("instance-")


@pytest.mark.parametrize(("effect", "then"), [("KillBefore", "STOPPED"), ("KillAfter", "STARTING")])
def test_the_calling_process_dies_before_or_after_the_call(
    aws: ActingAws, monkeypatch: pytest.MonkeyPatch, effect: str, then: str
) -> None:
    processes = Processes()
    monkeypatch.setattr(aws, "functions", processes)
    aws.play(STOPPED, faulty=[{"Operation": "StartProjectVersion", "Effect": effect, "Times": 1}])

    assert start(aws.api("rekognition", user_agent_appid="instance-StartModel")) == "ConnectionClosedError"

    assert processes.killed == ["instance-StartModel"]
    assert status(aws) == then


def test_a_fault_can_befall_the_calls_of_one_function_alone(aws: ActingAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "functions", Processes())
    aws.play(STOPPED, faulty=[{"Operation": "StartProjectVersion", "Error": "ThrottlingException", "Caller": "Start"}])

    assert start(aws.api("rekognition", user_agent_appid="instance-StartModel")) == "ThrottlingException"
    assert start(aws.api("rekognition", user_agent_appid="instance-StopModel")) == "STARTING"


def test_a_fault_can_befall_the_calls_of_one_model_alone(aws: ActingAws) -> None:
    fault = {"Operation": "StartProjectVersion", "Error": "ThrottlingException"}
    aws.play(STOPPED, faulty=[{**fault, "Model": "another"}])
    assert start(aws.api("rekognition")) == "STARTING"

    aws.play(STOPPED, faulty=[{**fault, "Model": "parts"}])
    assert start(aws.api("rekognition")) == "ThrottlingException"


def test_a_big_upload_passes_unharmed(aws: ActingAws) -> None:
    aws.play()
    s3, body = aws.api("s3"), b"x" * 5_000_000
    s3.create_bucket(Bucket="uploads")

    s3.put_object(Bucket="uploads", Key="big", Body=body)

    assert s3.get_object(Bucket="uploads", Key="big")["Body"].read() == body


def test_a_connection_is_held_no_longer_than_its_client_waits(aws: ActingAws) -> None:
    aws.play(STOPPED, faulty=[{"Operation": "StartProjectVersion", "Effect": "Timeout"}])

    assert start(aws.api("rekognition", read_timeout=0.2)) == "ReadTimeoutError"

    for thread in threading.enumerate():
        if thread.name == "held-connection":
            thread.join()
            assert not thread.is_alive()
