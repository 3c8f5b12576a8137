"""What people and programs are told of an ending: one document, one readable text, one subject."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.endings.summary import MAX_WORDS_CHARACTERS, summary_of
from model_lifecycle.endings.text import text_of
from model_lifecycle.steps.report import model_json
from model_lifecycle.vocabulary.errors import shortened
from model_lifecycle.vocabulary.machines import OF_GOAL

MAX_SUBJECT_CHARACTERS = 99

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_HEADLINES = {
    Outcome.FAILED: "failed",
    Outcome.TIMED_OUT: "timed out",
    Outcome.ABORTED: "aborted",
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message for the topic. `document` is JSON for programs, `text` is for people, `attributes` are for filters."""

    subject: str
    document: dict[str, Any]
    text: str
    attributes: dict[str, str]


def compose(ending: Ending, *, price_per_inference_unit_hour: float, zone: tzinfo) -> Message:
    """The message that tells an ending. The price is in USD; moments are told in UTC and in that time zone."""
    money = Money.of(ending, price_per_inference_unit_hour)
    summary = summary_of(ending, money, zone)
    report = ending.report or {}
    ran = {"Ran": money.usage(report["Ran"])} if money and "Ran" in report else {}
    link = ending.execution_arn and execution_link(ending.execution_arn)
    document = {
        "NotificationId": ending.notification_id,
        "Outcome": ending.outcome.value,
        "Summary": summary,
        **(model_json(ending.request) if ending.request else {}),
        **report,
        **ran,
        "Error": ending.error,
        "Cause": ending.cause and shortened(ending.cause, MAX_WORDS_CHARACTERS),
        "CleanUp": ending.clean_up,
        "MayBill": ending.may_bill,
        "UsdPerHour": money and money.usd_per_hour,
        "HowToStop": ending.request and ending.request.service.stop_command(ending.request.identity),
        "StopInput": ending.request and dict(ending.request.identity),
        "ExecutionArn": ending.execution_arn,
        "ExecutionLink": link,
    }
    return Message(
        subject=_subject(ending),
        document=document,
        text=text_of(ending, document, money),
        attributes=_attributes(ending),
    )


def execution_link(execution_arn: str) -> str:
    """The execution's page in the console of its partition and Region."""
    _, partition, _, region, _ = execution_arn.split(":", 4)
    console = _CONSOLES.get(partition, _CONSOLES["aws"])
    return f"https://{region}.{console}/states/home?region={region}#/v2/executions/details/{execution_arn}"


def _subject(ending: Ending) -> str:
    model = f"{ending.request.project} {ending.request.version}" if ending.request else "no valid request"
    ascii_only = f"{_headline(ending)}: {model}".encode("ascii", "replace").decode()
    return shortened(ascii_only, MAX_SUBJECT_CHARACTERS)


def _headline(ending: Ending) -> str:
    if ending.outcome is Outcome.STILL_BILLING:
        return "STILL BILLING"
    if ending.outcome is Outcome.LEASE_MOVED:
        return "Lease moved"
    if ending.outcome in (Outcome.RUNNING, Outcome.STOPPED) and ending.report:
        return _of_success(ending.report)
    headline = f"{OF_GOAL[ending.goal].verb.title()} {_HEADLINES[ending.outcome]}"
    return f"{headline}, may still bill" if ending.may_bill else headline


def _of_success(report: dict[str, Any]) -> str:
    status: str = report["Status"] or "Not seen"
    if report.get("StartedAgain"):
        return f"{status}, wanted again"
    return f"Nothing to stop, {status}" if report.get("AlreadyStopped") else status


def _attributes(ending: Ending) -> dict[str, str]:
    attributes = {"Outcome": ending.outcome.value}
    if ending.request is not None:
        attributes |= {"Service": ending.request.service.name, "Project": ending.request.project}
    return attributes
