"""What lies in the dead-letter queues, as EventBridge, Scheduler, Lambda's destinations and SNS write it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from model_lifecycle.requests.fleet_request import MOST_AT_ONCE, FleetRequest, parse_fleet_request
from model_lifecycle.requests.model_request import ANY_DEFAULTS, ModelRequest
from model_lifecycle.requests.named import named_in, project_in
from model_lifecycle.requests.start_request import Request, parse_request
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.foreign import one_line, quoted, word
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import FLEETS, MACHINES, START_MODEL, Machine
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.wording import duration, execution
from operations.redrive.letter import CallFunction, Letter, PublishAgain, Read, Remedy, StartExecution

LATE = timedelta(hours=1)
"""After that long, whoever asked for a start or a stop may want something else by now."""

_OF_NOTIFICATION = re.compile(r"^Id: +(\S+)$", re.MULTILINE)
_MOST_OF_A_REASON = 200
_Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Whose messages they are: ARNs without qualifiers. What is for anybody else is not understood.

    `heard_by_programs`: the topics to which not only people's mailboxes are subscribed.
    """

    home: Home
    notify: str
    watch_models: str
    forget_versions: str
    topics: frozenset[str]
    heard_by_programs: frozenset[str] = frozenset()

    @property
    def everything(self) -> Mapping[str, str]:
        """What a call of a function does that looks at everything anyway."""
        return {
            self.watch_models: "call the watch, once for all such messages",
            self.forget_versions: "call the clean-up of old versions, once for all such messages",
        }


class _UnclearError(Exception):
    """It cannot be understood, for the reason in the text."""


def read(letter: Letter, stack: Stack, *, now: datetime) -> Read:
    """Return what a message is about and what puts it back."""
    try:
        return _read(letter, stack, now)
    except _UnclearError as error:
        return Read(
            letter=letter,
            about="a message that cannot be understood",
            why=_why(letter.attributes),
            asked_at=letter.sent_at,
            unclear=str(error),
        )


def _read(letter: Letter, stack: Stack, now: datetime) -> Read:
    target = letter.attributes.get("TARGET_ARN")
    if target is not None:
        return _undelivered(letter, stack, target, now)
    body = _object(letter.body)
    if "requestPayload" in body and "requestContext" in body:
        return _failed(letter, body, stack)
    if body.get("Type") == "Notification":
        return _unheard(letter, body, stack)
    raise _UnclearError("It is neither an event, nor what a function failed at, nor a notification.")


def _undelivered(letter: Letter, stack: Stack, target: str, now: datetime) -> Read:
    """Read what EventBridge or Scheduler could not deliver."""
    of_schedule = letter.attributes.get("SCHEDULE_ARN")
    body = _json(letter.body) if of_schedule else _object(letter.body)
    asked_at = _moment(letter.attributes.get("SCHEDULED_TIME")) if of_schedule else _moment(body.get("time"))
    asked_at = asked_at or letter.sent_at
    for machine in MACHINES:
        if target == machine.arn(stack.home):
            given = body if of_schedule else body.get("detail")
            by = f"schedule {_last(of_schedule)}" if of_schedule else f"event {word(str(body.get('id', 'without id')))}"
            return _request(letter, stack, machine, given, by=by, asked_at=asked_at, now=now)
    if of_schedule:
        raise _UnclearError(f"Its target {word(target)} is not a state machine of this stack.")
    return _call(letter, stack, target, body, why=_why(letter.attributes), asked_at=asked_at)


def _request(
    letter: Letter, stack: Stack, machine: Machine, given: object, *, by: str, asked_at: datetime, now: datetime
) -> Read:
    request: ModelRequest | FleetRequest | None
    if machine in FLEETS:
        request = _fleet(machine.goal, given, stack.home)
        models = _many(request)
    else:
        request = _parsed(machine.goal, given, stack.home)
        models = _model(request, given, stack.home)
    stops = request if isinstance(request, StopRequest) else None
    start = StartExecution(
        state_machine_arn=machine.arn(stack.home),
        # The message's own id: what was put back already is not started again.
        name=f"redriven-{letter.id}",
        input=letter.body if "SCHEDULE_ARN" in letter.attributes else json.dumps(given, ensure_ascii=False),
        stops=stops,
    )
    return Read(
        letter=letter,
        about=f"the {machine.verb} of {models}, asked for by {by}",
        why=_why(letter.attributes),
        asked_at=asked_at,
        remedy=start,
        held=_held(machine.verb, request, asked_at, now),
    )


