"""What the schedules come to beside the budget."""

import json
from typing import Any

import pytest

from plan.command import main, plan_of
from plan.plan_warning import Kind
from plan.warnings import warnings_of
from settings.settings import Settings
from tests.unit.plan.planned import lookout, pair, single
from tests.unit.plan.test_command import NOW, chosen

BOTH = "Rekognition,LookoutVision"


def budgets(*schedules: dict[str, Any], **settings: Any) -> list[tuple[Any, ...]]:
    """Return of each what is spent, when all of it is, and the starts that are refused."""
    context = {"schedules": [*schedules], "time_zone": "Europe/Berlin", "watched_services": BOTH, **settings}
    plan = plan_of(Settings.from_context(context), begin=NOW)
    return [
        (
            each.standing.project,
            each.standing.spent_usd,
            each.spent_at and f"{each.spent_at:%d %H:%M}",
            len(each.refused),
        )
        for each in plan.budgets
    ]


def test_a_month_of_the_schedules_stands_beside_the_budget() -> None:
    """December 2026 has 23 working days of eleven hours: 1,012 USD."""
    assert budgets(pair(), budget_usd=2_000) == [(None, 1_012.0, None, 0)]
    assert budgets(pair(), budget_usd=440) == [(None, 1_012.0, "14 17:00", 13)]
    assert budgets(pair(), budget_usd=462) == [(None, 1_012.0, "15 11:30", 12)]


def test_a_run_that_no_stop_ends_counts_until_the_month_does() -> None:
    assert budgets(single("once", "at(2026-12-31T00:00:00)"), budget_usd=1) == [(None, 92.0, "31 00:15", 0)]


def test_a_run_that_begins_in_the_month_before_counts_from_midnight() -> None:
    assert budgets(
        single("once", "at(2026-11-30T12:00:00)", input={**lookout("boards"), "StopAfterSeconds": 86_400}),
        budget_usd=100,
    ) == [(None, 52.0, None, 0)]


def test_several_models_spend_one_budget_together_and_each_project_its_own() -> None:
    other = pair("other", model={**lookout("bolts"), "MinInferenceUnits": 2})

    assert budgets(pair(), other, budget_usd=132, budget_usd_by_project={"bolts": 88, "none": 5}) == [
        (None, 3_036.0, "01 17:00", 44),
        ("bolts", 2_024.0, "01 17:00", 22),
        ("none", 0.0, None, 0),
    ]


def test_what_nobody_watches_does_not_count() -> None:
    assert budgets(pair(), budget_usd=1, watched_services="Rekognition") == [(None, 0.0, None, 0)]


def test_of_days_each_whole_one_of_the_plan_counts_and_the_costliest_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = pair("friday", start="cron(0 19 ? * FRI *)", stop="cron(0 23 ? * FRI *)")
    found = budgets(pair(), long, budget_usd=50, budget_per="day")

    assert (len(found), {usd for _, usd, _, _ in found}) == (13, {0.0, 44.0, 60.0})
    main(chosen(pair(), long, budget_usd=50, budget_per="day", time_zone="Europe/Berlin"), now=NOW)
    printed = capsys.readouterr().out
    assert "Budget: Costliest day, Fri 27 Nov: 60.00 of 50.00 USD, spent on Fri 27 Nov at 20:30 CET" in printed
    assert (
        "Warning (2 times in these 14 days): the budget of 50.00 USD a day will be spent on Fri 27 Nov at 20:30 CET: "
        "the schedules come to 60.00 USD in that day. Any start after that will be refused. "
        "Run less, or raise budget_usd."
    ) in printed


def test_a_month_over_budget_is_told_to_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    asked = chosen(pair(), budget_usd=440, budget_action="stop", time_zone="Europe/Berlin")
    main(asked, now=NOW)
    printed = capsys.readouterr().out

    spent = "1,012.00 of 440.00 USD, spent on Mon 14 Dec at 18:00 CET"
    assert f"Budget: First whole month, December 2026: {spent}" in printed
    assert (
        "Warning: the budget of 440.00 USD a month will be spent on Mon 14 Dec at 18:00 CET: the schedules come to "
        "1,012.00 USD in that month. 13 starts after that (weekdays) will be refused, and the models that run will be "
        "stopped. Run less, or raise budget_usd."
    ) in printed
    main([*asked, "--json"], now=NOW)
    document = json.loads(capsys.readouterr().out)
    assert document["Budgets"] == [
        {
            "Project": None,
            "Per": "month",
            "LimitUsd": 440.0,
            "From": "2026-11-30T23:00:00Z",
            "Until": "2026-12-31T23:00:00Z",
            "Usd": 1_012.0,
            "SpentAt": "2026-12-14T17:00:00Z",
            "RefusedStarts": 13,
        }
    ]
    assert document["Warnings"][0]["Kind"] == "BudgetSpent"


def test_nothing_is_said_where_there_is_no_budget() -> None:
    plan = plan_of(Settings.from_context({"schedules": [pair()], "watched_services": BOTH}), begin=NOW)

    assert plan.budgets == ()
    assert Kind.BUDGET_SPENT not in {warning.kind for warning in warnings_of(plan)}
