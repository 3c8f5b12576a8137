"""The plan's warnings about schedules that do not do what they seem to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plan.plan_warning import Kind
from plan.stretches import Effect
from plan.warnings import warnings_of
from tests.unit.plan.planned import BERLIN, BOARDS, lookout, only_warning, pair, plan_of, single, warned

AUTUMN, SPRING = "2026-10-20T00:00:00Z", "2027-03-22T00:00:00Z"
"""Berlin's clocks go back on Sunday 2026-10-25 at 03:00, and forward on Sunday 2027-03-28 at 02:00."""


def test_schedules_that_do_what_they_say_get_no_warning() -> None:
    assert warnings_of(plan_of(pair())) == []
    assert warnings_of(plan_of(pair(model={**BOARDS, "StopAfterSeconds": 12 * 3_600}))) == []
    overnight = pair(start="cron(0 20 ? * MON-THU *)", stop="cron(0 6 ? * TUE-FRI *)")
    assert warnings_of(plan_of(overnight)) == []


def test_a_single_stop_may_stop_what_a_single_start_started() -> None:
    on = single("on", "cron(0 8 ? * MON *)")
    assert warnings_of(plan_of(on, single("off", "cron(0 9 ? * MON *)", action="stop"))) == []


def test_a_start_at_a_local_time_that_is_skipped_does_not_happen() -> None:
    plan = plan_of(pair(start="cron(30 2 * * ? *)", stop="cron(0 1 * * ? *)"), begin=SPRING)

    [warning] = warned(plan, Kind.SKIPPED)
    assert warning.message == (
        'the start of "weekdays" on Sun 28 Mar will not happen: '
        "clocks in Europe/Berlin go forward that day and skip 02:30"
    )
    assert (warning.schedules, warning.action, warning.times) == (("weekdays",), "start", 1)
    assert (28, 2) not in {
        (local.day, local.hour)
        for event in plan.models[0].events
        for local in [event.occurrence.moment.astimezone(event.occurrence.entry.shown_in)]
    }


def test_a_stop_at_a_local_time_that_is_skipped_lets_the_model_run_on() -> None:
    plan = plan_of(pair(start="cron(0 1 * * ? *)", stop="cron(30 2 * * ? *)"), begin=SPRING)

    assert [warning.action for warning in warned(plan, Kind.SKIPPED)] == ["stop"]
    assert [warning.at for warning in warned(plan, Kind.RUNS_ALREADY)] == [datetime(2027, 3, 28, 23, 0, tzinfo=UTC)]
    # Of the night at the end, one hour lies within the plan.
    assert plan.hours == 12 * 1.5 + 24.5 + 1


def test_a_local_time_that_comes_twice_happens_once() -> None:
    plan = plan_of(pair(start="cron(30 2 * * ? *)", stop="cron(0 4 * * ? *)"), begin=AUTUMN)

    [warning] = warned(plan, Kind.DOUBLED)
    assert warning.message == (
        'the start of "weekdays" on Sun 25 Oct will happen once, at 00:30 UTC: '
        "clocks in Europe/Berlin go back that day and show 02:30 twice"
    )
    assert warning.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("begin", "hours"), [(AUTUMN, "11.00 hours"), (SPRING, "9.00 hours")])
def test_a_stretch_with_a_change_of_clocks_is_told_with_its_real_hours(begin: str, hours: str) -> None:
    plan = plan_of(pair(start="cron(0 20 ? * SAT *)", stop="cron(0 6 ? * SUN *)"), begin=begin)

    assert hours in only_warning(plan).message
    assert "not 10.00: clocks change in between" in only_warning(plan).message


def test_a_schedule_in_utc_moves_by_the_clocks_of_the_time_zone() -> None:
    utc = {"name": "utc", "start": "cron(0 7 * * ? *)", "stop": "cron(0 9 * * ? *)", "model": BOARDS}

    moved = warned(plan_of(utc, begin=AUTUMN), Kind.MEANT_IN_UTC)

    assert [warning.action for warning in moved] == ["start", "stop"]
    assert moved[0].message == (
        'the start of "utc" is in UTC, so its local time in Europe/Berlin will shift on Sun 25 Oct at 08:00 CET, '
        'when clocks change. To prevent that, give the schedule a "time_zone"'
    )
    assert warnings_of(plan_of(utc, begin=AUTUMN, time_zone="UTC")) == []


