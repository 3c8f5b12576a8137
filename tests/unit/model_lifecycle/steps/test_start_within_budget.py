"""A start and the budget: refused once it is spent, unless it says why that does not matter."""

from dataclasses import replace
from typing import Any

import pytest

from model_lifecycle.model.budget import Budget, Per
from model_lifecycle.model.spending import Spending
from model_lifecycle.steps.step import answer_of
from model_lifecycle.vocabulary.errors import ModelLifecycleError
from tests.fakes.fake_model import FakeModel
from tests.fakes.fake_seams import FakeLedgers
from tests.fakes.given import after, begin
from tests.fakes.machines import DENIED, RUN_BY_EXECUTION, THROTTLED, error_of, known, phases_of
from tests.fakes.state_machine import drive, start

OTHER = "LookoutVision boards 1"
REASON = "The fair is today"


def spending(hours: float, *, trouble: ModelLifecycleError | None = None) -> Spending:
    """Return what is spent of 100 USD a month, if another model has run for so many hours at 4 USD."""
    ran = replace(RUN_BY_EXECUTION, ran_at=after(-3_600 * hours), min_inference_units=1)
    ledgers = FakeLedgers(records_of_all={OTHER: ran})
    ledgers.trouble = trouble
    return Spending(Budget(usd=100.0, per=Per.MONTH), ledgers)


def model(*looks: Any, spent_hours: float = 25.0, **more: Any) -> FakeModel:
    """Return a model under that budget."""
    made = FakeModel(*looks, **more)
    made.spending = spending(spent_hours)
    return made


def test_beyond_it_a_start_is_refused_with_the_sum_the_limit_and_the_way_around() -> None:
    asked = model("STOPPED")

    *_, (_, last) = drive(begin(StopAfterSeconds=60), asked)

    cause = (
        "Model parts/parts.2026-01-05 was not started: the budget of 100.00 USD a month is spent (100.00 USD since Thu "
        "1 Jan 2026 at 00:00 UTC). Starts are refused until Sun 1 Feb 2026 at 00:00 UTC. To start it all the same, "
        'once, add "IgnoreBudget": "<reason>" to the input.'
    )
    assert error_of(last) == ("BudgetExceededError", cause)
    assert (asked.starts, asked.leases.armed, asked.records.record.version) == (0, [], 0)
    assert not last.may_bill


def test_within_it_a_start_says_where_it_stood() -> None:
    *_, (_, last) = drive(begin(), model("STOPPED", "STARTING", "RUNNING", spent_hours=24.9))

    budget = answer_of(last, now=after(60))["Report"]["Budget"]
    assert (last.phase, budget["SpentUsd"], budget["LimitUsd"], budget["Ignored"]) == ("RUNNING", 99.6, 100.0, False)


def test_a_start_that_ignores_it_goes_on_and_is_remembered_for_that() -> None:
    asked = model("STOPPED", "STARTING", "RUNNING")

    steps = drive(begin(IgnoreBudget=REASON), asked)

    assert phases_of(steps)[-1] == "RUNNING"
    assert steps[-1][1].budget is not None
    assert steps[-1][1].budget.ignored
    assert asked.records.record.budget_ignored_at == after(0)


@pytest.mark.parametrize("ignores", [False, True])
def test_a_model_that_runs_already_is_a_success(ignores: bool) -> None:
    running = model("RUNNING")
    running.records.record = RUN_BY_EXECUTION
    another = replace(begin(**({"IgnoreBudget": REASON} if ignores else {})), execution_arn="another")

    last = start(another, running, now=after(0))

    assert (last.phase, last.already_running) == ("RUNNING", True)
    assert (last.budget is not None and last.budget.ignored) is ignores
    assert running.records.record.budget_ignored_at == (after(0) if ignores else None)


def test_a_start_that_is_under_way_is_joined_and_its_lease_may_grow() -> None:
    asked = known(replace(RUN_BY_EXECUTION, latest_start="other", asked_by="other", ran_at=None), "STARTING", "RUNNING")
    asked.spending = spending(25)

    *_, (_, last) = drive(begin(StopAfterSeconds=3_600), asked)

    assert (last.phase, last.joined) == ("RUNNING", True)


def test_a_start_that_waited_is_refused_once_the_budget_is_spent() -> None:
    asked = model("STOPPING", "STOPPED", spent_hours=24.997)

    steps = drive(begin(), asked)

    assert phases_of(steps) == ["BLOCKED", "FAILED"]
    assert error_of(steps[-1][1])[0] == "BudgetExceededError"


def test_what_is_spent_that_cannot_be_read_now_is_read_again() -> None:
    asked = model("STOPPED")
    asked.spending = spending(0, trouble=THROTTLED)
    waiting = start(begin(), asked, now=after(0))
    asked.spending = spending(0)

    assert (waiting.phase, waiting.faults, asked.starts) == ("BLOCKED", 1, 0)
    assert start(waiting, asked, now=after(15)).phase == "STARTING"


def test_where_it_may_not_be_read_nothing_is_started() -> None:
    asked = model("STOPPED")
    asked.spending = spending(0, trouble=DENIED)

    assert error_of(start(begin(), asked, now=after(0)))[0] == "AccessDeniedError"
    assert asked.starts == 0


def test_what_runs_may_be_known_although_the_budget_is_not() -> None:
    running = model("RUNNING")
    running.spending = spending(0, trouble=THROTTLED)

    last = start(begin(IgnoreBudget=REASON), running, now=after(0))

    assert (last.phase, last.budget, last.trouble) == ("RUNNING", None, THROTTLED.cause)
