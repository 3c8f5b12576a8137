"""Two days of a model under a budget: nothing starts beyond it, and people hear of it as it is spent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.model.budget import Budget, Per, Period
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.told import PRICE, UTC
from tests.simulation.conftest import many
from tests.simulation.story import BEFALLS_ALL, IDENTITIES, Begins, Fault, Story, in_order, stories
from tests.simulation.world import World

LATE = timedelta(seconds=90)
"""Until an execution has seen that its model runs, and written that down."""


@st.composite
def budgeted(draw: st.DrawFn, *faults: Fault) -> Story:
    """Return a story with a budget for some minutes to some hours a day, and more starts, some of which ignore it."""
    story = draw(stories(*faults))
    first = draw(st.sampled_from((0, 3_000, 50_000)))
    lease, every = draw(st.sampled_from((300, 500, 5_000))), draw(st.sampled_from((700, 1_500)))
    acts = [
        Begins(first + every * number, Goal.RUNNING, {**IDENTITIES[story.service], **fields})
        for number in range(draw(st.integers(2, 8)))
        for ignores in [draw(st.sampled_from((False, False, False, True)))]
        for fields in [{"StopAfterSeconds": lease, **({"IgnoreBudget": "a reason"} if ignores else {})}]
    ]
    usd = draw(st.sampled_from((0.5, 0.7, 2.0, 20.0)))
    budget = Budget(usd=usd, per=Per.DAY, stops=draw(st.booleans()))
    return replace(story, acts=in_order(*story.acts, *acts), budget=budget)


def spent(world: World, moment: datetime) -> tuple[float, int]:
    """Return what the model had really cost since midnight, and in how many runs."""
    begin = Period.of(moment, Per.DAY, UTC).begins_at
    seconds, runs = 0.0, 0
    conditions = [*world.conditions, replace(world.conditions[-1], moment=world.over)]
    for one, following in pairwise(conditions):
        ran = (min(following.moment, moment) - max(one.moment, begin)).total_seconds()
        if one.status == world.story.words.running and ran > 0:
            seconds, runs = seconds + ran, runs + 1
    return seconds / 3_600 * PRICE, runs


def assert_within(world: World) -> None:
    """Assert that no execution has started it beyond the budget, if all that it did can be known."""
    budget = world.story.budget
    assert budget is not None
    assert budget.usd is not None
    for asked in world.asked:
        execution = world.executions.get(asked.by)
        if asked.starts and execution is not None and not execution.input.get("IgnoreBudget"):
            usd, runs = spent(world, asked.moment)
            assert usd <= budget.usd + runs * LATE.total_seconds() / 3_600 * PRICE


def assert_told_from_the_least_on(world: World) -> None:
    """Assert that nobody hears of 80 % of a day before 50 %, nor of 100 % before 80 %."""
    told: dict[str, list[str]] = {}
    for each in world.told_of_budget:
        day, _, percent = each.rpartition("#")
        told.setdefault(day, []).append(percent)
    assert all(percents == ["50", "80", "100"][: len(percents)] for percents in told.values())


def assert_refused_for_a_reason(world: World) -> None:
    for running in world.executions.values():
        if running.message and running.message.document["Error"] == "BudgetExceededError":
            assert not running.input.get("IgnoreBudget")
            assert not [asked for asked in world.asked if asked.by == running.arn]
            assert "the budget of" in running.message.document["Summary"]


@many(75)
@given(budgeted())
def test_no_start_slips_through_between_two_looks(bring_about: Callable[[Story], World], story: Story) -> None:
    known = replace(story, acts=tuple(act for act in story.acts if isinstance(act, Begins)), status=story.words.stopped)
    world = bring_about(known)

    assert_within(world)
    assert_told_from_the_least_on(world)
    assert_refused_for_a_reason(world)


@many(50)
@given(budgeted(*BEFALLS_ALL))
def test_a_budget_is_told_and_refuses_truly_whatever_befalls_the_calls(
    bring_about: Callable[[Story], World], story: Story
) -> None:
    world = bring_about(story)

    assert_told_from_the_least_on(world)
    assert_refused_for_a_reason(world)
