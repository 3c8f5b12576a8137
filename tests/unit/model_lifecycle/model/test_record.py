"""What a model's record says about who wants it, and about calls that may be on their way."""

from dataclasses import replace
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from tests.fakes.given import EXECUTION, STOP_EXECUTION, after

ABOUT_TO_START = ModelRecord(asked_by=EXECUTION, asked_at=after(0), status_when_asked="STOPPED")
ABOUT_TO_STOP = ModelRecord(stopping=STOP_EXECUTION, stop_asked_at=after(0))


@pytest.mark.parametrize(("wanted", "later"), [(None, False), (-1, False), (0, False), (1, True)])
def test_whoever_wanted_it_last_came_later_or_not(wanted: int | None, later: bool) -> None:
    record = ModelRecord(wanted_at=None if wanted is None else after(wanted))

    assert record.wanted_since(after(0)) is later


@pytest.mark.parametrize(
    ("more", "by", "status", "seconds", "about_to"),
    [
        pytest.param({}, "another", "STOPPED", 74, True, id="for a minute and a bit"),
        pytest.param({}, "another", "STOPPED", 75, False, id="not for longer"),
        pytest.param({}, EXECUTION, "STOPPED", 1, False, id="not if it asked itself"),
        pytest.param({}, "another", "STARTING", 1, False, id="not once the status has changed"),
        pytest.param({"ran_at": after(1)}, "another", "STOPPED", 2, False, id="not of a model that ran since"),
        pytest.param({"stopped_at": after(1)}, "another", "STOPPED", 2, False, id="nor of one that stopped since"),
        pytest.param({"asked_at": None}, "another", "STOPPED", 1, False, id="not if nobody asked"),
    ],
)
def test_another_start_may_be_on_its_way(
    more: dict[str, Any], by: str, status: str, seconds: int, about_to: bool
) -> None:
    record = replace(ABOUT_TO_START, **more)

    assert record.another_is_about_to_start(by, status=status, now=after(seconds)) is about_to


@pytest.mark.parametrize(
    ("more", "seconds", "about_to"),
    [
        ({}, 74, True),
        ({}, 75, False),
        ({"stopped_at": after(1)}, 2, False),
        ({"stop_asked_at": None}, 1, False),
    ],
)
def test_a_stop_may_be_on_its_way(more: dict[str, Any], seconds: int, about_to: bool) -> None:
    assert replace(ABOUT_TO_STOP, **more).someone_is_about_to_stop(now=after(seconds)) is about_to
