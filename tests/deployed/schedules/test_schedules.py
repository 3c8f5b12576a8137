"""Schedules that really fire: in local time and in UTC, again and again and once, and as the plan says."""

import json

import pytest

from plan.command import main
from tests.deployed.schedules.conftest import BEGIN, END, IN_UTC, SCHEDULES, SECOND_DAY, USUAL, Started, Weekend


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
    model, _ = sorted(weekend.in_the_night["Models"], key=lambda each: str(each["Project"]))

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


def test_a_model_that_is_to_be_ready_is_asked_for_as_early_as_is_known_of_it(started: list[Started]) -> None:
    of_shop = [one for one in started if one.model == "shop"]

    # First as the settings say, then as long before as the longest of three starts took.
    assert times(of_shop, "shop") == [
        ("start", "Sun 02:05"),
        ("stop", "Sun 04:00"),
        ("start", "Mon 02:18"),
        ("stop", "Mon 04:00"),
    ]
    outputs = [one.output for one in of_shop if one.action == "start"]
    assert [output["ReadyBy"] for output in outputs] == ["2026-10-25T02:30:00.000Z", "2026-10-26T02:30:00.000Z"]
    assert [round(output["LateSeconds"] / 60) for output in outputs] == [-14, -1]
    assert outputs[1]["UsualStart"] == {"LeastSeconds": min(USUAL), "MostSeconds": max(USUAL), "Starts": 3}


def test_make_status_says_what_a_start_waits_for_and_what_is_ready_next(weekend: Weekend) -> None:
    _, shop = sorted(weekend.in_the_night["Models"], key=lambda each: str(each["Project"]))

    assert (shop["Project"], shop["State"], shop["StartedBy"]["Name"]) == ("shop", "Waiting", "shop")
    assert [shop[name][:16] for name in ("ReadyBy", "AsksFrom", "WaitsUntil")] == [
        "2026-10-26T02:30",
        "2026-10-26T02:18",
        "2026-10-26T03:30",
    ]
    assert (shop["NextStart"]["At"][:16], shop["NextStart"]["ReadyBy"][:16]) == ("2026-10-27T00:30", "2026-10-27T02:30")


def test_what_was_planned_is_what_happens(started: list[Started], capsys: pytest.CaptureFixture[str]) -> None:
    main(["-c", f"schedules={json.dumps(SCHEDULES)}", "--from", BEGIN.isoformat(), "--json"])

    plan = json.loads(capsys.readouterr().out)
    planned = set()
    for model in plan["Models"]:
        planned |= {(one["Action"], model["Project"], one["Utc"]) for one in model["Occurrences"]}
        planned |= {("stop", model["Project"], one["Until"]) for one in model["Stretches"] if one["ByLease"]}
    # The plan knows nothing of what was learned on the second day.
    known = [one for one in started if (one.action, one.model) != ("start", "shop") or one.at < SECOND_DAY]
    planned -= {("start", "shop", "2026-10-26T02:05:00Z")}
    happened = {(one.action, one.model, f"{one.at:%Y-%m-%dT%H:%M:%SZ}") for one in known}
    assert happened == {one for one in planned if one[2] < f"{END:%Y-%m-%dT%H:%M:%SZ}"}
