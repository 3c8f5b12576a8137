"""Random lives of a model: a start keeps its promises, whatever happens."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.given import EXECUTION, VERSION
from tests.simulation.conftest import Live, many
from tests.simulation.promises import assert_promises_kept
from tests.simulation.story import (
    ALWAYS,
    DEATHS,
    NO_ANSWER,
    Befalls,
    Begins,
    Call,
    Fault,
    Hand,
    Happens,
    Story,
    blindness,
    in_order,
    lives,
    name_of,
)

MORNING = Story(
    service=REKOGNITION.name,
    acts=(Begins(0, Goal.RUNNING, {"ProjectVersionArn": VERSION, "StartTimeoutSeconds": 60}, name_of(EXECUTION)),),
    status="STOPPED",
    start_seconds=30,
    start_ends_in="RUNNING",
    stop_seconds=5,
)
UNHEARD = st.sampled_from([Fault.ANSWER_LOST, *DEATHS]).map(lambda fault: Befalls(Call.START, fault))


@many(300)
@given(lives())
def test_a_start_keeps_its_promises_whatever_the_model_and_other_people_do(live: Live, life: Story) -> None:
    assert_promises_kept(live(life))


@many(300)
@given(lives(*NO_ANSWER, happenings=2))
def test_a_start_keeps_its_promises_whatever_is_not_answered(live: Live, life: Story) -> None:
    assert_promises_kept(live(life))


@many(300)
@given(lives(*NO_ANSWER, happenings=0), st.integers(0, 100))
def test_calls_that_were_not_carried_out_delay_a_start_and_nothing_else(
    live: Live, life: Story, start_seconds: int
) -> None:
    execution = live(
        replace(
            life.only_delayed(StartTimeoutSeconds=400, PollIntervalSeconds=None),
            status=life.words.stopped,
            start_seconds=start_seconds,
            start_ends_in=life.words.running,
        )
    )

    assert execution.document["Outcome"] == "Running"
    assert len(execution.own_starts) == 1
    assert execution.told_by_its_state
    assert_promises_kept(execution)


@many(300)
@given(lives(*DEATHS, *NO_ANSWER), UNHEARD)
def test_a_start_keeps_its_promises_if_nobody_hears_what_became_of_it(
    live: Live, life: Story, unheard: Befalls
) -> None:
    assert_promises_kept(live(replace(life, faults=(unheard, *life.faults))))


@many(300)
@given(lives(), UNHEARD, blindness(Call.DESCRIBE, Call.READ))
def test_a_start_keeps_its_promises_if_nobody_can_look_what_became_of_it(
    live: Live, life: Story, unheard: Befalls, blind: list[Befalls]
) -> None:
    assert_promises_kept(live(replace(life, faults=(unheard, *blind))))


@pytest.mark.parametrize("why", [*NO_ANSWER, Fault.DENIED], ids=lambda fault: fault.value)
def test_a_start_whose_step_died_bills_noticed_even_if_its_record_cannot_be_read(live: Live, why: Fault) -> None:
    life = replace(MORNING, faults=(Befalls(Call.START, Fault.DIES_AFTER), Befalls(Call.READ, why, 1, ALWAYS)))

    told = live(life).document

    assert told["Status"] == ("STARTING" if why is Fault.DENIED else "RUNNING")
    assert told["Outcome"] == ("Failed" if why is Fault.DENIED else "Running")
    assert told["MayBill"] is True


def test_a_start_whose_looks_die_for_good_is_told_as_billing_and_cleaned_up(live: Live) -> None:
    execution = live(replace(MORNING, faults=(Befalls(Call.INVOKE, Fault.DIES_BEFORE, 1, 3),)))

    assert execution.document["Error"] == "FunctionFailedError"
    assert execution.document["MayBill"] is True
    assert [other.cleans_up for other in execution.world.executions.values()] == [None, execution.running.arn]
    assert_promises_kept(execution)


def test_a_start_whose_second_call_was_not_heard_of_does_not_ask_a_third_time(live: Live) -> None:
    first, second = Befalls(Call.START, Fault.BROKEN), Befalls(Call.INVOKE, Fault.ANSWER_LOST, 1)
    fails_at_once = replace(MORNING, start_seconds=0, start_ends_in="FAILED", status="STOPPING", stop_seconds=0)

    assert_promises_kept(live(replace(fails_at_once, faults=(first, second))))


@many(300)
@given(lives(happenings=2), st.integers(0, 90))
def test_a_start_that_it_joins_and_someone_stops_is_left_alone(live: Live, life: Story, seconds: int) -> None:
    stopped = Happens(seconds, Hand.STOPS)
    joined = replace(life, status=life.words.starting, acts=in_order(*life.acts, stopped))

    assert_promises_kept(live(joined))


@many(300)
@given(lives(*Fault))
def test_a_start_keeps_its_promises_whatever_befalls_it(live: Live, life: Story) -> None:
    assert_promises_kept(live(life))