@pytest.mark.parametrize(
    "starts", [[], [single("on", "cron(0 8 ? * MON *)", input={**BOARDS, "StopAfterSeconds": 60})]]
)
def test_a_stop_without_a_start_of_its_own_is_there_for_what_people_start(starts: list[dict[str, Any]]) -> None:
    plan = plan_of(single("off", "cron(0 18 * * ? *)", action="stop", time_zone=BERLIN), *starts)

    assert len([event for event in plan.models[0].events if event.effect is Effect.NOTHING_RUNS]) == 14
    assert warnings_of(plan) == []


def test_a_pair_s_stop_before_its_start_has_nothing_to_stop() -> None:
    warning = warned(plan_of(pair(start="cron(0 8 27 11 ? *)", stop="cron(0 18 26,27 11 ? *)")), Kind.NOTHING_TO_STOP)[
        0
    ]

    assert warning.message == (
        'the stop of "weekdays" on Thu 26 Nov at 18:00 CET will find nothing to stop: boards 1 will not be running'
    )
    assert warning.times == 1


def test_a_stop_after_the_lease_has_ended_is_told_that() -> None:
    warning = only_warning(plan_of(pair(model={**BOARDS, "StopAfterSeconds": 3_600})))

    assert warning.message.endswith(
        'will find nothing to stop: the lease of "weekdays" will have ended on Mon 23 Nov at 08:00 CET'
    )
    assert warning.times == 10


def test_a_start_that_nothing_stops_is_told_with_its_price() -> None:
    plan = plan_of(single("on", "at(2026-11-23T08:00:00)", time_zone=BERLIN, input={**BOARDS, "MinInferenceUnits": 2}))

    warning = only_warning(plan)
    assert warning.kind is Kind.RUNS_WITHOUT_END
    assert warning.message == (
        'nothing stops boards 1 after the start of "on" on Mon 23 Nov at 08:00 CET: '
        "it will run on after these 14 days, at 8.00 USD an hour"
    )


def test_a_start_of_a_model_that_runs_by_another_schedule_changes_nothing() -> None:
    other = pair("other", start="cron(0 8 ? * MON *)", stop="cron(0 20 ? * MON *)")
    plan = plan_of(pair(), {**other, "model": {**BOARDS, "MinInferenceUnits": 2}})

    [already] = warned(plan, Kind.RUNS_ALREADY)
    assert already.message == (
        'the start of "other" on Mon 23 Nov at 08:00 CET will find boards 1 already running, '
        'started on Mon 23 Nov at 07:00 CET by "weekdays": it keeps 1 inference unit and does not get 2'
    )
    assert (already.schedules, already.times) == (("other", "weekdays"), 2)


def test_a_start_that_moves_the_lease_of_a_run_says_to_when() -> None:
    def leased(name: str, expression: str, hours: int) -> list[str]:
        first = single("a", "cron(0 8 ? * MON *)", input={**BOARDS, "StopAfterSeconds": 4 * 3_600})
        more = {"StopAfterSeconds": hours * 3_600} if hours else {}
        plan = plan_of(first, single(name, expression, input={**BOARDS, **more}), time_zone="UTC")
        return [warning.message.rpartition(": ")[2] for warning in warned(plan, Kind.RUNS_ALREADY)]

    assert leased("b", "cron(0 9 ? * MON *)", 5) == ["its lease will be extended to Mon 23 Nov at 14:00 UTC"]
    assert leased("b", "cron(0 9 ? * MON *)", 1) == ["its lease will still end on Mon 23 Nov at 12:00 UTC"]
    assert leased("b", "cron(0 9 ? * MON *)", 0) == ["its lease will still end on Mon 23 Nov at 12:00 UTC"]


