"""The account's quotas: AWS's, or those of the scenario."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clock.clock import VirtualClock
from local.scenario.scenario import Quotas
from tests.local_aws.acting_aws import ActingAws, acting_aws

OF_AWS = {"RunningModels": 2, "InferenceUnits": 5, "CallsPerSecond": 5}
Act = Callable[..., Any]


@pytest.fixture(scope="module")
def aws() -> Iterator[ActingAws]:
    with acting_aws(VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))) as opened, opened.clock.running():
        yield opened


def version(number: int) -> dict[str, str]:
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/parts/version/v{number}/1767603600000"
    return {"ProjectVersionArn": arn}


def boards(number: int) -> dict[str, str]:
    return {"ProjectName": "boards", "ModelVersion": str(number)}


SERVICES = pytest.mark.parametrize(
    ("service", "name", "verb", "quota", "status"),
    [
        ("rekognition", version, "project_version", "LimitExceededException", 400),
        ("lookoutvision", boards, "model", "ServiceQuotaExceededException", 402),
    ],
    ids=["rekognition", "lookoutvision"],
)


@SERVICES
def test_so_many_models_run_at_a_time_and_what_stops_still_counts(
    aws: ActingAws, service: str, name: Callable[[int], dict[str, str]], verb: str, quota: str, status: int
) -> None:
    aws.play(*({**name(number), "StopSeconds": 10, "StartSeconds": 0} for number in (1, 2, 3)), quotas=OF_AWS)
    client = aws.api(service)
    start, stop = getattr(client, f"start_{verb}"), getattr(client, f"stop_{verb}")
    start(**name(1), MinInferenceUnits=1)
    start(**name(2), MinInferenceUnits=1)
    stop(**name(1))

    with pytest.raises(ClientError, match="may run 2 models at a time") as caught:
        start(**name(3), MinInferenceUnits=1)
    assert caught.value.response["Error"]["Code"] == quota
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status

    aws.clock.wait(10)
    start(**name(3), MinInferenceUnits=1)


@SERVICES
@pytest.mark.parametrize("units", [{"MinInferenceUnits": 6}, {"MinInferenceUnits": 1, "MaxInferenceUnits": 6}])
def test_a_model_has_so_many_units(
    aws: ActingAws,
    service: str,
    name: Callable[[int], dict[str, str]],
    verb: str,
    quota: str,
    status: int,  # noqa: ARG001
    units: dict[str, int],
) -> None:
    aws.play(name(1), quotas=OF_AWS)
    start: Act = getattr(aws.api(service), f"start_{verb}")

    with pytest.raises(ClientError, match="may use 5 inference units") as caught:
        start(**name(1), **units)
    assert caught.value.response["Error"]["Code"] == quota
    start(**name(1), MinInferenceUnits=5)


@pytest.mark.parametrize(
    ("service", "operation"), [("rekognition", "describe_projects"), ("lookoutvision", "list_projects")]
)
def test_an_operation_is_called_so_often_a_second(aws: ActingAws, service: str, operation: str) -> None:
    aws.play(version(1), boards(1), quotas=OF_AWS)
    call: Act = getattr(aws.api(service), operation)
    for _ in range(5):
        call()

    with pytest.raises(ClientError, match="Rate exceeded") as caught:
        call()
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    aws.clock.wait(0.9)
    with pytest.raises(ClientError, match="Rate exceeded"):
        call()
    aws.clock.wait(0.1)
    call()


def test_the_defaults_are_those_of_aws() -> None:
    quotas = Quotas()

    assert (quotas.running_models, quotas.inference_units, quotas.calls_per_second) == tuple(OF_AWS.values())
