"""Two days of many models in the deployed app, each with its own trouble: nothing leaks."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.trouble.leaks_aborts import aborts
from tests.deployed.trouble.leaks_faults import faults
from tests.deployed.trouble.leaks_lives import live
from tests.deployed.trouble.leaks_races import races
from tests.deployed.trouble.leaks_story import Story
from tests.simulation.auditor import Auditor, timeline


@pytest.mark.soak
@pytest.mark.parametrize("tell", [aborts, faults, races], ids=lambda tell: tell.__name__)
def test_nothing_leaks_in_two_days(
    lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch, tell: Callable[[], Iterator[Story]]
) -> None:
    stories = [replace(story, number=number) for number, story in enumerate(tell(), start=1)]

    lives = live(lifecycle, stories, monkeypatch)

    missed = [what for story in stories for what in lives.missed(story)]
    assert not missed, f"this was to happen, and did not: {missed}"
    audited = [(life, Auditor().leaks(life)) for life in map(lives.of, stories)]
    leaked = [timeline(life, leaks) for life, leaks in audited if leaks]
    assert not leaked, "\n".join([f"{len(leaked)} of {len(stories)} models leaked", *leaked])
