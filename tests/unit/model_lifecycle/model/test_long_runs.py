"""Runs of many hours, from the hours of a metric."""

from datetime import UTC, datetime, timedelta

import pytest

from model_lifecycle.model.long_runs import Hour, datapoints
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import usage_of

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def hours(*samples: float) -> list[Hour]:
    """Return the hours before noon that have any, with two inference units."""
    begin = NOON - timedelta(hours=len(samples))
    return [Hour(begin + timedelta(hours=place), 2, number) for place, number in enumerate(samples) if number]


@pytest.mark.parametrize(
    ("samples", "ran"),
    [
        ((60, 60, 60), 180),
        ((60, 59, 58), 180),
        ((58, 60, 59), 178),
        ((50,), 50),
        ((20, 60, 60), 140),
        ((60, 0, 60, 60), 120),
        ((60, 40, 60), 100),
    ],
)
def test_a_run_begins_after_the_latest_hour_that_is_not_whole(samples: tuple[float, ...], ran: int) -> None:
    found = datapoints(hours(*samples), NOON, samples=60)

    usage = usage_of(found, ModelRecord(), until=NOON, units=1)
    assert usage is not None
    assert usage.since == NOON - timedelta(minutes=ran)
    assert usage.unit_hours == pytest.approx(2 * ran / 60)


def test_what_is_known_by_the_minute_is_not_known_by_the_hour_too() -> None:
    assert max(
        point.at for point in datapoints(hours(60, 60), NOON - timedelta(minutes=7), samples=60)
    ) < NOON - timedelta(minutes=7)
    assert datapoints([], NOON, samples=60) == []
