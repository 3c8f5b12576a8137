"""Starts that cannot succeed: refused at once in plain words, and nothing is started."""

from typing import Any

import pytest

from local.network.faults import calls
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.many_lives import Life, Lived
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION, ServiceWords, both_services

NEVER_STARTABLE = [
    *((REKOGNITION, status) for status in ("TRAINING_FAILED", "COPYING_FAILED", "DELETING", "DEPRECATED", "EXPIRED")),
    *((LOOKOUT_VISION, status) for status in ("TRAINING_FAILED", "DELETING")),
]


@pytest.mark.parametrize(
    ("execution_input", "named"),
    [
        ({"ProjectVersionArn": "parts"}, ['NUMBER, got "parts"']),
        ({**REKOGNITION.model, "MinInferenceUnits": True}, ["MinInferenceUnits must be an integer from 1", "got true"]),
        ({**REKOGNITION.model, "MinInferenceUnits": "2"}, ['got "2"']),
        (
            {**REKOGNITION.model, "MinInferenceUnits": 3, "MaxInferenceUnits": 2},
            ["MaxInferenceUnits must be at least MinInferenceUnits (3), got 2"],
        ),
        (
            {**REKOGNITION.model, "Wait": 1, "StartTimeoutSeconds": 0},
            ['"Wait" is unknown', "StartTimeoutSeconds must be "],
        ),
        ({**REKOGNITION.model, "StopAfterSeconds": 0}, ["StopAfterSeconds must be an integer from 1"]),
        ({**REKOGNITION.model, "StopAt": "2026-07-01T18:00:00"}, ["StopAt must be", "with its offset"]),
        (
            {**REKOGNITION.model, "StopAfterSeconds": 60, "StopAt": "2036-07-01T18:00:00Z"},
            ["StopAfterSeconds and StopAt both say when the lease ends"],
        ),
        ({**LOOKOUT_VISION.model, "ModelVersion": "latest"}, ["ambiguous"]),
        ({"ProjectName": "boards"}, ["ModelVersion is missing"]),
        ({**REKOGNITION.model, **LOOKOUT_VISION.model}, ["belong to 2 services"]),
        ({}, ["no model is named"]),
        ([], ["got []"]),
        (42, ["The execution input must be a JSON object", "got 42"]),
        (None, ["got null"]),
        (
            {"ProjectVersionArn": REKOGNITION.model["ProjectVersionArn"].replace("us-east-1", "eu-west-1")},
            ["eu-west-1"],
        ),
        ({"ProjectVersionArn": REKOGNITION.model["ProjectVersionArn"].replace("aws:", "aws-cn:")}, ["aws-cn"]),
    ],
)
def test_an_invalid_input_is_refused_with_every_reason(
    lifecycle: Lifecycle, execution_input: Any, named: list[str]
) -> None:
    lifecycle.given(REKOGNITION.script(), LOOKOUT_VISION.script())

    execution = lifecycle.run(execution_input)

    assert (execution.status, execution.error) == ("FAILED", "InvalidRequestError")
    assert all(words in execution.cause for words in named), execution.cause
    message = lifecycle.only_message(execution)
    assert message.document["Outcome"] == "Failed"
    assert message.document["Cause"] == execution.cause
    assert message.attributes["Outcome"] == "Failed"
    assert message.document["MayBill"] is False
    assert calls(REKOGNITION.start) == calls(LOOKOUT_VISION.start) == []


@both_services
def test_a_model_that_does_not_exist_is_not_found(lifecycle: Lifecycle, service: ServiceWords) -> None:
    lifecycle.given()

    execution = lifecycle.run(service.model)

    assert (execution.status, execution.error) == ("FAILED", "ModelNotFoundError")
    message = lifecycle.only_message(execution)
    assert message.document["Outcome"] == "Failed"
    assert message.attributes["Service"] == service.name


@both_services
def test_a_start_that_the_service_refuses_ends_at_once(lifecycle: Lifecycle, service: ServiceWords) -> None:
    code = "AccessDeniedException"
    lifecycle.given(service.script(), faults=[{"Operation": service.start, "Error": code}])

    execution = lifecycle.run(service.model)

    assert (execution.status, execution.error) == ("FAILED", "AccessDeniedError")
    assert code in execution.cause
    assert execution.seconds < 5
    message = lifecycle.only_message(execution)
    assert message.document["MayBill"] is False


def at_full_quota(**fault: Any) -> list[Life]:
    errors = [(REKOGNITION, "LimitExceededException"), (LOOKOUT_VISION, "ServiceQuotaExceededException")]
    fields = {"StartTimeoutSeconds": 300}
    return [
        Life(service=service, operation=service.start, error=error, fields=fields).with_faults(fault)
        for service, error in errors
    ]


@pytest.mark.parametrize("life", at_full_quota(Times=3), ids=str)
def test_a_start_at_a_full_quota_waits_for_its_place_and_says_so_once(life: Life, lived: Lived) -> None:
    assert (lived.execution.status, lived.document["Outcome"]) == ("SUCCEEDED", "Running")
    assert lived.execution.states.count("Notify waiting") == 1
    assert lived.waited is not None
    assert life.error in lived.waited["Summary"]
    assert "Its start will be tried again until" in lived.waited["Summary"]
    assert (lived.waited["MayBill"], lived.waited["Error"]) == (False, None)


@pytest.mark.parametrize(("service", "status"), NEVER_STARTABLE, ids=str)
def test_a_status_that_can_never_run_ends_the_start(lifecycle: Lifecycle, service: ServiceWords, status: str) -> None:
    lifecycle.given(service.script(Status=status))

    execution = lifecycle.run(service.model)

    assert (execution.status, execution.error) == ("FAILED", "ModelFailedError")
    assert status in execution.cause
    assert lifecycle.only_message(execution).document["Status"] == status
    assert calls(service.start) == []


@both_services
def test_a_start_that_was_refused_is_told_of_its_model_which_it_did_not_touch(
    lifecycle: Lifecycle, service: ServiceWords
) -> None:
    lifecycle.given(service.script())
    past = {"StopAt": "2020-01-01T00:00:00Z"}

    for fields in (past, {"MinInferenceUnits": 0}, {"Wait": 1}):
        start = lifecycle.run({**service.model, **fields})

        assert start.error == "InvalidRequestError"
        message = lifecycle.only_message(start)
        assert message.attributes["Service"] == service.name
        assert (message.document["Status"], message.document["MayBill"]) == (service.stopped, False)
        assert "bill" not in message.subject


def test_a_start_that_was_refused_says_that_there_is_no_such_model(lifecycle: Lifecycle) -> None:
    lifecycle.given()

    start = lifecycle.run({**REKOGNITION.model, "StopAt": "2020-01-01T00:00:00Z"})

    document = lifecycle.only_message(start).document
    assert (document["Status"], document["MayBill"]) == (None, False)


@pytest.mark.parametrize(
    ("service", "wrong"),
    [
        (REKOGNITION, {"ProjectVersionArn": f"{REKOGNITION.model['ProjectVersionArn']} "}),
        (LOOKOUT_VISION, {"ModelVersion": "latest"}),
    ],
    ids=str,
)
def test_a_start_whose_input_names_a_project_at_least_is_told_to_who_listens_to_it(
    lifecycle: Lifecycle, service: ServiceWords, wrong: dict[str, str]
) -> None:
    right = lifecycle.only_message(lifecycle.run({**service.model, "Wait": 1}))

    message = lifecycle.only_message(lifecycle.run({**service.model, **wrong}))

    assert message.attributes == right.attributes
    assert message.document["MayBill"] is False
