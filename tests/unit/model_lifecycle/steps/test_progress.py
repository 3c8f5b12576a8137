"""What one step leaves to the next."""

import json
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.model.budget import BudgetStanding, Per
from model_lifecycle.model.pace import Slot
from model_lifecycle.model.usage import Run, Source
from model_lifecycle.steps.standing import Standing
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.step import answer_of
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.errors import (
    MAX_CAUSE_CHARACTERS,
    ModelFailedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.given import (
    EXECUTION,
    PROJECT,
    START,
    STOP_EXECUTION,
    after,
    begin,
    begin_stop,
    request,
    stop_request,
)

REQUESTS = st.builds(
    lambda low, more, poll, project: request(
        MinInferenceUnits=low, MaxInferenceUnits=more and low + more, PollIntervalSeconds=poll, ProjectArn=project
    ),
    st.integers(1, 100),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 3_600),
    st.sampled_from([None, PROJECT]),
)
# Instants are written to the millisecond.
MOMENTS = st.integers(0, 10**9).map(lambda thousandths: START + timedelta(milliseconds=thousandths))
UNITS = st.none() | st.integers(1, 100)
MAYBE = st.none() | MOMENTS
COMMON: dict[str, Any] = {
    "started_at": MOMENTS,
    "deadline": MOMENTS,
    "phase": st.sampled_from(Phase),
    "status": st.text(max_size=20),
    "status_message": st.text(max_size=20),
    "min_inference_units": UNITS,
    "max_inference_units": UNITS,
    "asked": st.booleans(),
    "carried_out": st.booleans(),
    "answer_lost": st.booleans(),
    "joined": st.booleans(),
    "asked_at": MAYBE,
    "since": MAYBE,
    "trouble": st.text(max_size=20),
    "refusals": st.integers(0, 5),
    "attempt": st.integers(1, 5),
    "checks": st.integers(0, 2_001),
    "refused_at": MAYBE,
    "faults": st.integers(0, 9),
    "seen_at": MAYBE,
    "lag_seconds": st.none() | st.integers(0, 60).map(float),
    "slot": st.none() | st.builds(Slot, at=MOMENTS, first=st.booleans(), pushed=st.integers(0, 10**6)),
}
START_FIELDS = {"already_running", "running_at", "lease_ends_at", "lease_moved_from", "quota", "said_to_wait"} | {
    "run_asked_at",
    "start_seconds",
    "overlong",
    "said_still_starting",
    "budget",
    "standing",
    "startable_since",
}
STOP_FIELDS = {"already_stopped", "started_again", "left_alone", "stopped_at", "ran"}
RAN = Run(since=START, until=after(1_800), hours=0.5, inference_unit_hours=1.0, source=Source.METRIC)
BUDGET = BudgetStanding(
    project="parts", per=Per.DAY, limit_usd=10, spent_usd=12.5, begins_at=after(-3_600), ends_at=after(82_800)
)
STANDINGS = st.builds(
    Standing,
    since=MAYBE.filter(bool),
    until=MAYBE,
    behind=st.lists(st.text(max_size=9), max_size=5).map(tuple),
    behind_count=st.integers(0, 200),
    ahead=st.integers(0, 200),
    follows_at=MAYBE,
    follows_every=st.none() | st.integers(1, 60),
    refused_at=MAYBE,
)
STARTS = st.builds(
    StartProgress,
    request=REQUESTS,
    execution_arn=st.just(EXECUTION),
    already_running=st.booleans(),
    running_at=MAYBE,
    lease_ends_at=MAYBE,
    lease_moved_from=MAYBE,
    quota=st.text(max_size=20),
    said_to_wait=st.booleans(),
    run_asked_at=MAYBE,
    start_seconds=st.lists(st.integers(1, 86_400), max_size=10).map(tuple),
    overlong=st.booleans(),
    said_still_starting=st.booleans(),
    budget=st.none() | st.just(BUDGET) | st.just(BUDGET.ignoring()),
    standing=st.none() | STANDINGS,
    startable_since=MAYBE,
    **COMMON,
)
STOPS = st.builds(
    StopProgress,
    request=st.builds(
        lambda reason, ends_at: stop_request(Reason=reason, LeaseEndsAt=ends_at and to_instant(ends_at)),
        st.none() | st.text(min_size=1, max_size=20),
        MAYBE,
    ),
    execution_arn=st.just(STOP_EXECUTION),
    already_stopped=st.booleans(),
    started_again=st.booleans(),
    left_alone=st.text(max_size=20),
    stopped_at=MAYBE,
    ran=st.none() | st.just(RAN),
    **COMMON,
)


def test_every_field_of_a_progress_is_tried() -> None:
    """But what a step makes anew, and a failure, which ends an execution."""
    made_anew = {"next_check_seconds", "failure"}
    common = {*COMMON, "request", "execution_arn"}

    assert {field.name for field in fields(StartProgress)} == START_FIELDS | common | made_anew
    assert {field.name for field in fields(StopProgress)} == STOP_FIELDS | common | made_anew


@given(STARTS)
def test_what_a_step_of_a_start_leaves_is_what_the_next_one_finds(progress: StartProgress) -> None:
    through_the_machine = json.loads(json.dumps(progress.to_json()))

    assert StartProgress.from_json(through_the_machine, progress.request) == progress


