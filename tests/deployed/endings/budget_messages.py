"""What is told of a budget, for docs/messages.md; tests/deployed/budget lives a day with one."""

from collections.abc import Iterator
from datetime import timedelta

from model_lifecycle.endings.message import Message, compose
from model_lifecycle.model.budget import BudgetStanding, Per
from model_lifecycle.watch.budget_told import budget_reached
from tests.fakes.given import HOME, START, begin, request
from tests.fakes.told import PRICE, UTC, told
from tests.unit.model_lifecycle.steps.test_start_within_budget import model

HEADING = "A budget"


def budget_messages() -> Iterator[tuple[str, str, Message]]:
    """Yield each with its title and how it comes about."""
    almost = BudgetStanding(
        project="parts",
        per=Per.DAY,
        limit_usd=100.0,
        spent_usd=82.0,
        begins_at=START - timedelta(hours=9),
        ends_at=START + timedelta(hours=15),
        reached=80,
    )
    yield "80 % spent", "`budget_usd_by_project` limits the models of a project, each day.", _of_watch(almost)
    spent = BudgetStanding(**{**vars(almost), "project": None, "per": Per.MONTH, "spent_usd": 102.0, "reached": 100})
    month = {"begins_at": START.replace(day=1, hour=0), "ends_at": START.replace(month=2, day=1, hour=0)}
    yield "Spent", "`budget_usd` limits all models, each month.", _of_watch(BudgetStanding(**{**vars(spent), **month}))
    yield "A start is refused", "The budget of this month is spent.", told(model("STOPPED"))
    reason = "The customer's fair is today"
    yield (
        "A start ignores it",
        f'The input has `"IgnoreBudget": "{reason}"`.',
        told(model("STOPPED", "STARTING", "RUNNING"), begin(IgnoreBudget=reason, StopAfterSeconds=3_600)),
    )


def _of_watch(standing: BudgetStanding) -> Message:
    ending = budget_reached(standing, [request()], stops=False, zone=UTC, now=START)
    return compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME)
