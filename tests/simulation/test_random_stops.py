"""Random lives of a model that is to be stopped: whatever comes when, a stop keeps its promises."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulation.life import DEATHS, NO_ANSWER, Call, Fault, Life, stop_lives
from tests.simulation.lived_stop import LivedStop
from tests.simulation.stop_promises import assert_stop_promises_kept

# The same lives each time, so that nothing fails but by what was changed.
many = settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])

BLIND = [(fault, 1) for fault in (*NO_ANSWER, Fault.DENIED)]
UNHEARD = st.sampled_from([Fault.ANSWER_LOST, *DEATHS])
CONDITIONAL = st.booleans()


@many
@given(CONDITIONAL.flatmap(lambda conditional: stop_lives(conditional=conditional)))
def test_a_stop_keeps_its_promises_whatever_the_model_and_other_people_do(life: Life) -> None:
    assert_stop_promises_kept(LivedStop(life))


@many
@given(CONDITIONAL.flatmap(lambda conditional: stop_lives(*NO_ANSWER, happenings=2, conditional=conditional)))
def test_a_stop_keeps_its_promises_whatever_is_not_answered(life: Life) -> None:
    assert_stop_promises_kept(LivedStop(life))


@many
@given(stop_lives(*NO_ANSWER, happenings=0), st.integers(0, 100))
def test_calls_that_were_not_carried_out_delay_a_stop_and_nothing_else(life: Life, stop_seconds: int) -> None:
    looks = (Call.DESCRIBE, Call.READ)
    undisturbed = replace(
        life,
        execution_input={**life.execution_input, "StopTimeoutSeconds": 400, "PollIntervalSeconds": None},
        status=life.words.running,
        stop_seconds=stop_seconds,
        faults={call: fault if call[0] in looks else Fault.THROTTLED for call, fault in life.faults.items()},
        lasting_faults={},
    )

    execution = LivedStop(undisturbed)

    assert execution.document["Outcome"] == "Stopped"
    assert execution.document["StartedAgain"] is False
    assert len(execution.world.own_stops) == 1
    assert_stop_promises_kept(execution)


@many
@given(
    CONDITIONAL.flatmap(lambda conditional: stop_lives(*DEATHS, *NO_ANSWER, conditional=conditional)),
    UNHEARD,
)
def test_a_stop_keeps_its_promises_if_nobody_hears_what_became_of_it(life: Life, fault: Fault) -> None:
    unheard = replace(life, faults={**life.faults, (Call.STOP, 0): fault})

    assert_stop_promises_kept(LivedStop(unheard))


@many
@given(
    stop_lives(),
    UNHEARD,
    st.dictionaries(st.sampled_from([Call.DESCRIBE, Call.READ, Call.WRITE]), st.sampled_from(BLIND), min_size=1),
)
def test_a_stop_keeps_its_promises_if_nobody_can_look_what_became_of_it(
    life: Life, fault: Fault, blind: dict[Call, tuple[Fault, int]]
) -> None:
    unseen = replace(life, faults={(Call.STOP, 0): fault}, lasting_faults=blind)

    assert_stop_promises_kept(LivedStop(unseen))


@many
@given(CONDITIONAL.flatmap(lambda conditional: stop_lives(*Fault, conditional=conditional)))
def test_a_stop_keeps_its_promises_whatever_befalls_it(life: Life) -> None:
    assert_stop_promises_kept(LivedStop(life))
