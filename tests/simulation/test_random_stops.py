"""Random lives of a model to be stopped: a stop keeps its promises, whatever happens."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.conftest import Live, many
from tests.simulation.stop_promises import assert_stop_promises_kept
from tests.simulation.story import DEATHS, NO_ANSWER, Befalls, Call, Fault, Story, blindness, stop_lives

UNHEARD = st.sampled_from([Fault.ANSWER_LOST, *DEATHS]).map(lambda fault: Befalls(Call.STOP, fault))


@many(100)
@given(stop_lives())
def test_a_stop_keeps_its_promises_whatever_the_model_and_other_people_do(live: Live, life: Story) -> None:
    assert_stop_promises_kept(live(life))


@many(100)
@given(stop_lives(*NO_ANSWER, happenings=2))
def test_a_stop_keeps_its_promises_whatever_is_not_answered(live: Live, life: Story) -> None:
    assert_stop_promises_kept(live(life))


@many(100)
@given(stop_lives(*NO_ANSWER, happenings=0, conditional=False), st.integers(0, 100))
def test_calls_that_were_not_carried_out_delay_a_stop_and_nothing_else(
    live: Live, life: Story, stop_seconds: int
) -> None:
    execution = live(
        replace(
            life.only_delayed(StopTimeoutSeconds=400, PollIntervalSeconds=None),
            status=life.words.running,
            stop_seconds=stop_seconds,
        )
    )

    assert execution.document["Outcome"] == "Stopped"
    assert execution.document["StartedAgain"] is False
    assert len(execution.own_stops) == 1
    assert execution.told_by_its_state
    assert_stop_promises_kept(execution)


@many(100)
@given(stop_lives(*DEATHS, *NO_ANSWER), UNHEARD)
def test_a_stop_keeps_its_promises_if_nobody_hears_what_became_of_it(live: Live, life: Story, unheard: Befalls) -> None:
    assert_stop_promises_kept(live(replace(life, faults=(unheard, *life.faults))))


@many(100)
@given(stop_lives(conditional=False), UNHEARD, blindness(Call.DESCRIBE, Call.READ, Call.WRITE))
def test_a_stop_keeps_its_promises_if_nobody_can_look_what_became_of_it(
    live: Live, life: Story, unheard: Befalls, blind: list[Befalls]
) -> None:
    assert_stop_promises_kept(live(replace(life, faults=(unheard, *blind))))


@many(100)
@given(stop_lives(*Fault))
def test_a_stop_keeps_its_promises_whatever_befalls_it(live: Live, life: Story) -> None:
    assert_stop_promises_kept(live(life))
