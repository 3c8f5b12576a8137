"""What people and programs are told of an ending: one document, one readable text, one subject."""

import json
import shlex
from datetime import tzinfo
from typing import Any
from urllib.parse import quote

from model_lifecycle.endings.document import Head
from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.endings.summary import summary_of
from model_lifecycle.endings.text import text_of
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.steps.report import StopReport, report_json
from model_lifecycle.vocabulary.codec import fields_json
from model_lifecycle.vocabulary.foreign import one_line, shortened
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import OF_GOAL, STOP_MODEL
from model_lifecycle.vocabulary.values import dataclass

MAX_SUBJECT_CHARACTERS = 99
_MOST_OF_AN_ERROR = 256
_MOST_OF_A_CAUSE = 2_000
"""How much of it programs get: whoever aborts an execution may give 32,768 characters."""

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_WELL = frozenset({Outcome.WAITING, Outcome.RUNNING, Outcome.LEASE_MOVED, Outcome.STOPPED})
_HEADLINES = {
    Outcome.WAITING: "waiting",
    Outcome.FAILED: "failed",
    Outcome.TIMED_OUT: "timed out",
    Outcome.ABORTED: "aborted",
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message for the topic. `document` is JSON for programs, `text` is for people, `attributes` are for filters.

    `only_event`: whether people hear of it in another message, so that it is not for the topic.
    """

    subject: str
    document: dict[str, Any]
    text: str
    attributes: dict[str, str]
    only_event: bool = False


def compose(ending: Ending, *, price_per_inference_unit_hour: float, zone: tzinfo, home: Home) -> Message:
    """Return the message that tells an ending. The price is in USD; moments are told in that time zone and in UTC.

    `home`: where the state machines are.
    """
    money = Money.of(ending, price_per_inference_unit_hour)
    summary = summary_of(ending, money, zone)
    head = Head(
        notification_id=ending.notification_id,
        outcome=ending.outcome,
        summary=summary.text,
        error=ending.error and shortened(ending.error, _MOST_OF_AN_ERROR),
        cause=ending.cause and shortened(ending.cause, _MOST_OF_A_CAUSE),
        clean_up=ending.clean_up,
        may_bill=ending.may_bill,
        usd_per_hour=money.usd_per_hour if money else None,
        how_to_stop=how_to_stop(ending.request, home) if ending.request else None,
        stop_input=ending.request.named_by if ending.request and not ending.request.is_open else None,
        budget=ending.budget,
        execution_arn=ending.execution_arn,
        execution_link=ending.execution_arn and execution_link(ending.execution_arn),
    )
    return Message(
        subject=_subject(ending),
        document={**fields_json(head), **_seen(ending, money)},
        text=text_of(ending, summary, head, money, zone, home),
        attributes=_attributes(ending),
        only_event=_is_told_elsewhere(ending),
    )


def _is_told_elsewhere(ending: Ending) -> bool:
    """Tell whether the message of many models tells it. What bills although it should not is told at once."""
    if ending.request is None or ending.request.told_by is None:
        return False
    return ending.outcome in _WELL or not ending.may_bill


def _seen(ending: Ending, money: Money | None) -> dict[str, Any]:
    if ending.request is None or money is None:
        return _project(ending)
    if ending.report is None:
        return dict(ending.request.names)
    ran = {"Ran": fields_json(money.paid(ending.ran))} if ending.ran else {}
    return {**report_json(ending.request, ending.report), **ran}


def how_to_stop(request: ModelRequest, home: Home) -> str | None:
    """Return a command of the AWS CLI that stops the model, to be pasted into a shell: the service's own, or stop-
    model's. None where it is not known which version is meant.
    """
    if request.is_open:
        return None
    command = request.service.stop_command(request.identity)
    if not command:
        stop_input = json.dumps(request.named_by)
        command = "aws", "stepfunctions", "start-execution", "--state-machine-arn", STOP_MODEL.arn(home)
        command = *command, "--input", stop_input
    return shlex.join([*command, "--region", home.region])


def execution_link(execution_arn: str) -> str:
    """Return the execution's page in the console of its partition and Region."""
    _, partition, _, region, _ = execution_arn.split(":", 4)
    console = _CONSOLES.get(partition, _CONSOLES["aws"])
    page = f"#/v2/executions/details/{quote(execution_arn, safe=':/', errors='replace')}"
    return f"https://{region}.{console}/states/home?region={region}{page}"


def _subject(ending: Ending) -> str:
    model = f"{ending.request.project} {ending.request.version}" if ending.request else ending.about
    return one_line(f"{_headline(ending)}: {model}", MAX_SUBJECT_CHARACTERS).encode("ascii", "replace").decode()


def _headline(ending: Ending) -> str:
    if ending.outcome is Outcome.STILL_BILLING:
        return "STILL BILLING"
    if ending.outcome is Outcome.NOT_WATCHED:
        return "Not watched"
    if ending.outcome is Outcome.BUDGET_REACHED:
        return "Budget"
    if ending.outcome is Outcome.LEASE_MOVED:
        return "Lease moved"
    if ending.outcome is Outcome.STILL_STARTING:
        return "Still starting"
    if ending.outcome in (Outcome.RUNNING, Outcome.STOPPED):
        return _of_success(ending)
    headline = f"{OF_GOAL[ending.goal].verb.title()} {_HEADLINES[ending.outcome]}"
    if not ending.may_bill:
        return headline
    return f"{headline}, {'still running' if ending.seen_running else 'may still bill'}"


def _of_success(ending: Ending) -> str:
    if isinstance(ending.report, StopReport) and ending.report.started_again:
        return "Left running"
    nothing = isinstance(ending.report, StopReport) and ending.report.already_stopped
    return "Nothing to stop" if nothing else ending.outcome.value


def _attributes(ending: Ending) -> dict[str, str]:
    return {"Outcome": ending.outcome.value, **_project(ending)}


def _project(ending: Ending) -> dict[str, str]:
    """Return what is known at least of a model, where the input names one."""
    if ending.request is not None:
        return {"Service": ending.request.service.name, "Project": ending.request.project}
    if ending.budget is not None and ending.budget.project is not None:
        return {"Project": ending.budget.project}
    if ending.project is None:
        return {}
    service, named = ending.project
    return {"Service": service.name, "Project": service.project(named)}