def _held(verb: str, request: ModelRequest | FleetRequest | None, asked_at: datetime, now: datetime) -> str:
    if request is None:
        return f"Its input is not valid, so this {verb} would fail."
    if isinstance(request, StopRequest) and request.conditional:
        # It looks itself whether it is still wanted.
        return ""
    if isinstance(request, Request) and request.stop_at is not None and request.stop_at <= now:
        return "Its StopAt has passed, so this start would fail."
    if now - asked_at < LATE:
        return ""
    late = f"It was asked for {duration((now - asked_at).total_seconds())} ago."
    if verb == START_MODEL.verb:
        return f"{late} Put back, it starts the model now, which then bills."
    return f"{late} Put back, it stops the model now, whoever has started it since."


def _call(letter: Letter, stack: Stack, function: str, event: _Json, *, why: str, asked_at: datetime) -> Read:
    """Read an event that a function did not get, or failed at."""
    if does := stack.everything.get(function):
        about = "a look of the watch" if function == stack.watch_models else "a clean-up of old versions"
        remedy: Remedy = CallFunction(function_arn=function, does=does)
        return Read(letter=letter, about=about, why=why, asked_at=asked_at, remedy=remedy)
    if function != stack.notify:
        raise _UnclearError(f"Its target {word(function)} is not a function of this stack.")
    return Read(
        letter=letter,
        about=_ending(event, stack.home),
        why=why,
        asked_at=asked_at,
        remedy=CallFunction(function_arn=function, does="call Notify with it again", event=event),
    )


def _failed(letter: Letter, record: _Json, stack: Stack) -> Read:
    """Read what a function failed at, as its on-failure destination gets it."""
    context, event = record["requestContext"], record["requestPayload"]
    if not isinstance(context, dict) or not isinstance(event, dict):
        raise _UnclearError("It is not what a function failed at: requestContext and requestPayload must be objects.")
    function = ":".join(str(context.get("functionArn")).split(":")[:7])
    answer = record.get("responsePayload")
    # A call that came too late was never made, and has no answer.
    error = answer if isinstance(answer, dict) else {}
    said = [str(error[name]) for name in ("errorType", "errorMessage") if error.get(name)]
    why = _cited(*said) if said else word(str(context.get("condition", "unknown")))
    asked_at = _moment(event.get("time")) or _moment(record.get("timestamp")) or letter.sent_at
    return _call(letter, stack, function, event, why=why, asked_at=asked_at)


def _unheard(letter: Letter, notification: _Json, stack: Stack) -> Read:
    """Read a notification that a subscriber did not get."""
    topic, message = str(notification.get("TopicArn")), notification.get("Message")
    if topic not in stack.topics:
        raise _UnclearError(f"Its topic {word(topic)} is not one of this stack.")
    if not isinstance(message, str) or not message:
        raise _UnclearError("It is a notification without a message.")
    given = notification.get("MessageAttributes")
    attributes = {
        str(name): str(value["Value"])
        for name, value in (given.items() if isinstance(given, dict) else ())
        if isinstance(value, dict) and value.get("Type") == "String" and value.get("Value")
    }
    subject = str(notification.get("Subject") or "")
    by_protocol, whole = _by_protocol(message)
    in_short = "Programs are subscribed, too, and would get it without its document: only the e-mail's text is left."
    return Read(
        letter=letter,
        about=f"a notification {quoted(subject) if subject else 'without a subject'}, which a subscriber did not get",
        why=_why(letter.attributes) or "its delivery failed",
        asked_at=_moment(notification.get("Timestamp")) or letter.sent_at,
        remedy=PublishAgain(
            message_id=str(notification.get("MessageId")),
            topic_arn=topic,
            subject=subject,
            message=by_protocol,
            attributes=attributes,
        ),
        held="" if whole or topic not in stack.heard_by_programs else in_short,
    )


