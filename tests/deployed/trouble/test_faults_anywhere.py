"""Every documented error of every call that a start makes, on its first call, on a later one, and from then on.

The cases come from the services' own models, so that an error which a service learns is a case from then on.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from botocore.model import ServiceModel
from botocore.session import Session

from local.network.faults import calls
from model_lifecycle.services.lookout_vision.service import SERVICE_MODELS
from tests.deployed.lifecycle import Execution, Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords

DEADLINE_SECONDS = 300
LONGEST_INTERVAL_SECONDS = 15
THROTTLED = "ThrottlingException"
PASSES = {
    THROTTLED,
    "ProvisionedThroughputExceededException",
    "InvalidPaginationTokenException",
    "InternalServerError",
    "InternalServerException",
    "RequestLimitExceeded",
    "TransactionConflictException",
    "ReplicatedWriteConflictException",
}
IN_USE = {"ResourceInUseException", "ConflictException"}
ERRORS = {
    "AccessDeniedException": "AccessDeniedError",
    "InvalidParameterException": "InvalidRequestError",
    "ValidationException": "InvalidRequestError",
    "LimitExceededException": "QuotaExceededError",
    "ServiceQuotaExceededException": "QuotaExceededError",
    "ResourceNotFoundException": "ModelNotFoundError",
}


@dataclass(frozen=True)
class Case:
    """One error of one call of a start."""

    service: ServiceWords
    operation: str
    error: str

    def __str__(self) -> str:
        return f"{self.operation}-{self.error}"

    def once(self, *, after: int) -> dict[str, Any]:
        return {"Operation": self.operation, "Error": self.error, "After": after, "Times": 1}


@cache
def service_model(name: str) -> ServiceModel:
    loader = Session().get_component("data_loader")
    loader.search_paths.append(str(SERVICE_MODELS))
    return ServiceModel(loader.load_service_model(name, "service-2"))


def errors_of(client_name: str, operation: str) -> list[str]:
    return sorted(shape.name for shape in service_model(client_name).operation_model(operation).error_shapes)


def service_cases() -> Iterator[Case]:
    for service, client_name, operations in (
        (REKOGNITION, "rekognition", ("DescribeProjects", "DescribeProjectVersions", "StartProjectVersion")),
        (LOOKOUT_VISION, "lookoutvision", ("DescribeModel", "StartModel")),
    ):
        for operation in operations:
            for error in errors_of(client_name, operation):
                yield Case(service, operation, error)


CASES = list(service_cases())
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def run(lifecycle: Lifecycle, service: ServiceWords, *faults: dict[str, Any]) -> Execution:
    lifecycle.given(service.script(StartSeconds=40), faults=faults)
    # What is started in vain is stopped, with the same trouble: that need not take an hour.
    return lifecycle.run({**service.model, "StartTimeoutSeconds": DEADLINE_SECONDS, "StopTimeoutSeconds": 60})


def assert_told_truly(lifecycle: Lifecycle, case: Case, execution: Execution) -> None:
    """It ended in time, the model was started once at most, and the one message says what is true."""
    assert execution.seconds <= DEADLINE_SECONDS + LONGEST_INTERVAL_SECONDS
    accepted = [call for call in calls(case.service.start) if call.outcome == "OK"]
    assert len(accepted) <= 1
    document = lifecycle.only_message(execution).document
    if execution.status == "SUCCEEDED":
        assert document["Outcome"] == "Running"
        assert document["Status"] == case.service.running
        return
    assert document["Error"] == execution.error
    assert document["Cause"] == execution.cause
    assert document["Outcome"] == ("TimedOut" if execution.error == "StartTimedOutError" else "Failed")
    assert document["MayBill"] or not accepted


def assert_ended_as_designed(case: Case, execution: Execution) -> None:
    passes = case.error in PASSES or case.error in IN_USE
    expected = None if passes else ERRORS[case.error]
    assert (execution.status, execution.error) == ("SUCCEEDED" if passes else "FAILED", expected), execution.cause


@every_case
def test_an_error_of_the_first_call(lifecycle: Lifecycle, case: Case) -> None:
    execution = run(lifecycle, case.service, case.once(after=0))

    assert_ended_as_designed(case, execution)
    assert_told_truly(lifecycle, case, execution)


@every_case
def test_an_error_of_a_later_call(lifecycle: Lifecycle, case: Case) -> None:
    throttled_before = {"Operation": case.operation, "Error": THROTTLED, "Times": 1}

    execution = run(lifecycle, case.service, throttled_before, case.once(after=1))

    assert_ended_as_designed(case, execution)
    assert_told_truly(lifecycle, case, execution)


@every_case
def test_an_error_that_stays(lifecycle: Lifecycle, case: Case) -> None:
    execution = run(lifecycle, case.service, {"Operation": case.operation, "Error": case.error})

    assert execution.status == "FAILED"
    if case.error in PASSES:
        assert execution.error == "StartTimedOutError"
        assert execution.cause is not None
        assert case.error in execution.cause
    elif case.error in IN_USE and case.operation == case.service.start:
        assert execution.error == "ModelFailedError"
    assert_told_truly(lifecycle, case, execution)


@every_case
def test_an_error_that_comes_while_the_model_starts(lifecycle: Lifecycle, case: Case) -> None:
    fault = {"Operation": case.operation, "Error": case.error, "After": 1}

    execution = run(lifecycle, case.service, fault)

    assert_told_truly(lifecycle, case, execution)


@pytest.mark.parametrize("service", [REKOGNITION, LOOKOUT_VISION], ids=str)
@pytest.mark.parametrize("effect", ["Refuse", "LoseAnswer"])
@pytest.mark.parametrize("after", [0, 1])
def test_a_connection_that_breaks(lifecycle: Lifecycle, service: ServiceWords, effect: str, after: int) -> None:
    for operation in (service.describe, service.start):
        execution = run(lifecycle, service, {"Operation": operation, "Effect": effect, "After": after, "Times": 1})

        assert execution.status == "SUCCEEDED", execution.cause
        assert_told_truly(lifecycle, Case(service, operation, effect), execution)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        (service, operation)
        for service in (REKOGNITION, LOOKOUT_VISION)
        for operation in (service.describe, service.start)
    ],
    ids=str,
)
def test_a_call_that_is_never_answered(lifecycle: Lifecycle, service: ServiceWords, operation: str) -> None:
    execution = run(lifecycle, service, {"Operation": operation, "Effect": "Timeout", "Times": 1})

    assert execution.status == "SUCCEEDED", execution.cause
    assert_told_truly(lifecycle, Case(service, operation, "Timeout"), execution)


def table_cases() -> Iterator[Case]:
    for operation in ("GetItem", "PutItem"):
        for error in errors_of("dynamodb", operation):
            yield Case(REKOGNITION, operation, error)


@pytest.mark.parametrize("case", list(table_cases()), ids=str)
def test_an_error_of_the_model_records(lifecycle: Lifecycle, case: Case) -> None:
    execution = run(lifecycle, case.service, {**case.once(after=0), "Caller": "StartModel"})

    if case.error in PASSES or case.error == "ConditionalCheckFailedException":
        assert execution.status == "SUCCEEDED", execution.cause
    assert_told_truly(lifecycle, case, execution)


@pytest.mark.parametrize("error", errors_of("sns", "Publish"))
def test_an_error_of_the_topic(lifecycle: Lifecycle, error: str) -> None:
    case = Case(REKOGNITION, "Publish", error)
    code = service_model("sns").shape_for(error).metadata["error"].get("code", error)

    execution = run(lifecycle, REKOGNITION, {"Operation": "Publish", "Error": code, "Times": 1})

    assert execution.status == "SUCCEEDED", execution.cause
    assert_told_truly(lifecycle, case, execution)


def test_the_cases_are_those_that_the_services_document() -> None:
    operations = json.dumps(sorted({case.operation for case in CASES}))

    assert operations == (
        '["DescribeModel", "DescribeProjectVersions", "DescribeProjects", "StartModel", "StartProjectVersion"]'
    )
    assert len(CASES) == 34
