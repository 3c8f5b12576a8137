"""What an execution's end adds to the metrics."""

from dataclasses import replace

import pytest

from model_lifecycle.endings.counted import EVERY_FAILURE, counted, failure_of
from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.outcome import GOES_ON, Outcome
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.metrics import Metric, unit_of
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, after, begin, begin_stop
from tests.fakes.machines import DENIED, LOST, RUN_BY_EXECUTION, THROTTLED, known
from tests.fakes.state_machine import drive, drive_stop
from tests.fakes.told import PRICE, endings, read, state_event


def end(model: FakeModel, first: StartProgress | StopProgress | None = None) -> Ending:
    """How an execution with that model ended: a start, unless `first` is a stop."""
    driven = (
        drive_stop(first, model)
        if isinstance(first, StopProgress)
        else drive(first or begin(PollIntervalSeconds=15), model)
    )
    now, last = driven[-1]
    return read(endings(model, now=now), state_event(last, now))


def numbers(ending: Ending) -> dict[Metric, float]:
    """Return what it adds, in names and numbers."""
    return counted(ending, price_per_inference_unit_hour=PRICE)


def test_a_start_that_waited_for_its_model_is_counted_with_all_that_it_took() -> None:
    ending = end(FakeModel("STOPPED", THROTTLED, "STARTING", "RUNNING"))

    assert numbers(ending) == {
        Metric.STARTS: 1,
        Metric.SECONDS_TO_RUNNING: 45,
        Metric.DETECTION_LAG: 15,
        Metric.CHECKS: 4,
        Metric.TRANSIENT_FAULTS: 1,
    }
    assert failure_of(ending) is None


def test_the_lag_counts_from_the_last_look_that_saw_the_model() -> None:
    assert numbers(end(FakeModel("STOPPED", "STARTING", THROTTLED, "RUNNING")))[Metric.DETECTION_LAG] == 30


@pytest.mark.parametrize("statuses", [["RUNNING"], ["STARTING", "RUNNING"]], ids=["was running", "joined"])
def test_a_start_that_asked_for_nothing_says_nothing_of_how_long_a_start_takes(statuses: list[str]) -> None:
    ending = numbers(end(FakeModel(*statuses)))

    assert ending[Metric.STARTS] == 1
    assert Metric.SECONDS_TO_RUNNING not in ending
    assert (Metric.DETECTION_LAG in ending) == (len(statuses) > 1)


def test_an_answer_that_was_lost_is_a_transient_fault() -> None:
    ending = end(FakeModel("STOPPED", "STARTING", "RUNNING", starts=[LOST]))

    assert numbers(ending)[Metric.TRANSIENT_FAULTS] == 1


def ran_for_an_hour(*statuses: str) -> FakeModel:
    """Return a model with two inference units that has run for an hour."""
    model = known(replace(RUN_BY_EXECUTION, ran_at=after(-3_600)), *statuses)
    model.meter.measured = [Datapoint(after(-3_600 + 60 * minute), 2) for minute in range(60)]
    return model


def test_the_stop_that_ended_a_run_counts_its_hours_and_its_cost() -> None:
    ended = numbers(end(ran_for_an_hour("RUNNING", "STOPPING", "STOPPED"), begin_stop()))

    assert ended[Metric.STOPS] == 1
    assert ended[Metric.RUN_HOURS] == pytest.approx(1, abs=0.01)
    assert ended[Metric.RUN_USD] == pytest.approx(2 * PRICE, abs=0.1)
    assert ended[Metric.DETECTION_LAG] == 15


def test_a_stop_that_waited_for_the_stop_of_another_does_not_count_the_run_again() -> None:
    joined = numbers(end(ran_for_an_hour("STOPPING", "STOPPED"), begin_stop()))

    assert joined[Metric.STOPS] == 1
    assert Metric.RUN_HOURS not in joined


def test_a_failure_is_counted_by_the_error_of_its_execution() -> None:
    ending = end(FakeModel("STOPPED", starts=[DENIED]))

    assert failure_of(ending) == "AccessDeniedError"
    assert numbers(ending)[Metric.STARTS] == 1
    assert Metric.SECONDS_TO_RUNNING not in numbers(ending)


@pytest.mark.parametrize(
    ("outcome", "error", "counted_by"),
    [
        (Outcome.ABORTED, "arn:aws:whatever", "Aborted"),
        (Outcome.ABORTED, "StartTimedOutError", "Aborted"),
        (Outcome.TIMED_OUT, "States.Timeout", "TimedOut"),
        (Outcome.TIMED_OUT, "StartTimedOutError", "StartTimedOutError"),
        (Outcome.STILL_BILLING, "StopTimedOutError", "StopTimedOutError"),
        (Outcome.FAILED, "States.Runtime", "Other"),
        (Outcome.FAILED, None, "Other"),
        (Outcome.RUNNING, None, None),
        (Outcome.WAITING, None, None),
        (Outcome.STILL_STARTING, None, None),
    ],
)
def test_of_errors_that_are_not_ours_there_are_three(
    outcome: Outcome, error: str | None, counted_by: str | None
) -> None:
    ending = Ending(notification_id="1", outcome=outcome, goal=Goal.STOPPED, execution_arn=EXECUTION, error=error)

    assert failure_of(ending) == counted_by
    assert numbers(ending) == ({} if outcome in GOES_ON else {Metric.STOPS: 1})
    assert counted_by is None or counted_by in EVERY_FAILURE


def test_what_the_watch_found_is_no_end() -> None:
    found = Ending(notification_id="1", outcome=Outcome.STILL_BILLING, goal=Goal.STOPPED)

    assert (numbers(found), failure_of(found)) == ({}, None)


def test_cloudwatch_knows_every_unit() -> None:
    assert {unit_of(metric) for metric in Metric} == {"Count", "Seconds", "None"}
