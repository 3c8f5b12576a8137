"""Schedules that really fire: in local time and in UTC, again and again and once, and as the plan says."""

import json

import pytest

from plan.command import main
from tests.deployed.schedules.conftest import BEGIN, END, IN_UTC, SCHEDULES, Started, Weekend


def times(started: list[Started], model: str) -> list[tuple[str, str]]:
    """Return the actions on a model with their times in UTC."""
    return [(one.action, f"{one.at:%a %H:%M}") for one in started if one.model == model]


def test_a_pair_starts_and_stops_in_local_time_and_once_where_the_clock_shows_its_time_twice(
    started: list[Started],
) -> None:
    assert times(started, "boards") == [
        ("start", "Sun 00:30"),
        ("stop", "Sun 03:00"),
        ("start", "Mon 01:30"),
        ("stop", "Mon 03:00"),
    ]


def test_a_pair_s_stop_stops_what_its_start_started_and_says_why(started: list[Started]) -> None:
    first, second, *_ = (one for one in started if one.model == "boards")

    assert first.output["Status"] == "HOSTED"
    assert second.output["Status"] == "TRAINED"
    assert second.input["Reason"] == "Stopped by the schedule nightly"
    assert second.input["PollIntervalSeconds"] == 30


def test_schedules_in_utc_and_one_time_schedules_start_and_stop_as_well(started: list[Started]) -> None:
    assert times(started, "parts") == [
        ("start", "Sun 07:00"),
        ("stop", "Sun 09:00"),
        ("start", "Mon 00:15"),
        # The lease.
        ("stop", "Mon 01:15"),
    ]
    assert next(one for one in started if one.model == "parts").input == IN_UTC["input"]
    assert [one.output["Status"] for one in started if one.model == "parts"] == ["RUNNING", "STOPPED"] * 2


def test_make_status_names_the_schedule_that_started_a_model_and_what_comes_next(weekend: Weekend) -> None:
    # What runs until the lease of the other schedule ends was over at 01:15.
    [model] = weekend.in_the_night["Models"]

    assert (model["Project"], model["State"], weekend.in_the_night["TimeZone"]) == (
        "boards",
        "Running",
        "Europe/Berlin",
    )
    assert (model["StartedBy"]["By"], model["StartedBy"]["Name"]) == ("Schedule", "nightly")
    assert (model["Unleased"], model["Lease"]) == (True, None)
    assert [(model[name]["At"][:16], model[name]["Schedule"]) for name in ("NextStop", "NextStart")] == [
        ("2026-10-26T03:00", "nightly"),
        ("2026-10-27T01:30", "nightly"),
    ]
    assert weekend.in_the_night["NotRead"] == []


def test_what_was_planned_is_what_happens(started: list[Started], capsys: pytest.CaptureFixture[str]) -> None:
    main(["-c", f"schedules={json.dumps(SCHEDULES)}", "--from", BEGIN.isoformat(), "--json"])

    plan = json.loads(capsys.readouterr().out)
    planned = set()
    for model in plan["Models"]:
        planned |= {(one["Action"], model["Project"], one["Utc"]) for one in model["Occurrences"]}
        planned |= {("stop", model["Project"], one["Until"]) for one in model["Stretches"] if one["ByLease"]}
    happened = {(one.action, one.model, f"{one.at:%Y-%m-%dT%H:%M:%SZ}") for one in started}
    assert happened == {one for one in planned if one[2] < f"{END:%Y-%m-%dT%H:%M:%SZ}"}
