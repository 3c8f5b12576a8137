"""Moments in JSON: in UTC, to the millisecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from model_lifecycle.vocabulary.instant import from_instant, to_instant, utcnow


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 1, 5, 9, tzinfo=UTC), "2026-01-05T09:00:00.000Z"),
        (datetime(2026, 1, 5, 9, 0, 0, 1_999, tzinfo=UTC), "2026-01-05T09:00:00.001Z"),
        (datetime(2026, 1, 5, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2026-01-04T23:30:00.000Z"),
    ],
)
def test_a_moment_is_written_in_utc_to_the_millisecond_and_read_again(moment: datetime, written: str) -> None:
    assert to_instant(moment) == written
    assert timedelta(0) <= moment - from_instant(written) < timedelta(milliseconds=1)


def test_now_is_in_utc() -> None:
    assert utcnow().tzinfo is UTC
