"""How an execution has come along, or how its model is now: for those ends that do not say it themselves."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.model import Model
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.steps.look import look
from model_lifecycle.steps.progress import Progress
from model_lifecycle.steps.report import ExecutionReport, StartReport
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.step import PROGRESS
from model_lifecycle.vocabulary.phase import NEVER_SEEN, Goal, Phase

_CUT_SHORT = (Outcome.ABORTED, Outcome.TIMED_OUT)
_LOOK_AGAIN = "Look at the model in a minute: a step that was under way may still start it."


def progress_of(goal: Goal, written: dict[str, Any], request: ModelRequest | None) -> Progress[Any]:
    """Return the progress that a step left."""
    return PROGRESS[goal].from_json(written, request)


def looked_at(
    goal: Goal,
    request: ModelRequest,
    model: Model,
    outcome: Outcome,
    *,
    execution_arn: str,
    started_at: datetime,
    refused: bool,
    now: datetime,
) -> tuple[ExecutionReport, bool]:
    """Tell how the model is now, and whether there is none. What the execution did about it is not known.

    `refused`: it did nothing, since its input is not valid.
    """
    begun = PROGRESS[goal].begin(request, execution_arn=execution_arn, started_at=started_at)
    seen = look(begun, model, now=now)
    told = seen.report(now=now).of_a_look()
    if seen.status == NEVER_SEEN and not seen.is_gone and not (refused and goal is Goal.RUNNING):
        told = replace(told, may_bill=True)
    if (
        not refused
        and outcome in _CUT_SHORT
        and isinstance(told, StartReport)
        and isinstance(seen, StartProgress)
        and seen.may_have_asked(now=now)
        and seen.meaning.before is Phase.STARTABLE
    ):
        told = replace(told, may_bill=True, remedy=_LOOK_AGAIN)
    return told, seen.is_gone
