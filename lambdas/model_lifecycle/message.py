"""What people and programs are told of an ending: one document, one readable text, one subject."""

from dataclasses import dataclass
from typing import Any

from model_lifecycle.ending import Ending
from model_lifecycle.errors import ModelNotFoundError, shortened
from model_lifecycle.outcome import Outcome
from model_lifecycle.report import model_json

MAX_SUBJECT_CHARACTERS = 99
MAX_WORDS_CHARACTERS = 2_000
"""How much of an execution's cause is told: whoever aborts one may give 32,768 characters."""

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_HEADLINES = {
    Outcome.FAILED: "Start failed",
    Outcome.TIMED_OUT: "Start timed out",
    Outcome.ABORTED: "Start aborted",
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message for the topic. `document` is JSON for programs, `text` is for people, `attributes` are for filters."""

    subject: str
    document: dict[str, Any]
    text: str
    attributes: dict[str, str]


def compose(ending: Ending, *, price_per_inference_unit_hour: float) -> Message:
    """The message that tells an ending. The price is in USD."""
    money = _Money.of(ending, price_per_inference_unit_hour)
    summary = _summary(ending)
    document = {
        "NotificationId": ending.notification_id,
        "Outcome": ending.outcome.value,
        "Summary": summary,
        **(model_json(ending.request) if ending.request else {}),
        **(ending.report or {}),
        "Error": ending.error,
        "Cause": ending.cause and shortened(ending.cause, MAX_WORDS_CHARACTERS),
        "MayBill": ending.may_bill,
        "UsdPerHour": money and money.usd_per_hour,
        "HowToStop": ending.request and ending.request.service.stop_command(ending.request.identity),
        "ExecutionArn": ending.execution_arn,
        "ExecutionLink": execution_link(ending.execution_arn),
    }
    return Message(
        subject=_subject(ending),
        document=document,
        text=_text(ending, summary, money),
        attributes=_attributes(ending),
    )


def execution_link(execution_arn: str) -> str:
    """The execution's page in the console of its partition and Region."""
    _, partition, _, region, _ = execution_arn.split(":", 4)
    console = _CONSOLES.get(partition, _CONSOLES["aws"])
    return f"https://{region}.{console}/states/home?region={region}#/v2/executions/details/{execution_arn}"


@dataclass(frozen=True)
class _Money:
    units: int
    price: float

    @classmethod
    def of(cls, ending: Ending, price: float) -> "_Money | None":
        """What the units in force cost, or the units asked for where none are known to be in force."""
        if ending.request is None:
            return None
        in_force = (ending.report or {}).get("InferenceUnits", {}).get("InForce", {}).get("MinInferenceUnits")
        return cls(in_force or ending.request.min_inference_units, price)

    @property
    def usd_per_hour(self) -> float:
        return round(self.units * self.price, 2)

    def __str__(self) -> str:
        units = "1 inference unit" if self.units == 1 else f"{self.units:,} inference units"
        return f"about {self.usd_per_hour:,.2f} USD an hour while it runs ({units} at {self.price:,.2f} USD)"


def _summary(ending: Ending) -> str:
    if ending.outcome is Outcome.RUNNING:
        return _runs(ending)
    words = shortened(ending.cause or "", MAX_WORDS_CHARACTERS)
    told = f"{ending.error}: {words}" if ending.error and words else ending.error or words
    summary = {
        Outcome.FAILED: words or told or "The execution failed.",
        Outcome.TIMED_OUT: words or told or "The execution ran out of time.",
        Outcome.ABORTED: f"The execution was aborted. {told}".strip(),
    }[ending.outcome]
    return f"{summary} {(ending.report or {}).get('Remedy') or ''}".strip()


def _runs(ending: Ending) -> str:
    seen = ending.report or {}
    model = f"The model {seen['Version']} of the project {seen['Project']}"
    if seen["AlreadyRunning"]:
        how = "was running already"
    elif seen["Joined"]:
        how = f"runs: its start was under way, and {_duration(seen['ElapsedSeconds'])} were waited for it"
    else:
        how = f"runs: it took {_duration(seen['ElapsedSeconds'])}"
    return f"{model} {how}. {seen['Remedy'] or ''}".strip()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _subject(ending: Ending) -> str:
    headline = ending.report["Status"] if ending.outcome is Outcome.RUNNING and ending.report else ""
    headline = headline or _HEADLINES[ending.outcome]
    if ending.outcome is not Outcome.RUNNING and ending.may_bill:
        headline += ", may still bill"
    model = f"{ending.request.project} {ending.request.version}" if ending.request else "no valid request"
    ascii_only = f"{headline}: {model}".encode("ascii", "replace").decode()
    return shortened(ascii_only, MAX_SUBJECT_CHARACTERS)


def _attributes(ending: Ending) -> dict[str, str]:
    attributes = {"Outcome": ending.outcome.value}
    if ending.request is not None:
        attributes |= {"Service": ending.request.service.name, "Project": ending.request.project}
    return attributes


def _text(ending: Ending, summary: str, money: _Money | None) -> str:
    lines = [summary, ""]
    lines += [f"{label and label + ':':<11}{value}" for label, value in _lines(ending, money) if value]
    return "\n".join(lines) + "\n"


def _why_not_billed(ending: Ending) -> str:
    if ending.error == ModelNotFoundError.__name__:
        return "what does not exist does not bill"
    if ending.report and ending.report["Status"]:
        return "a model in this status does not bill"
    return "not known: this execution did not start the model, and could not see whether it runs"


def _checks(count: int) -> str:
    """Empty for none: the net cannot know how often the execution looked."""
    return f"{count:,} check{'' if count == 1 else 's'}" if count else ""


def _lines(ending: Ending, money: _Money | None) -> list[tuple[str, str]]:
    seen = ending.report or {}
    lines = []
    if ending.request is not None:
        service = ending.request.service
        lines += [
            ("Model", f"{ending.request.version} of the project {ending.request.project} ({service.title})"),
            ("Status", ": ".join(filter(None, (seen.get("Status") or "not known", seen.get("StatusMessage"))))),
        ]
    if ending.error:
        lines += [("Error", ending.error)]
    if seen:
        lines += [("Took", ", ".join(filter(None, (_duration(seen["ElapsedSeconds"]), _checks(seen["Checks"])))))]
    if ending.request is not None and ending.may_bill:
        runs = ending.outcome is Outcome.RUNNING
        lines += [
            ("Cost", f"{money}, until it is stopped" if runs else f"it may still bill, {money}, until it is stopped"),
            ("Stop it", service.stop_command(ending.request.identity)),
        ]
    elif ending.request is not None:
        lines += [("Cost", _why_not_billed(ending))]
    return [
        *lines,
        ("Execution", ending.execution_arn),
        ("", execution_link(ending.execution_arn)),
        ("Id", ending.notification_id),
    ]
