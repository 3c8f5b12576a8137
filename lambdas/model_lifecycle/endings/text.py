"""An ending as people read it, in an e-mail."""

import json
from datetime import tzinfo
from typing import TypeAlias

from model_lifecycle.endings.document import Head
from model_lifecycle.endings.ending import Ending, StartedCleanUp
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.endings.summary import Summary
from model_lifecycle.model.usage import Run
from model_lifecycle.steps.report import ExecutionReport, Report
from model_lifecycle.vocabulary.errors import MAX_CAUSE_CHARACTERS, ModelNotFoundError
from model_lifecycle.vocabulary.foreign import one_line, quoted, word
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import OF_GOAL, STOP_MODEL
from model_lifecycle.vocabulary.wording import duration, when

_Facts: TypeAlias = list[tuple[str, str]]
_TELL_HOW_LONG = (Outcome.FAILED, Outcome.ABORTED)
"""Of the others the news say how long they took."""


def text_of(ending: Ending, summary: Summary, head: Head, money: Money | None, zone: tzinfo, home: Home) -> str:
    """Return the document in lines: the news, what to do, then each fact with its name.

    `home`: where the state machines are.
    """
    lines = [summary.news, summary.to_do, ""]
    facts = _lines(ending, summary, head, money, zone, home)
    lines += [f"{label and label + ':':<11}{value}" for label, value in facts if value]
    return "\n".join(lines) + "\n"


def _lines(ending: Ending, summary: Summary, head: Head, money: Money | None, zone: tzinfo, home: Home) -> _Facts:
    seen = ending.report
    lines: _Facts = []
    if ending.request is not None:
        service = ending.request.service
        lines += [
            ("Model", f"{ending.request.project}/{ending.request.version} ({service.title})"),
            ("Status", _status(seen) if seen else "not known"),
        ]
    if ending.error:
        lines += [("Error", word(ending.error))]
    if (
        ending.cause
        and ending.in_our_words
        and (cause := one_line(ending.cause, MAX_CAUSE_CHARACTERS)) not in summary.news
    ):
        # The news are without ARNs.
        lines += [("Cause", cause)]
    if isinstance(seen, ExecutionReport) and ending.outcome in _TELL_HOW_LONG and seen.elapsed_seconds >= 1:
        lines += [("Took", duration(seen.elapsed_seconds))]
    if money is not None:
        lines += [("Ran", _ran(ending.ran, money, zone) if ending.ran else ""), ("Cost", _cost(ending, money))]
    if head.stop_input is not None and ending.may_bill:
        lines += [
            ("Stop it", f"start {STOP_MODEL.deployed_as(home.stage)} with the input {json.dumps(head.stop_input)}"),
            ("", f"or: {head.how_to_stop}"),
        ]
    return [
        *lines,
        ("Clean-up", word(head.clean_up.execution_arn) if isinstance(head.clean_up, StartedCleanUp) else ""),
        ("Parent", word(seen.parent) if isinstance(seen, ExecutionReport) and seen.parent else ""),
        ("Execution", word(head.execution_arn) if head.execution_arn else ""),
        ("", head.execution_link or ""),
        ("Id", word(head.notification_id)),
    ]


def _status(seen: Report) -> str:
    if not seen.status:
        return "not known"
    return ": ".join(filter(None, (word(seen.status), seen.status_message and quoted(seen.status_message))))


def _cost(ending: Ending, money: Money) -> str:
    if not ending.may_bill:
        return _why_not_billed(ending)
    if ending.seen_running or ending.outcome is Outcome.STILL_BILLING:
        return f"{money} until it is stopped"
    return f"perhaps {money} until it is stopped"


def _why_not_billed(ending: Ending) -> str:
    if ending.gone or ending.error == ModelNotFoundError.__name__:
        return "none: the model does not exist"
    if ending.report and ending.report.status:
        return "none: a model with this status is not billed"
    verb = OF_GOAL[ending.goal].verb
    return f"not known: this execution did not {verb} the model, and could not see whether it is running"


def _ran(ran: Run, money: Money, zone: tzinfo) -> str:
    return f"since {when(ran.since, zone)}, {money.unit_hours(ran)}"
