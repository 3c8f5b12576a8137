"""What people are told of a budget, and why a model is stopped for it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.start_request import IGNORE_BUDGET
from model_lifecycle.vocabulary.foreign import word
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.wording import when

_MOST_NAMED = 5


def budget_reached(
    standing: BudgetStanding, running: Sequence[ModelRequest], *, stops: bool, zone: tzinfo, now: datetime
) -> Ending:
    """Return what people are told of a percentage that is reached. `running`: the models that run and count for it."""
    over = standing.ends_at <= now
    spent = f"{standing.reached} % of the budget {standing.in_words} {'was' if over else 'is'} spent"
    so_far = f"{standing.spent_usd:,.2f} USD from {when(standing.begins_at, zone)} to {when(standing.ends_at, zone)}"
    cause = f"{spent}: {so_far if over else standing.so_far(zone)}."
    return Ending(
        notification_id=budget_id(standing),
        outcome=Outcome.BUDGET_REACHED,
        goal=Goal.STOPPED,
        about=f"{standing.reached} % of {standing.in_words.removeprefix('of ')}",
        cause=cause if over else f"{cause}{_named(running)}",
        advice=_after_its_end(standing) if over else _advice(standing, stops=stops, zone=zone),
        budget=standing,
    )


def budget_id(standing: BudgetStanding) -> str:
    """Return the identity of what is told: once for each percentage of each limit of a day or a month."""
    whose = standing.project or "all"
    return f"budget/{whose}/{to_instant(standing.begins_at)}/{standing.limit_usd:.15g}#{standing.reached}"


def why_stopped(standing: BudgetStanding, zone: tzinfo) -> str:
    """Return the reason of a stop."""
    return f"The budget {standing.in_words} is spent: {standing.so_far(zone)}."


def _named(running: Sequence[ModelRequest]) -> str:
    if not running:
        return " No model is running."
    names = [word(f"{request.project}/{request.version}") for request in running]
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return f" Running now: {', '.join(names[:_MOST_NAMED])}{more}."


def _advice(standing: BudgetStanding, *, stops: bool, zone: tzinfo) -> str:
    ends = when(standing.ends_at, zone)
    if not standing.is_spent:
        stopped = " and the models that run are stopped" if stops else ""
        return f"Once it is spent, starts are refused{stopped}. It begins anew on {ends}."
    stopped = "The app stops the models that run." if stops else "Models that run go on: stop those that nobody needs."
    return (
        f'{stopped} Starts are refused until {ends}, unless their input has "{IGNORE_BUDGET.name}": "<reason>". '
        f"To allow more, raise the setting {_setting(standing)} and deploy."
    )


def _after_its_end(standing: BudgetStanding) -> str:
    return f"A new {standing.per} has begun, and with it a new budget."


def _setting(standing: BudgetStanding) -> str:
    return "budget_usd" if standing.project is None else "budget_usd_by_project"
