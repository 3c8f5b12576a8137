"""Every documented error of every call of a start: the first call, a later one, and all from then on.

The cases come from the services' own models, so new errors become cases by themselves.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from tests.deployed.lifecycle import Execution
from tests.deployed.many_lives import Life, Lived
from tests.deployed.services import BOTH, LOOKOUT_VISION, REKOGNITION, ServiceWords
from tests.deployed.trouble.documented_errors import errors_of, service_model
from tests.soak import covering

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
FULL = {error for error, meaning in ERRORS.items() if meaning == "QuotaExceededError"}


def start_with(service: ServiceWords, operation: str, error: str) -> Life:
    # What is started in vain is stopped, with the same trouble: that need not take an hour.
    fields = {"StartTimeoutSeconds": DEADLINE_SECONDS, "StopTimeoutSeconds": 60}
    return Life(service=service, operation=operation, error=error, script={"StartSeconds": 40}, fields=fields)


def service_cases() -> Iterator[Life]:
    for service, client_name, operations in (
        (REKOGNITION, "rekognition", ("DescribeProjects", "DescribeProjectVersions", "StartProjectVersion")),
        (LOOKOUT_VISION, "lookoutvision", ("DescribeModel", "StartModel")),
    ):
        for operation in operations:
            for error in errors_of(client_name, operation):
                yield start_with(service, operation, error)


CASES = list(service_cases())
MOMENTS = 4
"""At which an error can come: first, later, for good, and while the model starts."""


def every_case(*faults: Mapping[str, Any], turn: int, but: Collection[str] = ()) -> pytest.MarkDecorator:
    """Each case with these faults. Every run tries each case at one moment, in turn, and the soak at all.

    `but`: without these errors.
    """
    lives = [case.with_faults(*faults) for case in CASES if case.error not in but]
    return pytest.mark.parametrize("life", covering(lives, one_in=MOMENTS, first=turn), ids=str)


def assert_told_truly(lived: Lived) -> None:
    """Assert that it ended in time, the model was started once at most, and the one message is true."""
    execution, document = lived.execution, lived.document
    assert execution.seconds <= DEADLINE_SECONDS + LONGEST_INTERVAL_SECONDS
    accepted = [call for call in lived.calls if (call.operation, call.outcome) == (lived.service.start, "OK")]
    assert len(accepted) <= 1
    if execution.status == "SUCCEEDED":
        assert document["Outcome"] == "Running"
        assert document["Status"] == lived.service.running
        return
    assert document["Error"] == execution.error
    assert document["Cause"] == execution.cause
    assert document["Outcome"] == ("TimedOut" if execution.error == "StartTimedOutError" else "Failed")
    assert document["MayBill"] or not accepted


def assert_ended_as_designed(case: Life, execution: Execution) -> None:
    passes = case.error in PASSES or case.error in IN_USE or ERRORS[case.error] == "QuotaExceededError"
    expected = None if passes else ERRORS[case.error]
    assert (execution.status, execution.error) == ("SUCCEEDED" if passes else "FAILED", expected), execution.cause


@every_case({"Times": 1}, turn=0)
def test_an_error_of_the_first_call(life: Life, lived: Lived) -> None:
    assert_ended_as_designed(life, lived.execution)
    assert_told_truly(lived)


@every_case({"Error": THROTTLED, "Times": 1}, {"After": 1, "Times": 1}, turn=1)
def test_an_error_of_a_later_call(life: Life, lived: Lived) -> None:
    assert_ended_as_designed(life, lived.execution)
    assert_told_truly(lived)


# Behind a start that is never served, all others would wait: what becomes of it is a story of its own.
@every_case({}, turn=2, but=FULL)
def test_an_error_that_stays(life: Life, lived: Lived) -> None:
    execution = lived.execution
    assert execution.status == "FAILED"
    if life.error in PASSES:
        assert execution.error == "StartTimedOutError"
        assert life.error in execution.cause
    elif life.error in IN_USE and life.operation == life.service.start:
        assert execution.error == "ModelFailedError"
    assert_told_truly(lived)


@every_case({"After": 1}, turn=3)
def test_an_error_that_comes_while_the_model_starts(lived: Lived) -> None:
    assert_told_truly(lived)


def broken_cases() -> Iterator[Life]:
    """Yield calls that cannot be made, whose answer is lost, or that are never answered."""
    for service in BOTH:
        for operation in (service.describe, service.start):
            for effect, after in (*product(("Refuse", "LoseAnswer"), (0, 1)), ("Timeout", 0)):
                yield start_with(service, operation, effect).with_faults({"After": after, "Times": 1})


@pytest.mark.parametrize("life", covering(broken_cases(), one_in=2), ids=str)
def test_a_connection_that_breaks_delays_a_start_and_nothing_else(lived: Lived) -> None:
    assert lived.execution.status == "SUCCEEDED", lived.execution.cause
    assert_told_truly(lived)


def table_cases() -> Iterator[Life]:
    for operation in ("GetItem", "PutItem"):
        for error in errors_of("dynamodb", operation):
            yield start_with(REKOGNITION, operation, error).with_faults({"Caller": "StartModel", "Times": 1})


@pytest.mark.parametrize("life", covering(table_cases(), one_in=2), ids=str)
def test_an_error_of_the_model_records(life: Life, lived: Lived) -> None:
    if life.error in PASSES or life.error == "ConditionalCheckFailedException":
        assert lived.execution.status == "SUCCEEDED", lived.execution.cause
    assert_told_truly(lived)


def topic_cases() -> Iterator[Life]:
    for error in errors_of("sns", "Publish"):
        code = service_model("sns").shape_for(error).metadata["error"].get("code", error)
        yield start_with(REKOGNITION, "Publish", code).with_faults({"Times": 1})


@pytest.mark.parametrize("life", list(topic_cases()), ids=str)
def test_an_error_of_the_topic(lived: Lived) -> None:
    assert lived.execution.status == "SUCCEEDED", lived.execution.cause
    assert_told_truly(lived)


def test_the_cases_are_those_that_the_services_document() -> None:
    operations = json.dumps(sorted({case.operation for case in CASES}))

    assert operations == (
        '["DescribeModel", "DescribeProjectVersions", "DescribeProjects", "StartModel", "StartProjectVersion"]'
    )
    assert len(CASES) == 34
