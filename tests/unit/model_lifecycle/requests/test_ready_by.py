"""The moment by which a model is to be running, as people and schedules write it."""

from typing import Any

import pytest

from model_lifecycle.requests.ready_by import moment_of
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.instant import to_instant
from tests.fakes.given import begin, request


def fired(at: str, hours: int = 1, zone: str = "Europe/Berlin") -> dict[str, Any]:
    """Return what a schedule sends that fired then."""
    return {"ScheduledAt": at, "HoursLater": hours, "TimeZone": zone}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-05T10:00:00+01:00", "2026-01-05T09:00"),
        (fired("2026-01-05T07:00:00Z"), "2026-01-05T08:00"),
        pytest.param(fired("2026-03-29T00:30:00Z"), "2026-03-29T01:30", id="02:30 is skipped, and 03:30 instead"),
        pytest.param(fired("2026-03-29T00:30:00Z", 2), "2026-03-29T01:30", id="03:30 is an hour later, not two"),
        pytest.param(fired("2026-10-24T23:30:00Z"), "2026-10-25T00:30", id="02:30 comes twice, and the first counts"),
    ],
)
def test_a_schedule_means_hours_of_the_local_clock(written: Any, moment: str) -> None:
    assert to_instant(moment_of(written)) == f"{moment}:00.000Z"
    assert request(ReadyBy=written).to_json()["ReadyBy"] == f"{moment}:00.000Z"


@pytest.mark.parametrize(
    "wrong",
    [
        "09:00",
        "2026-01-05T09:00:00",
        5,
        {},
        fired("<aws.scheduler.scheduled-time>"),
        fired("2026-01-05T07:00:00Z", 0),
        fired("2026-01-05T07:00:00Z", zone="Europe/Nowhere"),
        fired("2026-01-05T07:00:00Z", zone="../../etc/passwd"),
        {**fired("2026-01-05T07:00:00Z"), "More": 1},
    ],
)
def test_anything_else_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError, match="ReadyBy must be a moment in ISO 8601"):
        request(ReadyBy=wrong)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"ReadyBy": "2026-01-06T05:00:01Z"}, "ReadyBy must be within 20 h of the execution's start"),
        ({"ReadyBy": "2026-01-04T12:59:59Z"}, "ReadyBy must be within 20 h of the execution's start"),
        ({"ReadyBy": "2026-01-05T12:00:00Z", "StopAt": "2026-01-05T12:00:00Z"}, "StopAt must be after ReadyBy"),
    ],
)
def test_no_execution_waits_for_what_it_cannot_see(fields: dict[str, str], why: str) -> None:
    with pytest.raises(InvalidRequestError, match=why):
        begin(**fields).checked()
