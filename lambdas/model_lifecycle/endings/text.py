"""An ending as people read it, in an e-mail."""

import json

from model_lifecycle.endings.document import Head
from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.endings.wording import duration
from model_lifecycle.steps.report import ExecutionReport, Report
from model_lifecycle.vocabulary.errors import ModelNotFoundError
from model_lifecycle.vocabulary.foreign import quoted, word
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import OF_GOAL, STOP_MODEL


def text_of(ending: Ending, head: Head, money: Money | None, home: Home) -> str:
    """The document in lines: what happened first, then each fact with its name.

    `home`: where the state machines are.
    """
    lines = [head.summary, ""]
    lines += [f"{label and label + ':':<11}{value}" for label, value in _lines(ending, head, money, home) if value]
    return "\n".join(lines) + "\n"


def _lines(ending: Ending, head: Head, money: Money | None, home: Home) -> list[tuple[str, str]]:
    seen = ending.report
    lines = []
    if ending.request is not None:
        service = ending.request.service
        lines += [
            ("Model", f"{ending.request.version} of the project {ending.request.project} ({service.title})"),
            (
                "Status",
                _status(seen) if seen else "not known",
            ),
        ]
    if ending.error:
        lines += [("Error", word(ending.error))]
    if isinstance(seen, ExecutionReport):
        lines += [("Took", ", ".join(filter(None, (duration(seen.elapsed_seconds), _checks(seen.checks)))))]
    if money is not None:
        lines += [("Ran", money.in_words(ending.ran) if ending.ran else ""), ("Cost", _cost(ending, money))]
    if ending.request is not None and ending.may_bill:
        lines += [
            ("Stop it", f"start {STOP_MODEL.deployed_as(home.stage)} with the input {json.dumps(head.stop_input)}"),
            ("", f"or: {head.how_to_stop}"),
        ]
    return [
        *lines,
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
    if ending.outcome in (Outcome.RUNNING, Outcome.LEASE_MOVED, Outcome.STILL_BILLING):
        return f"{money}, until it is stopped"
    return f"it may still bill, {money}, until it is stopped"


def _why_not_billed(ending: Ending) -> str:
    if ending.gone or ending.error == ModelNotFoundError.__name__:
        return "what does not exist does not bill"
    if ending.report and ending.report.status:
        return "a model in this status does not bill"
    verb = OF_GOAL[ending.goal].verb
    return f"not known: this execution did not {verb} the model, and could not see whether it runs"


def _checks(count: int) -> str:
    """Empty for none: the net cannot know how often the execution looked."""
    return f"{count:,} check{'' if count == 1 else 's'}" if count else ""
