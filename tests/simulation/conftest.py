"""The simulated world runs the machines of the synthesized template."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, settings

from tests.simulation.lived import LivedExecution
from tests.simulation.story import Story
from tests.simulation.world import World
from tests.template.synthesized import made_once

Live: TypeAlias = Callable[[Story], LivedExecution]

_FEW = 5
"""Of so many examples, one is tried outside of the soak."""


def many(examples: int) -> settings:
    """Return the same examples each time, so that nothing fails but by what was changed."""
    soak = settings.get_current_profile_name() == "soak"
    return settings(
        derandomize=True,
        max_examples=examples if soak else examples // _FEW,
        suppress_health_check=[HealthCheck.too_slow],
    )


@pytest.fixture(scope="session")
def bring_about(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Story], World]:
    """Return what makes a world of a story, with the machines that `cdk.json` has deployed as it is."""
    definitions = made_once("default", tmp_path_factory).definitions

    def world(story: Story) -> World:
        return World(story, definitions)

    return world


@pytest.fixture(scope="session")
def live(bring_about: Callable[[Story], World]) -> Live:
    """Return what lives the one execution of a story."""

    def lived(life: Story) -> LivedExecution:
        return LivedExecution(bring_about(life))

    return lived
