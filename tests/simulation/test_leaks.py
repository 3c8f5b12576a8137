"""Two days of a model, in which calls of several executions come in any order: nothing leaks."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from tests.simulation.leaks_auditor import Auditor, timeline
from tests.simulation.leaks_story import Fault, Story, stories
from tests.simulation.leaks_world import WARN_AFTER, World

# The same stories each time, so that nothing fails but by what was changed.
many = settings(derandomize=True, deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow])


def assert_nothing_leaked(story: Story) -> None:
    life = World(story).life
    auditor = Auditor(WARN_AFTER)
    if story.undisturbed:
        # A minute until the stop begins, and a few for its looks and for the calls of others in between.
        in_time = timedelta(minutes=5, seconds=story.start_seconds)
        auditor = replace(auditor, stop_comes_within=in_time)
    leaks = auditor.leaks(life)
    assert not leaks, f"{len(leaks)} leaked\n{timeline(life, leaks)}"


@many
@given(stories())
def test_nothing_leaks_whoever_wants_what_of_a_model_at_the_same_time(story: Story) -> None:
    assert_nothing_leaked(story)


@many
@given(stories(Fault.THROTTLED, Fault.BROKEN, Fault.ANSWER_LOST))
def test_nothing_leaks_whatever_is_not_answered(story: Story) -> None:
    assert_nothing_leaked(story)


@many
@given(stories(*Fault))
def test_nothing_leaks_whatever_befalls_the_calls(story: Story) -> None:
    assert_nothing_leaked(story)
