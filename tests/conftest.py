"""Hypothesis profiles, and the order of the tests."""

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from local.iam.evaluator import Evaluator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.worlds import Worlds

# Hypothesis mixes constants of all modules that happen to be loaded into its examples: what a derandomized test tries
# would depend on the tests before it.
providers._get_local_constants = lambda: providers._local_constants  # noqa: SLF001

# A machine that is busy with other tests is slow, and no property is broken by that.
settings.register_profile("patient", deadline=None)
settings.register_profile("soak", deadline=None)
settings.load_profile("patient")

# AWS's own validation of each template takes most of the time of a synth; `make check` has it look at all that a
# setting can add.
os.environ.setdefault("CDK_VALIDATION", "false")

COMMANDS, WITH_SETTINGS, DEPLOYED, ITS_OWN, NONE = range(5)
"""The worlds of tests, in the order in which they come: what takes long begins early."""


@pytest.fixture(scope="session")
def evaluator() -> "Iterator[Evaluator]":
    """Yield what judges policies in every world of this process."""
    with closing(Evaluator()) as evaluator:
        yield evaluator


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory, evaluator: Evaluator) -> "Iterator[Worlds]":
    """Yield the local AWS that is open in this process."""
    # Pure tests need not wait until moto is imported.
    from tests.worlds import Worlds

    worlds = Worlds(tmp_path_factory, evaluator)
    yield worlds
    worlds.leave()


@pytest.fixture(autouse=True)
def world(request: pytest.FixtureRequest) -> None:
    """Leave the world of other tests before one that opens a world of its own."""
    if _world_of(request.node)[0] == ITS_OWN:
        request.getfixturevalue("worlds").leave()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of a world follow each other, whatever their order is else: each world is opened once."""
    items.sort(key=_world_of)


def _world_of(item: pytest.Item) -> tuple[int, str]:
    place = item.path.relative_to(item.config.rootpath).parts
    match place[1:3]:
        case ["deployed", "commands"]:
            return COMMANDS, ""
        case ["deployed", ("schedules" | "releases" | "permissions") as settings]:
            return WITH_SETTINGS, settings
        case ["deployed", _]:
            of_settings = hasattr(item, "callspec") and "deployed" in item.callspec.params
            return (WITH_SETTINGS, item.path.name) if of_settings else (DEPLOYED, "")
        case ["local_aws", _]:
            return ITS_OWN, ""
    return NONE, ""
