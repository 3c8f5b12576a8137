"""Every end goes to the default bus, too."""

import json

import pytest

from model_lifecycle.aws.event_bus import send
from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.outcome import EVENT_TYPES, FleetOutcome, Outcome
from model_lifecycle.vocabulary.errors import ServiceRefusedError
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.given import EXECUTION, HOME, request
from tests.fakes.stubbed import stubbed
from tests.fakes.told import PRICE, UTC

SOURCE = "model-lifecycle-test"


def message(outcome: Outcome = Outcome.ABORTED, cause: str = "It ended.") -> Message:
    """Return what is told of an ending."""
    ending = Ending(
        notification_id=f"{EXECUTION}#0",
        outcome=outcome,
        goal=Goal.RUNNING,
        execution_arn=EXECUTION,
        request=request(),
        cause=cause,
    )
    return compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME)


@pytest.mark.parametrize(
    ("outcome", "detail_type"),
    [
        (Outcome.ABORTED, "Model Aborted"),
        (Outcome.FAILED, "Model Failed"),
        (Outcome.TIMED_OUT, "Model Timed Out"),
        (Outcome.STILL_BILLING, "Model Still Billing"),
    ],
)
def test_an_event_has_the_message_s_document_for_its_detail(outcome: Outcome, detail_type: str) -> None:
    told = message(outcome)
    entry = {"Source": SOURCE, "DetailType": detail_type, "Detail": json.dumps(told.document)}
    with stubbed("events") as (client, stub):
        stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}, {"Entries": [entry]})

        assert send(told, source=SOURCE, client=client) == "1"


def test_every_outcome_has_a_detail_type_of_its_own() -> None:
    assert set(EVENT_TYPES) == {*Outcome, *FleetOutcome}
    assert len(set(EVENT_TYPES.values())) == len(EVENT_TYPES)
    assert all(detail_type.startswith("Model ") for detail_type in EVENT_TYPES.values())


def test_an_event_that_the_bus_did_not_take_is_an_error_in_its_words() -> None:
    refused = {"ErrorCode": "InternalFailure", "ErrorMessage": "Not now."}
    with stubbed("events") as (client, stub):
        stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": [refused]})

        with pytest.raises(ServiceRefusedError, match='AWS answered PutEvents with InternalFailure: "Not now'):
            send(message(), source=SOURCE, client=client)


@pytest.mark.parametrize("cause", ["日本" * 16_000, "\ud800" * 32_768, "x" * 32_768])
def test_an_event_is_far_from_the_limit_of_the_bus_whatever_is_said(cause: str) -> None:
    assert len(json.dumps(message(cause=cause).document)) < 256 * 1_024 // 4
