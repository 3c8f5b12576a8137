"""What the watch does about a budget: it counts, tells each percentage once, and stops only where it is to."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.message import compose
from model_lifecycle.model.budget import Budget, BudgetStanding, Per
from model_lifecycle.model.lease import of_ended_run
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import BUDGET_PERIOD
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.stop_request import NOBODY
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.watch.budget_round import BudgetRound
from model_lifecycle.watch.watch import Finding, Watched
from tests.fakes.fake_seams import FakeLedgers, FakeMeter
from tests.fakes.given import HOME, stop_request
from tests.fakes.machines import RUN_BY_EXECUTION, THROTTLED
from tests.fakes.readable import assert_readable
from tests.unit.model_lifecycle.watch.test_watch import FakeStops

MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)
BUDGET = Budget(usd=40.0, per=Per.DAY)
RUNNING = ModelDescription(status="RUNNING", status_message="", min_inference_units=1, max_inference_units=None)


def hour(number: float) -> datetime:
    """Return the moment so many hours after midnight."""
    return MIDNIGHT + timedelta(hours=number)


@dataclass
class World:
    """One model, which costs 4 USD an hour, and what the watch tells and stops."""

    budget: Budget = BUDGET
    ledgers: FakeLedgers = field(default_factory=FakeLedgers)
    meter: FakeMeter = field(default_factory=FakeMeter)
    stops: FakeStops = field(default_factory=FakeStops)
    told: list[Ending] = field(default_factory=list)
    silent: bool = False
    record: ModelRecord = field(
        default_factory=lambda: replace(RUN_BY_EXECUTION, ran_at=hour(0), min_inference_units=1)
    )

    def look(self, number: float, *, runs: bool = True, all_seen: bool = True) -> list[BudgetStanding]:
        """Look at the model in that hour."""
        found = BudgetRound(
            self.budget,
            ledgers=self.ledgers,
            meter=self.meter,
            stops=self.stops,
            tell=self._tell,
            price=4.0,
            zone=UTC,
            now=hour(number),
            hour=f"hour {number}",
        )
        description = RUNNING if runs else None
        if all_seen:
            found.note(stop_request(), Watched(finding=Finding.QUIET, description=description, record=self.record))
        standings, troubles = found.settle(all_seen=all_seen)
        assert [*troubles] == ([THROTTLED] * len(troubles))
        return standings

    def _tell(self, ending: Ending) -> None:
        if self.silent:
            raise THROTTLED
        self.told.append(ending)

    @property
    def percents(self) -> list[int | None]:
        """What was told, in this order."""
        return [ending.budget.reached if ending.budget else None for ending in self.told]

    def spent(self, number: float, *, runs: bool = True) -> float:
        """Look, and tell what is spent."""
        [standing] = self.look(number, runs=runs)
        return standing.spent_usd


def test_each_percentage_is_told_once_a_day() -> None:
    world = World()

    for number in range(1, 25):
        world.look(number - 0.01)

    assert world.percents == [50, 80, 100]
    assert [ending.notification_id for ending in world.told] == [
        f"budget/all/2026-01-05T00:00:00.000Z/40#{percent}" for percent in (50, 80, 100)
    ]
    world.look(30)
    assert world.percents == [50, 80, 100, 50]


def test_what_is_reached_at_once_is_told_one_by_one() -> None:
    world = World()
    world.look(12)

    assert world.percents == [50, 80, 100]


def test_what_could_not_be_told_is_told_at_the_next_look_even_of_the_day_before() -> None:
    world = World(silent=True)
    world.look(23.9)
    world.look(24.5)
    assert world.percents == []

    world.silent = False
    world.look(25)

    assert world.percents == [50, 80, 100]
    assert all(ending.budget and ending.budget.ends_at == hour(24) for ending in world.told)
    world.look(26)
    assert world.percents == [50, 80, 100]


def test_what_ran_between_the_last_look_and_midnight_is_told_of_the_day_that_ended() -> None:
    world = World(budget=replace(BUDGET, usd=94.0))
    world.look(23)
    assert world.percents == [50, 80]

    world.look(24.1)

    assert world.percents == [50, 80, 100]
    assert "was spent" in (world.told[-1].cause or "")
    assert world.ledgers.written[1].unit_seconds == {stop_request().model_id: 24 * 3_600}


def test_what_a_raised_budget_has_not_reached_any_more_is_told_when_it_is_reached_again() -> None:
    world = World()
    world.look(10)
    world.budget = replace(BUDGET, usd=60.0)
    world.look(11)
    assert world.percents == [50, 80, 100]

    world.look(12)
    world.look(15)

    assert world.percents == [50, 80, 100, 80, 100]
    assert len({ending.notification_id for ending in world.told}) == 5


def test_a_lowered_budget_is_told_at_the_next_look() -> None:
    world = World()
    world.look(5)
    world.budget = replace(BUDGET, usd=20.0)
    world.look(5)

    assert world.percents == [50, 80, 100]


def test_the_metric_counts_what_the_records_do_not_know() -> None:
    """A model that someone started and stopped by hand between two looks."""
    world = World(record=ModelRecord())
    world.meter.measured = [Datapoint(hour(1) + place * BUDGET_PERIOD, 2.0) for place in range(6)]

    assert world.spent(3, runs=False) == 4.0


def test_without_the_metric_what_was_counted_stays_and_the_records_add_to_it() -> None:
    world = World(record=ModelRecord())
    world.meter.measured = [Datapoint(hour(1) + place * BUDGET_PERIOD, 1.0) for place in range(12)]
    assert world.spent(2.5) == 6.0

    world.meter.trouble = THROTTLED

    assert world.spent(3.5) == 10.0


def test_without_any_metric_runs_add_up_over_many_days() -> None:
    world = World(budget=Budget(usd=1_000.0, per=Per.MONTH), record=ModelRecord())
    for day in range(12):
        world.record = replace(world.record, ran_at=hour(24 * day), stopped_at=None, min_inference_units=1)
        world.record = of_ended_run(world.record, stopped_at=hour(24 * day + 1))
        world.look(24 * day + 2, runs=False)

    assert world.spent(24 * 11 + 3, runs=False) == 48.0


@pytest.mark.parametrize(("all_seen", "spent"), [(True, 4.0), (False, 12.0)], ids=["deleted", "not to be seen"])
def test_a_model_that_is_not_there_counts_until_it_was_seen_unless_it_may_be_there(
    all_seen: bool, spent: float
) -> None:
    world = World()
    world.look(1)
    found = BudgetRound(
        BUDGET,
        ledgers=world.ledgers,
        meter=world.meter,
        stops=world.stops,
        tell=print,
        price=4.0,
        zone=UTC,
        now=hour(3),
        hour="",
    )

    [standing], _ = found.settle(all_seen=all_seen)

    assert standing.spent_usd == spent


def test_no_model_is_stopped_unless_the_settings_say_so() -> None:
    world = World()
    world.look(12)

    assert world.stops.started == []


def test_what_runs_over_a_spent_budget_is_stopped_by_stop_model_unless_someone_wants_it_meanwhile() -> None:
    world = World(budget=replace(BUDGET, stops=True))
    world.look(9.9)
    assert world.stops.started == []

    world.look(10)
    world.record = ModelRecord()
    world.look(11)

    (first, once), (second, _) = world.stops.started
    assert (first.latest_start, second.latest_start, once) == (RUN_BY_EXECUTION.latest_start, NOBODY, "hour 10")
    assert first.reason == ("The budget of 40.00 USD a day is spent: 40.00 USD since Mon 5 Jan 2026 at 00:00 UTC.")


def test_what_was_started_to_ignore_the_budget_goes_on_until_the_next_one_is_spent() -> None:
    world = World(budget=replace(BUDGET, stops=True))
    world.record = replace(world.record, budget_ignored_at=hour(3))
    world.look(23)
    assert world.stops.started == []

    world.look(35)

    assert len(world.stops.started) == 1


def test_the_budget_of_a_project_stops_and_tells_of_its_models_only() -> None:
    world = World(budget=Budget(usd=None, per=Per.DAY, by_project={"boards": 1.0, "parts": 40.0}, stops=True))
    world.look(9)

    assert world.stops.started == []
    assert [ending.budget.project if ending.budget else None for ending in world.told] == ["parts", "parts"]


@pytest.mark.parametrize(
    ("stops", "number", "subject", "words"),
    [
        (False, 5, "Budget: 50 % of 40.00 USD a day", ["Once it is spent, starts are refused.", "Running now: parts/"]),
        (True, 5, "Budget: 50 % of 40.00 USD a day", ["starts are refused and the models that run are stopped."]),
        (False, 10, "Budget: 100 % of 40.00 USD a day", ["Models that run go on", '"IgnoreBudget"', "budget_usd"]),
        (True, 10, "Budget: 100 % of 40.00 USD a day", ["The app stops the models that run", '"IgnoreBudget"']),
        (False, 25, "Budget: 100 % of 40.00 USD a day", ["was spent", "A new day has begun"]),
    ],
)
def test_people_read_what_is_spent_and_what_follows(stops: bool, number: float, subject: str, words: list[str]) -> None:
    world = World(budget=replace(BUDGET, stops=stops), silent=number > 24)
    world.look(min(number, 23.9))
    world.silent = False
    world.look(number)
    ending = next(each for each in reversed(world.told) if each.budget and each.budget.ends_at == hour(24))

    message = compose(ending, price_per_inference_unit_hour=4.0, zone=UTC, home=HOME)

    assert message.subject == subject
    assert_readable(message.subject, message.text)
    assert all(each in message.document["Summary"] for each in words), message.document["Summary"]
    assert message.document["Budget"]["Reached"] == ending.budget.reached if ending.budget else False
    assert (message.document["Outcome"], message.document["MayBill"]) == ("BudgetReached", False)
    assert message.attributes == {"Outcome": "BudgetReached"}
