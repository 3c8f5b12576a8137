"""Two days of a model, with calls of several executions in any order: nothing leaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from tests.simulation.auditor import Auditor, timeline
from tests.simulation.conftest import many
from tests.simulation.story import BEFALLS_ALL, NO_ANSWER, Call, Story, stories
from tests.simulation.world import WARN_AFTER, World


def assert_nothing_leaked(world: World) -> None:
    life, story = world.life, world.story
    auditor = Auditor(WARN_AFTER, written_down=not story.befallen & {Call.READ, Call.WRITE})
    if story.undisturbed:
        # A minute until the stop begins, and a few for its looks and for the calls of others in between.
        in_time = timedelta(minutes=5, seconds=story.start_seconds)
        # A start of a model that failed leaves the stop of the run before it to come in vain.
        in_vain = None if story.fails else timedelta(minutes=2)
        auditor = replace(auditor, stop_comes_within=in_time, disarmed_within=in_vain)
    leaks = auditor.leaks(life)
    assert not leaks, f"{len(leaks)} leaked\n{timeline(life, leaks)}"


@many(250)
@given(stories())
def test_nothing_leaks_whoever_wants_what_of_a_model_at_the_same_time(
    bring_about: Callable[[Story], World], story: Story
) -> None:
    assert_nothing_leaked(bring_about(story))


@many(250)
@given(stories(*NO_ANSWER))
def test_nothing_leaks_whatever_is_not_answered(bring_about: Callable[[Story], World], story: Story) -> None:
    assert_nothing_leaked(bring_about(story))


@many(250)
@given(stories(*BEFALLS_ALL))
def test_nothing_leaks_whatever_befalls_the_calls(bring_about: Callable[[Story], World], story: Story) -> None:
    assert_nothing_leaked(bring_about(story))