def test_a_leased_start_of_a_model_wanted_without_end_is_told_that_it_gets_no_lease() -> None:
    plan = plan_of(
        single("on", "at(2026-11-23T08:00:00)", time_zone="UTC"),
        single("leased", "cron(0 9 ? * MON *)", input={**BOARDS, "StopAfterSeconds": 60}),
    )

    [already] = warned(plan, Kind.RUNS_ALREADY)
    assert already.message.endswith("it was started without a lease, so it gets none")


def test_a_stop_that_cuts_the_run_of_another_schedule_is_told() -> None:
    other = pair("other", start="cron(0 8 ? * MON *)", stop="cron(0 10 ? * MON *)")

    plan = plan_of(pair(), other)

    [cut] = warned(plan, Kind.STOPS_ANOTHER_RUN)
    assert cut.message == (
        'the stop of "other" on Mon 23 Nov at 10:00 CET will stop boards 1, '
        'which was started on Mon 23 Nov at 07:00 CET by "weekdays"'
    )
    assert [warning.schedules for warning in warned(plan, Kind.NOTHING_TO_STOP)] == [("weekdays",)]


def test_a_start_whose_stop_at_is_past_does_not_start() -> None:
    plan = plan_of(single("on", "cron(0 8 ? * MON *)", input={**BOARDS, "StopAt": "2026-11-20T00:00:00Z"}))

    warning = only_warning(plan)
    assert (warning.kind, warning.times) == (Kind.LEASE_OVER, 2)
    assert plan.hours == 0


def test_a_stop_and_a_start_at_one_moment_are_not_certain() -> None:
    one = pair("one", start="cron(0 7 ? * MON *)", stop="cron(0 9 ? * MON *)")
    two = pair("two", start="cron(0 9 ? * MON *)", stop="cron(0 11 ? * MON *)")
    leased = single("day", "cron(0 6 * * ? *)", input={**BOARDS, "StopAfterSeconds": 86_400})

    assert only_warning(plan_of(one, two)).message == (
        'the stop of "one" and the start of "two" are due at the same moment, Mon 23 Nov at 09:00 CET, and either may '
        "come first. If the start does, it changes nothing, and boards 1 will stay stopped; "
        "otherwise boards 1 will be stopped, then started again. Leave a few minutes between them"
    )
    [lease] = warned(plan_of(leased), Kind.SAME_MOMENT)
    assert lease.message.startswith('the end of "day"\'s lease and the start of "day" are due at the same moment, ')
    assert "If the start does, boards 1 will run on; " in lease.message
    assert lease.times == 14


@pytest.mark.parametrize(
    ("expression", "when"),
    [
        ("at(2026-11-20T08:00:00)", "nor later"),
        ("cron(0 0 30 2 ? *)", "nor later"),
        ("cron(0 8 24 12 ? *)", "but on Thu 24 Dec 2026 at 08:00 CET"),
    ],
)
def test_an_expression_that_does_not_fire_in_the_plan_is_told_with_its_next_time(expression: str, when: str) -> None:
    warning = only_warning(plan_of(single("rare", expression, time_zone=BERLIN)))

    assert warning.message == f'the start of "rare" will not happen in these 14 days, {when}'


def test_both_ends_of_a_pair_are_told_if_neither_fires() -> None:
    plan = plan_of(pair(start="cron(0 8 24 12 ? *)", stop="cron(0 9 24 12 ? *)"))

    assert [warning.action for warning in warned(plan, Kind.NEVER_FIRES)] == ["start", "stop"]


def test_a_rate_counts_from_a_deploy_that_is_yet_to_come() -> None:
    leased = single("on", "rate(5 days)", input={**BOARDS, "StopAfterSeconds": 60})

    assert only_warning(plan_of(leased)).kind is Kind.COUNTED_FROM_DEPLOY


def test_a_run_under_way_at_the_beginning_is_a_guess() -> None:
    plan = plan_of(pair(), begin="2026-11-24T12:00:00Z")

    assert only_warning(plan).message == (
        'boards 1 is assumed to be running since Tue 24 Nov at 07:00 CET, started by "weekdays": '
        "only its hours within the plan are counted"
    )


