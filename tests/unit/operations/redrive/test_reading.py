"""What each message of a dead-letter queue is about, and what puts it back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from model_lifecycle.vocabulary.home import Home
from operations.redrive.letter import CallFunction, Letter, PublishAgain, Read, StartExecution
from operations.redrive.reading import Stack, read

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
A_MINUTE_AGO = "2026-01-05T11:59:00Z"
HOURS_AGO = "2026-01-05T05:00:00Z"
HOME = Home("aws", "us-east-1", "123456789012")
ARN = "arn:aws:rekognition:us-east-1:123456789012:project/boards/version/boards.1/1767603600000"
START = "arn:aws:states:us-east-1:123456789012:stateMachine:start-model"
STOP = "arn:aws:states:us-east-1:123456789012:stateMachine:stop-model"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:start-model:morning"
RULE = "arn:aws:events:us-east-1:123456789012:rule/r"
SCHEDULE = "arn:aws:scheduler:us-east-1:123456789012:schedule/model-leases/a"
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
FUNCTIONS = [f"arn:aws:lambda:us-east-1:123456789012:function:{name}" for name in ("Notify", "Watch", "Forget")]
NOTIFY, WATCH, FORGET = FUNCTIONS
STACK = Stack(home=HOME, notify=NOTIFY, watch_models=WATCH, forget_versions=FORGET, topics=frozenset({TOPIC}))
MODEL = {"ProjectVersionArn": ARN}
LEASE = {**MODEL, "LeaseEndsAt": "2026-01-05T05:00:00.000Z", "Reason": "Its lease ended."}
ENDED = {"executionArn": EXECUTION, "status": "FAILED", "input": json.dumps(MODEL)}
TOLD = "Model boards/boards.1 is stopped.\nNothing to do.\n\nId:        arn:of:it#0\n"
DENIED = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "not authorized", "RETRY_ATTEMPTS": "0"}


def by_rule(target: str, detail: Any, *, time: str = A_MINUTE_AGO) -> Letter:
    """Return what EventBridge could not deliver."""
    body = {"id": "e-1", "source": "x", "time": time, "detail": detail}
    return letter(body, RULE_ARN=RULE, TARGET_ARN=target, **DENIED)


def by_schedule(target: str, given: Any, *, time: str = A_MINUTE_AGO) -> Letter:
    """Return what Scheduler could not deliver: the text of the target's input."""
    return letter(given, SCHEDULE_ARN=SCHEDULE, TARGET_ARN=target, SCHEDULED_TIME=time, **DENIED)


def failed_at(function: str, event: Any, **answer: Any) -> Letter:
    """Return what a function failed at, as Lambda writes it."""
    context = {"requestId": "r", "functionArn": f"{function}:$LATEST", "condition": "RetriesExhausted"}
    record = {"version": "1.0", "timestamp": A_MINUTE_AGO, "requestContext": context, "requestPayload": event}
    return letter(record | answer)


def notification(message: str, **more: Any) -> Letter:
    """Return what a subscriber did not get."""
    written = {"Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Message": message, "Subject": "Stopped"}
    return letter(written | {"Timestamp": A_MINUTE_AGO} | more)