@given(STOPS)
def test_what_a_step_of_a_stop_leaves_is_what_the_next_one_finds(progress: StopProgress) -> None:
    through_the_machine = json.loads(json.dumps(progress.to_json()))

    assert StopProgress.from_json(through_the_machine, progress.request) == progress


@given(STARTS | STOPS)
def test_what_a_step_leaves_is_far_from_the_limit_of_a_state(progress: StartProgress | StopProgress) -> None:
    last = progress.failed(ModelFailedError("x" * 5_000))

    assert max(len(json.dumps(answer_of(each, now=after(9)))) for each in (progress, last)) < 16_384


def test_what_the_state_machine_reads_is_there_from_the_first_step_on() -> None:
    written = begin().settled(now=after(1)).to_json()

    assert written["Phase"] == "BLOCKED"
    assert written["NextCheckSeconds"] == 15
    assert written["Failure"] is None


def test_a_failure_is_written_as_error_and_cause_of_the_execution() -> None:
    written = begin().failed(ModelFailedError("It broke.")).to_json()

    assert written["Phase"] == "FAILED"
    assert written["Failure"] == {"Error": "ModelFailedError", "Cause": "It broke."}
    assert written["NextCheckSeconds"] is None


def test_the_deadline_counts_from_the_execution_s_start() -> None:
    assert begin(StartTimeoutSeconds=60).deadline == after(60)
    assert begin().deadline == after(3_600)


def test_a_phase_counts_from_when_it_was_first_seen() -> None:
    first = begin().in_phase(Phase.STARTING, now=after(5))

    assert first.in_phase(Phase.STARTING, now=after(50)).since == after(5)
    assert first.in_phase(Phase.BLOCKED, now=after(50)).since == after(50)


@pytest.mark.parametrize(
    ("progress", "may_bill"),
    [
        (begin(), False),
        (replace(begin(), asked=True), True),
        (replace(begin(), asked=True, answer_lost=True, status="STOPPED"), True),
        (replace(begin(), asked=True, status="STOPPED"), True),
        (replace(begin(), asked=True, carried_out=True, status="STOPPED"), False),
        (replace(begin(), phase=Phase.OVERDUE), True),
        (replace(begin(), status="STARTING"), True),
        (replace(begin(), status="RUNNING"), True),
        (replace(begin(), status="UNHEARD_OF"), True),
    ],
)
def test_what_may_bill_errs_on_the_side_of_the_bill(progress: StartProgress, may_bill: bool) -> None:
    assert progress.may_bill is may_bill


@pytest.mark.parametrize(
    ("progress", "may_bill"),
    [
        (begin_stop(), True),
        (replace(begin_stop(), status="STOPPED", phase=Phase.STOPPED), False),
        (replace(begin_stop(), status="RUNNING", phase=Phase.STOPPED, started_again=True), True),
        (replace(begin_stop(), status="RUNNING", phase=Phase.FAILED), True),
        (replace(begin_stop(), status="STOPPING", phase=Phase.OVERDUE), True),
        (replace(begin_stop(), status="STOPPING", phase=Phase.FAILED), True),
        (replace(begin_stop(), status="UNHEARD_OF", phase=Phase.FAILED), True),
        (begin_stop().failed(ModelNotFoundError("none")), False),
        (replace(begin_stop(), status="RUNNING").failed(ModelNotFoundError("none")), True),
    ],
)
def test_what_may_bill_after_a_stop_errs_on_the_side_of_the_bill(progress: StopProgress, may_bill: bool) -> None:
    assert progress.may_bill is may_bill


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-05T09:00:00.000Z", START),
        ("2026-01-05T09:00:00Z", START),
        ("2026-01-05T09:00:01.5Z", after(1.5)),
        ("2026-01-05T10:00:00.000+01:00", START),
    ],
)
def test_a_moment_is_read_in_every_form_that_step_functions_writes(written: str, moment: datetime) -> None:
    assert from_instant(written) == moment
    assert from_instant(to_instant(moment)) == moment


def family(parent: type[ModelLifecycleError]) -> list[type[ModelLifecycleError]]:
    """Return an error and all that descend from it."""
    return [parent, *(heir for child in parent.__subclasses__() for heir in family(child))]


@pytest.mark.parametrize("error", family(ModelLifecycleError)[1:])
def test_every_error_is_named_for_the_state_machine_and_says_its_sentence(error: type[ModelLifecycleError]) -> None:
    more = {"perhaps_done": True} if error is ServiceUnavailableError else {}
    raised = error("One plain sentence.", **more)

    assert raised.name == error.__name__
    assert raised.name.endswith("Error")
    assert raised.cause == "One plain sentence."
    assert error.__doc__


@pytest.mark.parametrize(("length", "shown"), [(999, 999), (1_000, 1_000), (1_001, 1_000), (10**6, 1_000)])
def test_a_cause_is_at_most_as_long_as_the_console_shows(length: int, shown: int) -> None:
    cause = ModelFailedError("x" * length).cause

    assert len(cause) == shown <= MAX_CAUSE_CHARACTERS
    assert cause.endswith("...") == (length > shown)
