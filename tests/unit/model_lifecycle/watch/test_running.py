"""What the watch saw running, in numbers."""

from model_lifecycle.vocabulary.metrics import Metric
from model_lifecycle.watch.running import Running, counted
from tests.fakes.given import after

OLD = Running(model="parts/1", units=2, since=after(-7_200))
NEW = Running(model="parts/2", units=1, since=after(-1_800))
UNKNOWN = Running(model="parts/3", units=1, since=None)


def test_all_that_run_cost_together_and_the_longest_run_is_told() -> None:
    found = counted([NEW, OLD, UNKNOWN], price_per_inference_unit_hour=4.0, now=after(0))

    assert found == {Metric.RUNNING_MODELS: 3, Metric.RUNNING_USD_PER_HOUR: 16, Metric.LONGEST_RUN_HOURS: 2}


def test_that_nothing_runs_is_told_as_well() -> None:
    found = counted([], price_per_inference_unit_hour=4.0, now=after(0))

    assert found == {Metric.RUNNING_MODELS: 0, Metric.RUNNING_USD_PER_HOUR: 0, Metric.LONGEST_RUN_HOURS: 0}


def test_the_log_says_of_each_since_when_and_what_it_has_cost() -> None:
    facts = [model.facts(price_per_inference_unit_hour=4.0, now=after(0)) for model in (OLD, UNKNOWN)]

    assert facts == [
        {"model": "parts/1", "since": "2026-01-05T07:00:00.000Z", "units": 2, "usd_per_hour": 8, "usd": 16},
        {"model": "parts/3", "since": None, "units": 1, "usd_per_hour": 4, "usd": None},
    ]
