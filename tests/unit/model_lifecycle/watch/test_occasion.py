"""What makes the watch look."""

from datetime import timedelta
from typing import Any

import pytest

from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.watch.occasion import occasion_of
from tests.fakes.given import after

HOURLY = {"detail-type": "Scheduled Event", "time": "2026-01-05T09:00:00Z"}


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=8)])
def test_however_often_an_hour_s_event_comes_it_is_one_look(late: timedelta) -> None:
    assert occasion_of(HOURLY, now=after(0) + late) == HOURLY["time"]


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        "x",
        {"time": "2026-01-05T09:00:00Z"},
        {**HOURLY, "time": "1970-01-01T00:00:00Z"},
        {**HOURLY, "time": "0001-01-01T00:00:00+14:00"},
        {**HOURLY, "time": "noon"},
        {**HOURLY, "time": 9},
    ],
    ids=str,
)
def test_anything_else_is_a_look_now(event: Any) -> None:
    assert occasion_of(event, now=after(5)) == to_instant(after(5))