def _by_protocol(message: str) -> tuple[Mapping[str, str], bool]:
    """Return what each protocol gets, and whether that is all of it. Of an e-mail only the text is left."""
    written = _json_or_none(message)
    if isinstance(written, dict) and isinstance(written.get("default"), str):
        return {name: text for name, text in written.items() if isinstance(text, str)}, True
    found = _OF_NOTIFICATION.search(message)
    if written is not None or not found:
        return {"default": message}, True
    execution_arn = found[1].partition("#")[0] if found[1].startswith("arn:") else None
    summary = message.splitlines()[0]
    short = {"NotificationId": found[1], "Summary": summary, "ExecutionArn": execution_arn, "Redelivered": True}
    return {"default": json.dumps(short), "email": message}, False


def _ending(event: _Json, home: Home) -> str:
    """Name the end that Notify was to tell: of a status-change event, or of a state."""
    detail = event.get("detail")
    if isinstance(detail, dict):
        arn, status = str(detail.get("executionArn", "")), str(detail.get("status", ""))
        given = _json_or_none(detail.get("input"))
    else:
        began = event.get("Execution")
        arn, status = str(began.get("Arn", "") if isinstance(began, dict) else ""), ""
        given = None
    if not arn:
        raise _UnclearError("It is an event for Notify that names no execution.")
    ended = f" ({word(status)})" if status else ""
    model = f", about {_model(None, given, home)}" if given is not None else ""
    return f"the end of {execution(arn)}{ended}{model}"


def _fleet(goal: Goal, given: object, home: Home) -> FleetRequest | None:
    parse = partial(parse_request if goal is Goal.RUNNING else parse_stop_request, defaults=ANY_DEFAULTS, home=home)
    try:
        return parse_fleet_request(given, parse=parse, at_once=MOST_AT_ONCE)
    except InvalidRequestError:
        return None


def _many(request: FleetRequest | None) -> str:
    if request is None:
        return "many models"
    return f"{len(request.models):,} models" if request.models else "all models of a project"


def _parsed(goal: Goal, given: object, home: Home) -> ModelRequest | None:
    parse = parse_request if goal is Goal.RUNNING else parse_stop_request
    try:
        return parse(given, defaults=ANY_DEFAULTS, home=home)
    except InvalidRequestError:
        return None


def _model(request: ModelRequest | None, given: object, home: Home) -> str:
    """Name the model, or as much of it as the input names."""
    named = named_in(given, home) if request is None else None
    if named is not None:
        request = _parsed(Goal.STOPPED, named, home)
    if request is not None:
        return f"model {word(f'{request.project}/{request.version}')}"
    if (project := project_in(given)) is not None:
        service, identity = project
        return f"a model of {word(service.project(identity))}"
    return "a model that its input does not name"


def _why(attributes: Mapping[str, str]) -> str:
    code, message = attributes.get("ERROR_CODE", ""), attributes.get("ERROR_MESSAGE", "")
    code, message = code or attributes.get("ErrorCode", ""), message or attributes.get("ErrorMessage", "")
    tries = f" ({attributes['RETRY_ATTEMPTS']} retries)" if attributes.get("RETRY_ATTEMPTS", "0") != "0" else ""
    return f"{_cited(*(part for part in (code, message) if part))}{tries}" if code or message else ""


def _cited(code: str, *message: str) -> str:
    return one_line(": ".join([word(code), *(quoted(each, _MOST_OF_A_REASON) for each in message)]), 400)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _UnclearError(f"It is not JSON: {quoted(text, 100)}.") from error


def _json_or_none(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _object(text: str) -> dict[str, Any]:
    found = _json(text)
    if not isinstance(found, dict):
        raise _UnclearError(f"It is not a JSON object: {quoted(text, 100)}.")
    return found


def _moment(written: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None


def _last(arn: str) -> str:
    return word(arn.partition(":schedule/")[2] or arn)