def letter(body: Any, **attributes: str) -> Letter:
    """One message, sent a moment ago."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Letter(id="l-1", queue="Q", body=text, attributes=attributes, sent_at=NOW - timedelta(minutes=2))


def read_of(sent: Letter, *, stack: Stack = STACK) -> Read:
    """Return what is read of it."""
    return read(sent, stack, now=NOW)


def test_a_request_is_put_back_by_the_execution_that_it_asked_for_under_one_name() -> None:
    found = read_of(by_rule(START, MODEL))

    assert found.remedy == StartExecution(state_machine_arn=START, name="redriven-l-1", input=json.dumps(MODEL))
    assert found.about == "the start of model boards/boards.1, asked for by event e-1"
    assert found.why == 'NO_PERMISSIONS: "not authorized"'
    assert (found.held, found.asked_at) == ("", NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("given", "about", "held"),
    [
        ({"Models": [ARN, {**MODEL, "ProjectVersionArn": ARN.replace("boards.1", "boards.2")}]}, "2 models", ""),
        ({"Models": []}, "many models", "Its input is not valid, so this stop would fail."),
        ({"ProjectArn": ARN.split("/version")[0] + "/1767000000000", "All": True}, "all models of a project", ""),
    ],
)
def test_what_was_asked_for_a_fleet_is_put_back_as_one_execution(given: dict[str, Any], about: str, held: str) -> None:
    found = read_of(by_rule(f"{STOP}s", given))

    assert found.remedy == StartExecution(state_machine_arn=f"{STOP}s", name="redriven-l-1", input=json.dumps(given))
    assert (found.about, found.held) == (f"the stop of {about}, asked for by event e-1", held)


def test_a_lease_s_stop_is_put_back_however_late_since_it_looks_itself_whether_it_is_wanted() -> None:
    text = json.dumps(LEASE, indent=1)

    found = read_of(by_schedule(STOP, text, time=HOURS_AGO))

    assert isinstance(found.remedy, StartExecution)
    assert (found.remedy.input, found.held) == (text, "")
    assert found.remedy.stops is not None
    assert found.about == "the stop of model boards/boards.1, asked for by schedule model-leases/a"


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        (by_rule(START, MODEL, time=HOURS_AGO), "asked for 7 h ago. Put back, it starts the model now"),
        (by_schedule(STOP, MODEL, time=HOURS_AGO), "asked for 7 h ago. Put back, it stops the model now"),
        (by_rule(START, {**MODEL, "StopAt": HOURS_AGO}), "Its StopAt has passed"),
        (by_rule(START, {**MODEL, "Units": 1}), "Its input is not valid, so this start would fail."),
        (by_rule(STOP, None), "Its input is not valid, so this stop would fail."),
    ],
)
def test_a_request_that_is_late_or_would_fail_is_held(sent: Letter, held: str) -> None:
    found = read_of(sent)

    assert held in found.held
    assert isinstance(found.remedy, StartExecution)


@pytest.mark.parametrize(
    ("given", "model"),
    [
        ({**MODEL, "Units": 1}, "model boards/boards.1"),
        ({"ProjectVersionArn": ARN.partition("/version")[0]}, "a model of boards"),
        (["x"], "a model that its input does not name"),
    ],
)
def test_as_much_of_a_model_is_named_as_its_input_names(given: Any, model: str) -> None:
    assert f"the start of {model}, asked" in read_of(by_rule(START, given)).about


@pytest.mark.parametrize(
    "sent",
    [
        letter({"detail": ENDED, "time": A_MINUTE_AGO}, TARGET_ARN=NOTIFY, **DENIED),
        failed_at(NOTIFY, {"detail": ENDED, "time": A_MINUTE_AGO}, responsePayload={"errorMessage": "no"}),
    ],
)
def test_an_ending_is_put_back_by_calling_notify_with_its_event(sent: Letter) -> None:
    found = read_of(sent)

    assert isinstance(found.remedy, CallFunction)
    assert (found.remedy.function_arn, found.remedy.event) == (NOTIFY, {"detail": ENDED, "time": A_MINUTE_AGO})
    assert found.about == "the end of execution start-model/morning (FAILED), about model boards/boards.1"


def test_an_ending_that_a_state_told_is_known_by_its_execution() -> None:
    found = read_of(failed_at(NOTIFY, {"Goal": "RUNNING", "Execution": {"Arn": EXECUTION}}))

    assert (found.about, found.why) == ("the end of execution start-model/morning", "RetriesExhausted")


@pytest.mark.parametrize("function", [WATCH, FORGET])
def test_what_looks_at_everything_is_called_once_without_the_old_event(function: str) -> None:
    lost = read_of(by_rule(function, {}))
    failed = read_of(failed_at(function, {"time": HOURS_AGO}, responsePayload={"errorType": "E", "errorMessage": "m"}))

    assert isinstance(lost.remedy, CallFunction)
    assert lost.remedy == failed.remedy
    assert (lost.remedy.event, failed.why, failed.held) == (None, 'E: "m"', "")


def test_a_notification_is_published_again_with_its_attributes_and_all_that_is_known_of_it() -> None:
    attributes = {"Outcome": {"Type": "String", "Value": "Stopped"}}
    whole = {"default": "{}", "email": TOLD}

    found = read_of(notification(json.dumps(whole), MessageAttributes=attributes))

    assert found.remedy == PublishAgain(
        message_id="m-1", topic_arn=TOPIC, subject="Stopped", message=whole, attributes={"Outcome": "Stopped"}
    )
    for plain in ("An alarm says so.", '{"Outcome": "Stopped"}'):
        again = read_of(notification(plain)).remedy
        assert isinstance(again, PublishAgain)
        assert again.message == {"default": plain}


def test_an_e_mail_whose_document_is_lost_is_held_if_programs_would_get_it() -> None:
    found = read_of(notification(TOLD))

    assert isinstance(found.remedy, PublishAgain)
    assert found.remedy.message["email"] == TOLD
    assert json.loads(found.remedy.message["default"]) == {
        "NotificationId": "arn:of:it#0",
        "Summary": "Model boards/boards.1 is stopped.",
        "ExecutionArn": "arn:of:it",
        "Redelivered": True,
    }
    assert found.held == ""
    assert (
        "Programs are subscribed"
        in read_of(notification(TOLD), stack=replace(STACK, heard_by_programs=frozenset({TOPIC}))).held
    )


@pytest.mark.parametrize(
    ("sent", "unclear"),
    [
        (letter("Hello"), 'It is not JSON: "Hello".'),
        (letter("[" * 100_000), "It is not JSON"),
        (letter([1]), "It is not a JSON object"),
        (letter({"a": 1}), "It is neither an event, nor what a function failed at, nor a notification."),
        (by_rule(WATCH.replace("Watch", "Other"), {}), "is not a function of this stack."),
        (by_schedule(START.replace("start", "other"), MODEL), "is not a state machine of this stack."),
        (by_schedule(START, "{"), "It is not JSON"),
        (failed_at(NOTIFY, []), "must be objects."),
        (failed_at(NOTIFY, {"detail": {}}), "names no execution."),
        (notification("x", TopicArn="arn:aws:sns:us-east-1:123456789012:other"), "is not one of this stack."),
        (notification(""), "without a message."),
    ],
)
def test_what_cannot_be_understood_has_a_reason_and_no_remedy(sent: Letter, unclear: str) -> None:
    found = read_of(sent)

    assert found.remedy is None
    assert unclear in found.unclear
