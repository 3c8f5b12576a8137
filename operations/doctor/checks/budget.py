"""How much of the budget is spent."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from model_lifecycle.model.budget import BudgetStanding
from operations.deployment import Deployment
from operations.doctor.finding import Answer, ok, warning
from operations.status.deployed import deployed
from operations.status.reading import budget_standings
from operations.status.text import NEARLY_SPENT
from plan.times import written


def look(deployment: Deployment) -> Iterator[Answer]:
    """Read what the watch counted, and the records. Raises OperationsError and as `Model` does."""
    app = deployed(deployment)
    yield from answers(budget_standings(deployment.aws, app, deployment.aws.now), app.zone)


def answers(standings: Iterable[BudgetStanding], zone: ZoneInfo) -> Iterator[Answer]:
    """Say where each budget stands."""
    for standing in standings:
        ends = written(standing.ends_at, zone)
        says = f"{standing.spent_usd:,.2f} USD of the budget {standing.in_words} is spent"
        if standing.is_spent:
            mend = 'Raise it in the settings and deploy, or start with "IgnoreBudget": "<reason>".'
            yield warning(f"{says}: starts are refused until {ends}", mend)
        elif standing.percent >= NEARLY_SPENT:
            yield warning(f"{says}, and it begins anew only on {ends}", "Stop what nobody needs, or raise it.")
        else:
            yield ok(f"{says}, and it begins anew on {ends}")
