"""The cost of a model."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from model_lifecycle.endings.money import Money
from model_lifecycle.model.usage import Run, Source


@pytest.mark.parametrize(
    ("until", "zone", "usd"),
    [
        pytest.param("2026-01-31T23:00:00+00:00", "UTC", 2 * 2 * 10 + 1 * 20, id="an hour of the month is left"),
        pytest.param("2026-01-31T23:00:00+00:00", "Europe/Berlin", 40 + 28 * 24 * 20, id="it is February in Berlin"),
        pytest.param("2026-03-01T00:00:00+01:00", "Europe/Berlin", 40 + (31 * 24 - 1) * 20, id="a night is shorter"),
        pytest.param("2026-12-31T12:00:00+00:00", "UTC", 40 + 12 * 20, id="the month is the last one"),
    ],
)
def test_what_a_run_will_have_cost_is_counted_to_the_end_of_the_month_where_its_readers_are(
    until: str, zone: str, usd: float
) -> None:
    now = datetime.fromisoformat(until)
    ran = Run(since=now, until=now, hours=2, inference_unit_hours=4, source=Source.METRIC)

    assert Money(units=2, price=10).by_end_of_month(ran, ZoneInfo(zone)) == usd
