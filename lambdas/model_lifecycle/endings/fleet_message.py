"""What is told of the end of an execution of start-models or stop-models: one message, with a table of its models."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from model_lifecycle.endings.fleet import FleetEnding
from model_lifecycle.endings.message import MAX_SUBJECT_CHARACTERS, Message, execution_link
from model_lifecycle.endings.outcome import FleetOutcome
from model_lifecycle.steps.fleet_plan import fitting
from model_lifecycle.steps.fleet_report import WANTED, name_of
from model_lifecycle.vocabulary.codec import fields_json
from model_lifecycle.vocabulary.errors import MAX_CAUSE_CHARACTERS
from model_lifecycle.vocabulary.foreign import one_line, shortened, word
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import FLEET_OF_GOAL
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import duration

MOST_LINES = 300
"""Of the table in an e-mail."""
_MOST_OF_MODELS = 150_000
"""Bytes of the models in the document. SNS and EventBridge take messages of 256 KB, of which the e-mail is a part."""
_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class FleetDocument:
    """What programs get of it."""

    notification_id: str
    outcome: FleetOutcome
    summary: str = field(metadata={"description": "What happened, for people."})
    goal: Goal = field(metadata={"description": "What was wanted of the models."})
    error: str | None
    cause: str | None
    may_bill: bool = field(metadata={"description": "Whether a model may bill that was not told as running."})
    total: int = field(metadata={"minimum": 0})
    done: int = field(metadata={"description": "How many are as they were wanted.", "minimum": 0})
    not_shown: int = field(metadata={"description": "How many models had no room in Models.", "minimum": 0})
    models: Sequence[Mapping[str, Any]]
    execution_arn: str
    execution_link: str


def compose_fleet(ending: FleetEnding, *, home: Home) -> Message:
    """Return the message that tells it. `home`: where the state machines are."""
    total = ending.report["Total"] if ending.report else len(ending.rows)
    summary, to_do = _summary(ending, total), _to_do(ending, home)
    rows = [_with_status(ending, row) for row in ending.rows]
    shown = fitting(rows, most_bytes=_MOST_OF_MODELS)
    document = FleetDocument(
        notification_id=ending.notification_id,
        outcome=ending.outcome,
        summary=summary,
        goal=ending.goal,
        error=ending.error,
        cause=ending.cause and shortened(ending.cause, 2 * MAX_CAUSE_CHARACTERS),
        may_bill=bool(ending.still_billing),
        total=total,
        done=_done(ending),
        not_shown=total - len(shown),
        models=shown,
        execution_arn=ending.execution_arn,
        execution_link=execution_link(ending.execution_arn),
    )
    return Message(
        subject=one_line(_subject(ending, total), MAX_SUBJECT_CHARACTERS).encode("ascii", "replace").decode(),
        document=fields_json(document),
        text=_text(ending, summary, to_do, total),
        attributes={"Outcome": ending.outcome.value},
    )


def _done(ending: FleetEnding) -> int:
    return int(ending.report["Done"]) if ending.report else 0


def _subject(ending: FleetEnding, total: int) -> str:
    wanted, count = WANTED[ending.goal], f"{total:,} models" if total != 1 else "1 model"
    if ending.outcome is FleetOutcome.DONE:
        return f"{wanted.title()}: {count}" if total else f"Nothing to {FLEET_OF_GOAL[ending.goal].verb}"
    if not total:
        return f"{FLEET_OF_GOAL[ending.goal].verb.title()} of models failed: invalid input"
    billing = f", {len(ending.still_billing):,} may bill" if ending.still_billing else ""
    return f"Not all {wanted}: {_done(ending):,} of {count}{billing}"


def _summary(ending: FleetEnding, total: int) -> str:
    wanted, left = WANTED[ending.goal], _left_out(ending)
    if ending.outcome is FleetOutcome.DONE and ending.report is not None:
        if not total:
            return f"There is no model to {FLEET_OF_GOAL[ending.goal].verb}.{left}"
        count = f"All {total:,} models are" if total != 1 else "The model is"
        return f"{count} {wanted} (took {duration(ending.report['ElapsedSeconds'])}).{left}"
    if ending.report is not None:
        after, others = duration(ending.report["ElapsedSeconds"]), total - _done(ending)
        are_not = "1 is not" if others == 1 else f"{others:,} are not"
        return f"{_done(ending):,} of {total:,} models are {wanted} after {after}, {are_not}.{left}"
    machine = FLEET_OF_GOAL[ending.goal].name
    how = {"Aborted": "was aborted", "TimedOut": "timed out"}.get(ending.error or "", "failed")
    billing = ending.still_billing
    if not ending.rows:
        return f"An execution of {machine} {how}, and no model is known of it."
    named = ", ".join(map(name_of, billing[:5])) + (f" and {len(billing) - 5:,} more" if len(billing) > 5 else "")
    bills = f" These may bill now: {named}." if billing else " None of them bills now."
    return f"An execution of {machine} for {total:,} models {how}.{bills}"


def _left_out(ending: FleetEnding) -> str:
    left = (ending.report or {}).get("LeftOut") or {}
    counted = ", ".join(f"{number:,} {status}" for status, number in sorted(left.items()))
    return f" Left alone: {counted}." if counted else ""


def _to_do(ending: FleetEnding, home: Home) -> str:
    machine = FLEET_OF_GOAL[ending.goal].deployed_as(home.stage)
    if ending.outcome is FleetOutcome.DONE:
        return "Nothing to do."
    if ending.goal is Goal.STOPPED and ending.still_billing:
        return f"Stop what still bills: run {machine} again with the same input."
    if not ending.rows:
        return f"Correct the input, and run {machine} again."
    stop = FLEET_OF_GOAL[Goal.STOPPED].deployed_as(home.stage)
    unwanted = f" What you do not want to run, stop with {stop}." if ending.still_billing else ""
    return f"Run {machine} again with the models that you still want.{unwanted}"


def _with_status(ending: FleetEnding, row: Mapping[str, Any]) -> dict[str, Any]:
    status = ending.status(row) if "Error" in row or "Outcome" not in row else None
    return {**row, **({"Status": status} if status else {}), "MayBill": ending.may_bill(row)}


def _text(ending: FleetEnding, summary: str, to_do: str, total: int) -> str:
    lines = [summary, to_do, "", *_table(ending)]
    if total > MOST_LINES:
        lines.append(f"... and {total - MOST_LINES:,} more models, which the execution's output or history names.")
    cause = one_line(ending.cause, MAX_CAUSE_CHARACTERS) if ending.cause else ""
    facts = [
        ("Error", word(ending.error) if ending.error else ""),
        ("Cause", cause),
        ("Execution", word(ending.execution_arn)),
        ("", execution_link(ending.execution_arn)),
        ("Id", word(ending.notification_id)),
    ]
    lines += ["", *(f"{label and label + ':':<11}{value}" for label, value in facts if value)]
    return "\n".join(lines) + "\n"


def _table(ending: FleetEnding) -> list[str]:
    if not ending.rows:
        return []
    rows = [("model", "outcome", "took", "")]
    for row in ending.rows[:MOST_LINES]:
        took = duration(row["TookSeconds"]) if "TookSeconds" in row else ""
        status = ending.status(row) if "Error" in row or "Outcome" not in row else None
        bills = "may bill" if ("Error" in row or "Outcome" not in row) and ending.may_bill(row) else ""
        said = ", ".join(filter(None, (row.get("Error"), status and f"status {word(status)}", bills)))
        rows.append((shortened(name_of(row), _LONGEST_NAME), row.get("Outcome", "not known"), took, said))
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]
