"""When a deployed schedule fires: by the clock of its zone, or counted from when it was made."""

from datetime import datetime, timedelta

import pytest

from operations.status.recurring import next_of
from tests.unit.operations.status.seeing import HOUR, NOW, model, schedule

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("expression", "zone", "due"),
    [
        ("cron(0 7 ? * * *)", "UTC", NOW + 19 * HOUR),
        ("cron(0 7 ? * * *)", "Asia/Tokyo", NOW + 10 * HOUR),
        ("rate(7 hours)", "UTC", NOW + 4 * HOUR),
        ("at(2026-01-05T13:00:00)", "UTC", NOW + HOUR),
        ("at(2026-01-05T11:00:00)", "UTC", None),
    ],
)
def test_the_next_firing_is_after_now(expression: str, zone: str, due: datetime | None) -> None:
    assert schedule(model(), "start", expression, zone=zone).next_after(NOW) == due


def test_a_rate_fires_first_when_it_is_made() -> None:
    made = NOW - timedelta(days=1)
    rate = schedule(model(), "start", "rate(1 day)")

    assert (rate.next_after(made - MINUTE), rate.next_after(made)) == (made, NOW)
    assert rate.fired(made + MINUTE)
    assert not rate.fired(made + 5 * MINUTE)


def test_of_several_the_first_to_fire_is_next_of_a_model_or_of_all() -> None:
    one, other = model(), model(name="other")
    late, soon = (
        schedule(one, "start", "cron(0 14 ? * * *)"),
        schedule(other, "start", "cron(0 13 ? * * *)", name="soon"),
    )

    of_all, of_one = next_of([late, soon], "start", NOW), next_of([late, soon], "start", NOW, one.request.model_id)

    assert (of_all and of_all.schedule.name, of_one and of_one.at) == ("soon", NOW + 2 * HOUR)
    assert next_of([late, soon], "stop", NOW) is None