def test_a_model_that_may_grow_may_cost_more() -> None:
    plan = plan_of(pair(model={**BOARDS, "MinInferenceUnits": 2, "MaxInferenceUnits": 4}), price=2.5)

    assert only_warning(plan).message == (
        'the start of "weekdays" lets boards 1 scale up to 4 inference units, at 10.00 USD an hour. '
        "The costs above are those of 2"
    )


def test_the_costliest_warnings_come_first() -> None:
    plan = plan_of(single("on", "cron(0 8 ? * MON *)"), single("rare", "cron(0 8 24 12 ? *)", input=lookout("bolts")))

    assert [warning.kind for warning in warnings_of(plan)] == [
        Kind.RUNS_WITHOUT_END,
        Kind.NEVER_FIRES,
        Kind.RUNS_ALREADY,
    ]


def test_the_default_lease_ends_runs_too() -> None:
    plan = plan_of(single("on", "cron(0 8 ? * MON *)"), stop_after=timedelta(hours=2))

    assert warnings_of(plan) == []
    assert plan.hours == 4.0


def test_a_run_that_the_watch_will_stop_is_told() -> None:
    week = {"start": "cron(0 7 ? * MON *)", "stop": "cron(0 18 ? * FRI *)"}
    lease = {**BOARDS, "StopAfterSeconds": 5 * 86_400}

    warning = only_warning(plan_of(pair(**week), unleased_limit=timedelta(hours=48)))

    assert warning.message == (
        '48 hours after the start of "weekdays" on Mon 23 Nov at 07:00 CET, the watch will stop boards 1: this run has '
        "no lease, and stop_after_hours_unleased is 48. The hours and costs above do not account for that"
    )
    assert (warning.kind, warning.times) == (Kind.STOPPED_BY_WATCH, 2)
    assert warnings_of(plan_of(pair(**week))) == []
    assert warnings_of(plan_of(pair(), unleased_limit=timedelta(hours=11))) == []
    assert not warned(plan_of(pair(**week, model=lease), unleased_limit=timedelta(hours=48)), Kind.STOPPED_BY_WATCH)


def test_a_service_that_is_not_watched_is_named_once_and_the_watch_stops_nothing_of_it() -> None:
    week = {"start": "cron(0 7 ? * MON *)", "stop": "cron(0 7 ? * FRI *)"}
    schedules = (pair("one", **week), pair("other", **week, model=lookout("bolts")))

    plan = plan_of(*schedules, unleased_limit=timedelta(hours=48), watched_services=["Rekognition"])

    assert not warned(plan, Kind.STOPPED_BY_WATCH)
    [warning] = warned(plan, Kind.NOT_WATCHED)
    assert warning.message.startswith("the watch does not look at LookoutVision models: ")
    assert warning.schedules == ("one", "other")
    assert not warned(plan_of(*schedules, watched_services=["LookoutVision"]), Kind.NOT_WATCHED)


OFFSET = "all year, without daylight saving time"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (
            "EST",
            f"UTC-05:00 {OFFSET}. If you mean a place, name it, such as America/New_York",
        ),
        (
            "MST",
            f"UTC-07:00 {OFFSET}. If you mean a place, name it, such as America/Denver",
        ),
        (
            "HST",
            f"UTC-10:00 {OFFSET}. If you mean a place, name it, such as Pacific/Honolulu",
        ),
        (
            "Etc/GMT+5",
            f"UTC-05:00 {OFFSET}: the sign in its name is reversed. For UTC+05:00, use Etc/GMT-5",
        ),
    ],
)
def test_a_time_zone_that_is_an_offset_all_year_is_said_to_be_one(zone: str, said: str) -> None:
    of_setting, of_schedule = warned(plan_of(pair(time_zone=zone), time_zone=zone), Kind.FIXED_OFFSET)

    assert of_setting.message == f"the setting time_zone is {zone}, which is {said}"
    assert of_schedule.message == f'the time_zone of "weekdays" is {zone}, which is {said}'
    assert (of_schedule.schedules, of_schedule.times) == (("weekdays",), 1)


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "GMT", "America/Phoenix", "EST5EDT", BERLIN])
def test_other_time_zones_are_what_people_take_them_for(zone: str) -> None:
    assert not warned(plan_of(pair(time_zone=zone), time_zone=zone), Kind.FIXED_OFFSET)
