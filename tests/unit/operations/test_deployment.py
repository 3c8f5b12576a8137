"""The stack that a command means, and the errors if there is none."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from operations.aws import Aws
from operations.deployment import Deployment, NoStackError, find
from operations.errors import NoCredentialsHereError, NoRegionHereError, OperationsError, RefusedError

ARN = "arn:aws:cloudformation:eu-central-1:123456789012:stack/ModelLifecycle-a/x"
STACK = {
    "StackId": ARN,
    "StackStatus": "UPDATE_COMPLETE",
    "EnableTerminationProtection": True,
    "Outputs": [{"OutputKey": "RequestSource", "OutputValue": "model-lifecycle-a.request"}],
}
RESOURCES = [
    ("AWS::SQS::Queue", "LeasesUndelivered1", "https://sqs/leases"),
    ("AWS::SQS::Queue", "WatchUndelivered2", "https://sqs/watch"),
    ("AWS::SNS::Topic", "NotificationsTopic3", "arn:aws:sns:eu-central-1:123456789012:t"),
]


class CloudFormation:
    """As much of its client as is asked for. `answer`: that of DescribeStacks, or an error to raise."""

    def __init__(self, answer: dict[str, Any] | ClientError) -> None:
        self._answer = answer
        self.asked: list[str] = []

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's spelling
        """Answer as told."""
        self.asked.append(StackName)
        if isinstance(self._answer, ClientError):
            raise self._answer
        headers = {"date": "Mon, 05 Jan 2026 09:00:00 GMT"}
        return {"Stacks": [self._answer], "ResponseMetadata": {"HTTPHeaders": headers}}

    def get_paginator(self, _: str) -> "CloudFormation":
        """Return the only one."""
        return self

    def paginate(self, *, StackName: str) -> list[dict[str, Any]]:  # noqa: N803 - boto3's spelling
        """Answer a page for each resource."""
        self.asked.append(StackName)
        names = ("ResourceType", "LogicalResourceId", "PhysicalResourceId", "ResourceStatus")
        return [
            {"StackResourceSummaries": [dict(zip(names, (*each, "CREATE_COMPLETE"), strict=True))]}
            for each in RESOURCES
        ]


class Region:
    """An `Aws` of one client."""

    region = "eu-central-1"

    def __init__(self, client: CloudFormation) -> None:
        self.client = lambda _: client


def found(answer: dict[str, Any] | ClientError, *, stage: str = "a") -> tuple[Deployment, CloudFormation]:
    """Return what is found with such an answer, and by which client."""
    client = CloudFormation(answer)
    return find(cast("Aws", Region(client)), stage), client


def refused(message: str) -> ClientError:
    """CloudFormation's ValidationError."""
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")


def test_the_stack_of_a_stage_is_read_with_its_outputs_and_home() -> None:
    deployment, client = found(STACK)

    assert client.asked == ["ModelLifecycle-a"]
    assert (deployment.status, deployment.protected) == ("UPDATE_COMPLETE", True)
    assert deployment.output("RequestSource") == "model-lifecycle-a.request"
    assert deployment.read_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert (deployment.home.region, deployment.home.account, deployment.home.stage) == (
        "eu-central-1",
        "123456789012",
        "a",
    )


def test_resources_are_found_by_what_they_are() -> None:
    deployment, client = found(STACK)

    assert deployment.physical_id("AWS::SQS::Queue", "LeasesUndelivered") == "https://sqs/leases"
    assert len(deployment.of_type("AWS::SQS::Queue")) == 2
    assert client.asked == ["ModelLifecycle-a", ARN]
    with pytest.raises(OperationsError, match="has 2 resources AWS::SQS::Queue"):
        deployment.physical_id("AWS::SQS::Queue")


@pytest.mark.parametrize(
    "answer", [refused("Stack with id ModelLifecycle does not exist"), {**STACK, "StackStatus": "REVIEW_IN_PROGRESS"}]
)
@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("", "no stack ModelLifecycle (without a stage) in the Region eu-central-1. Deploy it with `make deploy`,"),
        ("a", 'ModelLifecycle-a (stage a) in the Region eu-central-1. Deploy it with `make deploy ARGS="-c stage=a"`,'),
    ],
)
def test_no_stack_says_which_and_where_and_how_to_deploy_it(
    answer: dict[str, Any] | ClientError, stage: str, said: str
) -> None:
    with pytest.raises(NoStackError) as missing:
        found(answer, stage=stage)

    assert said in str(missing.value)


def test_another_refusal_is_not_taken_for_no_stack() -> None:
    with pytest.raises(RefusedError):
        found(refused("1 validation error detected"))


def test_a_missing_output_says_the_stack_s_status() -> None:
    deployment, _ = found({**STACK, "StackStatus": "ROLLBACK_COMPLETE", "Outputs": []})

    with pytest.raises(OperationsError, match="has the status ROLLBACK_COMPLETE and no output RequestSource"):
        deployment.output("RequestSource")


@pytest.fixture
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Take AWS out of the environment."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    home = str(tmp_path_factory.mktemp("home"))
    for name in ("HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, home)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("_nobody")
def test_no_region_and_no_credentials_are_told_before_anything_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoRegionHereError):
        find(Aws(), "")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert Aws().region == "eu-west-1"
    with pytest.raises(NoCredentialsHereError):
        find(Aws(), "")
    with pytest.raises(NoCredentialsHereError, match="nobody"):
        find(Aws(profile="nobody"), "")
