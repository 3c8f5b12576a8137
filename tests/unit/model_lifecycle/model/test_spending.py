"""What ran in a period: by what the watch counted, by the metric, and by what the records know."""

from dataclasses import replace
from datetime import timedelta

import pytest

from model_lifecycle.model.budget import Budget, Per, Period
from model_lifecycle.model.lease import of_ended_run
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import (
    BUDGET_PERIOD,
    Ledger,
    Spending,
    Stretch,
    count_on,
    measured,
    project_of,
    runs_of,
)
from model_lifecycle.model.usage import Datapoint
from tests.fakes.fake_seams import FakeLedgers
from tests.fakes.given import after, request
from tests.fakes.machines import RUN_BY_EXECUTION

HOUR = 3_600
DAY = Period(after(-9 * HOUR), after(15 * HOUR))
BEFORE = Period(after(-33 * HOUR), after(-9 * HOUR))
ID = request().model_id


def ran(since: float, until: float | None = None, units: int = 2) -> ModelRecord:
    """Return what is remembered of a run: seconds from now."""
    record = replace(RUN_BY_EXECUTION, ran_at=after(since), min_inference_units=units)
    return record if until is None else of_ended_run(record, stopped_at=after(until))


def ledger(until: float, spent: float = 0.0, *, running: int | None = None, period: Period = DAY) -> Ledger:
    """Return what the watch counted until so many seconds from now."""
    return Ledger(
        begins_at=period.begins_at,
        ends_at=period.ends_at,
        until=after(until),
        unit_seconds={ID: spent} if spent else {},
        running={} if running is None else {ID: running},
    )


@pytest.mark.parametrize(
    ("ledgers", "record", "spent"),
    [
        pytest.param([], ran(-HOUR), 2 * HOUR, id="before the watch has looked, the records tell it"),
        pytest.param([ledger(-600, 500)], ran(-HOUR), 500 + 1_200, id="what runs on is added"),
        pytest.param([ledger(-600, 500)], ran(-HOUR, -300), 500 + 600, id="what was stopped since is added until then"),
        pytest.param([ledger(-600, 500)], ran(-HOUR, -700), 500, id="what was stopped before is counted already"),
        pytest.param([ledger(-600, 500)], ran(-60), 500 + 120, id="what was started since is added"),
        pytest.param([ledger(-600, 500, running=3)], ModelRecord(), 500 + 1_800, id="so is what someone else started"),
        pytest.param([ledger(-600, running=3)], ran(-HOUR, -300), 600, id="by its record, if that knows more"),
        pytest.param(
            [ledger(-600, running=3)], replace(ModelRecord(), stopped_at=after(-300)), 0, id="unless it was stopped"
        ),
        pytest.param(
            [ledger(-10 * HOUR, 99, running=1, period=BEFORE)], ModelRecord(), 9 * HOUR, id="from midnight on only"
        ),
        pytest.param([ledger(-10 * HOUR, 99, period=BEFORE)], ran(-20 * HOUR), 18 * HOUR, id="of the day before none"),
    ],
)
def test_what_has_run_since_the_watch_looked_is_added(ledgers: list[Ledger], record: ModelRecord, spent: float) -> None:
    assert sum(count_on(ledgers, {ID: record}, DAY, until=after(0)).values()) == spent


def test_several_runs_between_two_looks_are_all_added() -> None:
    first = ran(-500, -400)
    again = of_ended_run(replace(first, ran_at=after(-300), stopped_at=None), stopped_at=after(-250))
    running = replace(again, ran_at=after(-100), stopped_at=None)

    assert count_on([ledger(-600)], {ID: running}, DAY, until=after(0)) == {ID: 2 * (100 + 50 + 100)}


def test_a_record_knows_the_last_ten_runs() -> None:
    record = ModelRecord()
    for place in range(12):
        start = replace(record, ran_at=after(100 * place), min_inference_units=1, stopped_at=None)
        record = of_ended_run(start, stopped_at=after(100 * place + 50))

    assert [(run.since, run.until) for run in runs_of(record, until=after(9_999))] == [
        (after(100 * place), after(100 * place + 50)) for place in range(2, 12)
    ]
    assert record.run_ended(after(9_999)) == record


def test_a_run_that_an_older_release_ended_is_known_by_its_end() -> None:
    older = replace(RUN_BY_EXECUTION, ran_at=after(-100), stopped_at=after(-40))

    assert runs_of(older, until=after(0)) == [Stretch(after(-100), after(-40), 2)]


def points(since: float, until: float, units: float = 1.0) -> list[Datapoint]:
    """Return what was measured of a run."""
    count = int((until - since) / BUDGET_PERIOD.total_seconds())
    return [Datapoint(after(since) + place * BUDGET_PERIOD, units) for place in range(count)]


@pytest.mark.parametrize(
    ("found", "runs", "runs_now", "spent"),
    [
        pytest.param(points(-3_600, 0), [], False, 3_600, id="someone started by hand"),
        pytest.param(points(-3_600, -600), [(-3_500, 0)], True, 3_600, id="that runs, until now"),
        pytest.param(points(-3_600, -600), [(-3_500, -400)], False, 3_200, id="that was stopped just now"),
        pytest.param(points(-7_200, -3_600), [(-7_000, 0)], False, 3_600 + 900, id="that someone stopped by hand"),
        pytest.param(points(-7_200, -3_600), [(-7_000, 0)], True, 7_200, id="that runs though it is not measured"),
        pytest.param(points(-7_200, -3_600), [(-1_000, 0)], True, 4_600, id="that has run anew"),
        pytest.param(points(-7_200, -3_600), [(-3_000, -2_000)], False, 4_600, id="of which one was not measured"),
        pytest.param(points(-32_400, -30_000), [(-90_000, -30_000)], False, 2_400, id="that began the day before"),
    ],
)
def test_a_model_that_is_measured_is_counted_by_that(
    found: list[Datapoint], runs: list[tuple[float, float]], runs_now: bool, spent: float
) -> None:
    known = [Stretch(after(since), after(until), 1) for since, until in runs]

    assert measured(found, known, DAY, until=after(0), runs_now=runs_now) == spent


def test_the_budget_of_which_most_is_spent_counts_for_a_start() -> None:
    ledgers = FakeLedgers([ledger(-600, 5 * HOUR)], {"LookoutVision boards 1": ran(-600)})
    budget = Budget(usd=100.0, per=Per.DAY, by_project={"parts": 25.0, "boards": 0.01})

    standing = Spending(budget, ledgers).standing(request(), price=4.0, now=after(0))

    assert standing is not None
    assert (standing.project, standing.spent_usd, standing.ends_at) == ("parts", 20.0, DAY.ends_at)
    assert standing.begins_at + timedelta(days=1) == standing.ends_at


@pytest.mark.parametrize(
    ("model_id", "project"),
    [(ID, "parts"), ("LookoutVision boards 1", "boards"), ("Sagemaker x", ""), ("Rekognition nothing", "")],
)
def test_a_model_id_tells_the_project(model_id: str, project: str) -> None:
    assert project_of(model_id) == project
