"""Days, months, and where a budget stands in them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from model_lifecycle.model.budget import Budget, BudgetStanding, Per, Period

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def _utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("per", "zone", "moment", "begins", "ends"),
    [
        ("month", "UTC", "2026-11-27T05:00", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("month", "UTC", "2026-12-31T23:59:59", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("day", "UTC", "2026-11-27T00:00", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("month", "Asia/Kolkata", "2026-10-31T18:30", "2026-10-31T18:30", "2026-11-30T18:30"),
        ("month", "Europe/Berlin", "2026-10-05T00:00", "2026-09-30T22:00", "2026-10-31T23:00"),
        ("day", "Europe/Berlin", "2026-10-25T23:30", "2026-10-25T23:00", "2026-10-26T23:00"),
        ("day", "Europe/Berlin", "2026-10-25T02:00", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("day", "Africa/Cairo", "2026-04-24T01:00", "2026-04-23T22:00", "2026-04-24T21:00"),
    ],
    ids=["a month", "December", "a day", "a zone east", "clocks back", "the day after", "25 hours", "no midnight"],
)
def test_a_period_begins_at_midnight_where_people_are(per: str, zone: str, moment: str, begins: str, ends: str) -> None:
    period = Period.of(_utc(moment), Per(per), ZoneInfo(zone))

    assert period == Period(_utc(begins), _utc(ends))
    before = period.before(Per(per), ZoneInfo(zone))
    assert before.ends_at == period.begins_at
    assert before.begins_at < period.begins_at


@pytest.mark.parametrize(
    "budget",
    [
        Budget(usd=500.0, per=Per.MONTH),
        Budget(usd=None, per=Per.DAY, by_project={"boards": 12.5}, stops=True),
    ],
    ids=["of all", "of a project"],
)
def test_the_environment_tells_a_budget(budget: Budget) -> None:
    assert Budget.from_json(budget.to_json()) == budget


def test_without_a_budget_the_environment_says_nothing() -> None:
    assert Budget.from_json("") is None


def _standing(spent: float, project: str | None = None) -> BudgetStanding:
    period = Period.of(NOON, Per.MONTH, UTC)
    return BudgetStanding(
        project=project,
        per=Per.MONTH,
        limit_usd=100.0,
        spent_usd=spent,
        begins_at=period.begins_at,
        ends_at=period.ends_at,
    )


def test_it_is_spent_at_its_limit_as_it_is_told() -> None:
    """What is told as 100.00 of 100.00 USD is spent."""
    budget = Budget(usd=100.0, per=Per.MONTH)
    period = Period.of(NOON, Per.MONTH, UTC)

    [almost] = budget.standings({"parts": 60.0, "boards": 39.994}, period)
    [full] = budget.standings({"parts": 60.0, "boards": 39.996}, period)

    assert (almost, almost.is_spent) == (_standing(99.99), False)
    assert (full, full.is_spent) == (_standing(100.0), True)


def test_each_project_has_its_own_beside_that_of_all() -> None:
    budget = Budget(usd=100.0, per=Per.MONTH, by_project={"boards": 100.0, "idle": 100.0})

    assert budget.standings({"parts": 60.0, "boards": 20.0}, Period.of(NOON, Per.MONTH, UTC)) == [
        _standing(80.0),
        _standing(20.0, "boards"),
        _standing(0.0, "idle"),
    ]


def test_a_start_ignores_only_what_is_spent() -> None:
    assert not _standing(99.0).ignoring().ignored
    assert _standing(101.0).ignoring().ignored
