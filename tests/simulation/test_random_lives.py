"""Random lives of a model: whatever comes when, a start keeps its promises."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model_lifecycle.services.rekognition import REKOGNITION
from tests.fakes.given import VERSION
from tests.simulation.life import DEATHS, NO_ANSWER, Act, Call, Fault, Happening, Life, in_order, lives
from tests.simulation.lived_execution import LivedExecution
from tests.simulation.promises import assert_promises_kept

# The same lives each time, so that nothing fails but by what was changed.
many = settings(derandomize=True, deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])

BLIND = [(fault, 1) for fault in (*NO_ANSWER, Fault.DENIED)]
UNHEARD = st.sampled_from([Fault.ANSWER_LOST, *DEATHS])


@many
@given(lives())
def test_a_start_keeps_its_promises_whatever_the_model_and_other_people_do(life: Life) -> None:
    assert_promises_kept(LivedExecution(life))


@many
@given(lives(*NO_ANSWER, happenings=2))
def test_a_start_keeps_its_promises_whatever_is_not_answered(life: Life) -> None:
    assert_promises_kept(LivedExecution(life))


@many
@given(lives(*NO_ANSWER, happenings=0), st.integers(0, 100))
def test_calls_that_were_not_carried_out_delay_a_start_and_nothing_else(life: Life, start_seconds: int) -> None:
    looks = (Call.DESCRIBE, Call.READ)
    undisturbed = replace(
        life,
        execution_input={**life.execution_input, "StartTimeoutSeconds": 400, "PollIntervalSeconds": None},
        status=life.words.stopped,
        start_seconds=start_seconds,
        start_ends_in=life.words.running,
        faults={call: fault if call[0] in looks else Fault.THROTTLED for call, fault in life.faults.items()},
        lasting_faults={},
    )

    execution = LivedExecution(undisturbed)

    assert execution.document["Outcome"] == "Running"
    assert len(execution.world.own_starts) == 1
    assert_promises_kept(execution)


@many
@given(lives(*DEATHS, *NO_ANSWER), UNHEARD)
def test_a_start_keeps_its_promises_if_nobody_hears_what_became_of_it(life: Life, fault: Fault) -> None:
    unheard = replace(life, faults={**life.faults, (Call.START, 0): fault})

    assert_promises_kept(LivedExecution(unheard))


@many
@given(
    lives(), UNHEARD, st.dictionaries(st.sampled_from([Call.DESCRIBE, Call.READ]), st.sampled_from(BLIND), min_size=1)
)
def test_a_start_keeps_its_promises_if_nobody_can_look_what_became_of_it(
    life: Life, fault: Fault, blind: dict[Call, tuple[Fault, int]]
) -> None:
    unseen = replace(life, faults={(Call.START, 0): fault}, lasting_faults=blind)

    assert_promises_kept(LivedExecution(unseen))


@pytest.mark.parametrize("why", [*NO_ANSWER, Fault.DENIED], ids=lambda fault: fault.value)
def test_a_start_whose_step_died_bills_noticed_even_if_its_record_cannot_be_read(why: Fault) -> None:
    life = Life(
        service=REKOGNITION.name,
        execution_input={"ProjectVersionArn": VERSION, "StartTimeoutSeconds": 60},
        status="STOPPED",
        start_seconds=30,
        start_ends_in="RUNNING",
        stop_seconds=5,
        happenings=(),
        faults={(Call.START, 0): Fault.DIES_AFTER},
        lasting_faults={Call.READ: (why, 1)},
        seconds_a_call=0,
    )

    told = LivedExecution(life).document

    assert told["Status"] == ("STARTING" if why is Fault.DENIED else "RUNNING")
    assert told["Outcome"] == ("Failed" if why is Fault.DENIED else "Running")
    assert told["MayBill"] is True


@many
@given(lives(happenings=2), st.integers(0, 90))
def test_a_start_that_it_joins_and_someone_stops_is_left_alone(life: Life, seconds: int) -> None:
    stopped = Happening(seconds, Act.STOP)
    joined = replace(life, status=life.words.starting, happenings=in_order(stopped, *life.happenings))

    assert_promises_kept(LivedExecution(joined))


@many
@given(lives(*Fault))
def test_a_start_keeps_its_promises_whatever_befalls_it(life: Life) -> None:
    assert_promises_kept(LivedExecution(life))
