"""Pairs whose model is to be running by a time, in the plan."""

import json
from typing import Any

import pytest

from plan.command import main
from plan.plan import Plan
from plan.plan_warning import Kind
from tests.unit.plan.planned import BERLIN, pair, plan_of, single, stretches, warned


def ready(by: str = "cron(0 9 ? * MON *)", **more: Any) -> dict[str, Any]:
    """Return a pair that is ready by that time, in Berlin."""
    return {name: value for name, value in pair(**more).items() if name != "start"} | {"ready_by": by}


def moments(plan: Plan) -> list[tuple[str, str]]:
    """Return when each start is requested, and by when its model is to be running, in UTC."""
    occurrences = (event.occurrence for event in plan.models[0].events)
    return [(f"{one.moment:%m-%d %H:%M}", f"{one.ready_by:%m-%d %H:%M}") for one in occurrences if one.ready_by]


def test_it_starts_as_long_before_as_the_settings_say_and_is_paid_from_then_on() -> None:
    plan = plan_of(ready())

    assert moments(plan) == [("11-23 07:35", "11-23 08:00"), ("11-30 07:35", "11-30 08:00")]
    assert stretches(plan)[0] == ("11-23 07:35", "11-23 17:00")


def test_both_moments_are_printed_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--from", "2026-11-22T00:00:00+01:00", "-c", f"schedules={json.dumps([ready()])}"]
    main([*arguments, "-c", "ready_lead_minutes=10", "-c", "watched_services=LookoutVision"])
    printed = capsys.readouterr().out
    main([*arguments, "--json"])

    first, by, stop, *_ = printed.splitlines()[4:]
    assert first == "  Mon 23 Nov 08:50 CET  Mon 07:50  start     weekdays"
    assert by == "  Mon 23 Nov 09:00 CET  Mon 08:00  ready by  weekdays"
    assert stop.endswith("stop      weekdays   9.17  36.67")
    assert "A start whose model is to be ready by a time is shown 10 minutes before that." in printed
    occurrence, *_ = json.loads(capsys.readouterr().out)["Models"][0]["Occurrences"]
    assert (occurrence["Utc"], occurrence["ReadyBy"]) == ("2026-11-23T07:35:00Z", "2026-11-23T08:00:00Z")


@pytest.mark.parametrize(
    ("begin", "by", "moment"),
    [
        pytest.param("2026-03-28T12:00:00+00:00", "cron(30 2 29 3 ? *)", "03-29 01:30", id="a time that is skipped"),
        pytest.param("2026-03-28T12:00:00+00:00", "cron(30 3 29 3 ? *)", "03-29 01:30", id="a time after that"),
        pytest.param("2026-10-24T12:00:00+00:00", "cron(30 2 25 10 ? *)", "10-25 00:30", id="a time that comes twice"),
    ],
)
def test_daylight_saving_makes_no_time_come_never(begin: str, by: str, moment: str) -> None:
    plan = plan_of(ready(by), begin=begin)

    assert [ready_by for _, ready_by in moments(plan)] == [moment]
    assert not warned(plan, Kind.SKIPPED)


def test_a_stop_that_finds_nothing_running_calls_off_what_waits_for_its_time() -> None:
    off = single("off", "cron(30 8 ? * MON *)", action="stop", time_zone=BERLIN)
    plan = plan_of(ready(), off, watched_services=["LookoutVision"])

    assert plan.hours == 0
    called_off, *_ = warned(plan, Kind.CALLED_OFF)
    assert (called_off.schedules, called_off.times) == (("weekdays", "off"), 2)
    assert called_off.message == (
        'the start of "weekdays" on Mon 23 Nov at 08:35 CET will not happen: it waits for its time from Mon 23 Nov at '
        '08:00 CET on, and the stop of "off" on Mon 23 Nov at 08:30 CET, which will find nothing to stop, calls it off'
    )


def test_a_stop_that_stops_an_earlier_run_calls_off_nothing() -> None:
    night = pair("night", start="cron(0 2 ? * MON *)", stop="cron(30 8 ? * MON *)")

    plan = plan_of(night, ready(), watched_services=["LookoutVision"])

    assert stretches(plan)[:2] == [("11-23 01:00", "11-23 07:30"), ("11-23 07:35", "11-23 17:00")]
    assert not warned(plan, Kind.CALLED_OFF)


def test_a_lease_counts_from_the_time_by_which_it_is_ready() -> None:
    plan = plan_of(ready(model={**pair()["model"], "StopAfterSeconds": 3_600}))

    assert stretches(plan)[0] == ("11-23 07:35", "11-23 09:00")


def test_a_time_that_does_not_come_is_said_to_be_later() -> None:
    never, *_ = warned(plan_of(ready("at(2027-03-01T09:00:00)")), Kind.NEVER_FIRES)

    assert never.message.endswith("will not happen in these 14 days, but on Mon 1 Mar 2027 at 09:00 CET")
