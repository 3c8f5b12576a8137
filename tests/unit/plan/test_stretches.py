"""How long the schedules let a model run, and what that costs."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plan.plan import HORIZON, Plan, PlannedModel
from plan.stretches import Effect
from tests.unit.plan.planned import BOARDS, lookout, pair, plan_of, rekognition, single, stretches


def test_a_pair_runs_from_each_start_to_the_next_stop() -> None:
    plan = plan_of(pair())

    assert stretches(plan)[:2] == [("11-23 06:00", "11-23 17:00"), ("11-24 06:00", "11-24 17:00")]
    assert (len(plan.models[0].stretches), plan.hours, plan.usd) == (10, 110.0, 440.0)
    assert not plan.open_ended


def test_a_pair_without_a_time_zone_is_meant_in_utc() -> None:
    utc = {name: value for name, value in pair().items() if name != "time_zone"}

    assert stretches(plan_of(utc))[0] == ("11-23 07:00", "11-23 18:00")


def test_money_is_hours_times_inference_units_times_the_price() -> None:
    plan = plan_of(pair(model={**BOARDS, "MinInferenceUnits": 3}), price=2.5)

    assert plan.usd == pytest.approx(110 * 3 * 2.5)


def test_single_schedules_start_and_stop_each_others_runs() -> None:
    plan = plan_of(
        single("on", "cron(0 8 ? * MON *)"), single("off", "cron(0 9 ? * TUE *)", action="stop"), time_zone="UTC"
    )

    assert stretches(plan) == [("11-23 08:00", "11-24 09:00"), ("11-30 08:00", "12-01 09:00")]


def test_a_start_that_nothing_stops_runs_without_end_from_its_first_time_on() -> None:
    plan = plan_of(single("on", "cron(0 8 ? * MON *)"))

    assert stretches(plan) == [("11-23 08:00", None)]
    assert plan.open_ended
    assert plan.hours == (plan.end - datetime(2026, 11, 23, 8, tzinfo=UTC)) / timedelta(hours=1)


def test_a_run_under_way_at_the_beginning_counts_from_there() -> None:
    plan = plan_of(pair(start="cron(0 20 * * ? *)", stop="cron(0 6 * * ? *)"), begin="2026-11-24T02:00:00+01:00")

    assert stretches(plan)[0] == ("11-23 19:00", "11-24 05:00")
    assert plan.models[0].stretches[0].hours == 4.0
    assert plan.hours == 14 * 10.0


def test_a_run_under_way_at_the_end_counts_up_to_there_and_has_its_real_end() -> None:
    plan = plan_of(pair(start="cron(0 20 ? * FRI *)", stop="cron(0 6 ? * MON *)"), begin="2026-11-24T12:00:00+00:00")

    assert stretches(plan)[-1] == ("12-04 19:00", "12-07 05:00")
    assert plan.models[0].stretches[-1].hours == 58.0
    monthly = plan_of(pair(start="cron(0 20 ? * FRI *)", stop="cron(0 6 5 FEB ? *)"))
    assert stretches(monthly) == [("11-27 19:00", "02-05 05:00")]
    assert not monthly.open_ended


def test_a_lease_ends_a_run() -> None:
    after = plan_of(single("on", "cron(0 8 ? * MON *)", input={**BOARDS, "StopAfterSeconds": 5_400}))
    at = plan_of(
        single("on", "at(2026-11-23T08:00:00)", time_zone="UTC", input={**BOARDS, "StopAt": "2026-11-23T12:00+01:00"})
    )

    assert stretches(after) == [("11-23 08:00", "11-23 09:30"), ("11-30 08:00", "11-30 09:30")]
    assert stretches(at) == [("11-23 08:00", "11-23 11:00")]


def test_the_default_lease_is_for_starts_that_have_none() -> None:
    plan = plan_of(
        single("on", "cron(0 8 ? * MON *)"),
        single("short", "cron(0 8 ? * WED *)", input={**BOARDS, "StopAfterSeconds": 3_600}),
        stop_after=timedelta(hours=2),
    )

    assert stretches(plan)[:2] == [("11-23 08:00", "11-23 10:00"), ("11-25 08:00", "11-25 09:00")]


def test_of_several_leases_the_latest_end_counts() -> None:
    def leased(name: str, expression: str, hours: int) -> dict[str, Any]:
        return single(name, expression, input={**BOARDS, "StopAfterSeconds": hours * 3_600})

    longer = plan_of(leased("a", "cron(0 8 ? * MON *)", 2), leased("b", "cron(0 9 ? * MON *)", 3))
    shorter = plan_of(leased("a", "cron(0 8 ? * MON *)", 5), leased("b", "cron(0 9 ? * MON *)", 1))

    assert stretches(longer)[0] == ("11-23 08:00", "11-23 12:00")
    assert stretches(shorter)[0] == ("11-23 08:00", "11-23 13:00")


def test_a_start_without_a_lease_leaves_one_in_force_and_a_run_without_one_gets_none() -> None:
    leased = {**BOARDS, "StopAfterSeconds": 7_200}

    first = plan_of(single("a", "cron(0 8 ? * MON *)", input=leased), single("b", "cron(0 9 ? * MON *)"))
    second = plan_of(
        single("a", "at(2026-11-23T08:00:00)", time_zone="UTC"), single("b", "cron(0 9 ? * MON *)", input=leased)
    )

    assert stretches(first)[0] == ("11-23 08:00", "11-23 10:00")
    assert stretches(second) == [("11-23 08:00", None)]


def test_a_start_whose_lease_is_over_starts_nothing() -> None:
    plan = plan_of(single("on", "cron(0 8 23,30 11 ? *)", input={**BOARDS, "StopAt": "2026-11-25T00:00:00Z"}))

    assert stretches(plan) == [("11-23 08:00", "11-25 00:00")]
    assert [event.effect for event in plan.models[0].events] == [Effect.STARTS, Effect.LEASE_OVER]


def test_real_hours_count_whatever_the_clocks_do() -> None:
    nights = pair(start="cron(0 20 ? * SAT *)", stop="cron(0 6 ? * SUN *)")

    longer = plan_of(nights, begin="2026-10-20T00:00:00Z").models[0].stretches[0]
    shorter = plan_of(nights, begin="2027-03-24T00:00:00Z").models[0].stretches[0]

    assert (longer.hours, shorter.hours) == (11.0, 9.0)


@pytest.mark.parametrize(
    ("begin", "first"), [("2026-10-25T00:30:00Z", "10-25 00:30"), ("2026-10-25T01:00:00Z", "10-26 01:30")]
)
def test_a_plan_that_begins_between_the_two_times_of_a_start_has_it_the_next_day(begin: str, first: str) -> None:
    plan = plan_of(single("on", "cron(30 2 * * ? *)", time_zone="Europe/Berlin"), begin=begin)

    assert stretches(plan) == [(first, None)]


@pytest.mark.parametrize("zone", [{}, {"time_zone": "Europe/Berlin"}])
def test_a_rate_begins_at_once_where_the_plan_does(zone: dict[str, str]) -> None:
    plan = plan_of(single("on", "rate(5 days)", input={**BOARDS, "StopAfterSeconds": 60}, **zone))

    assert [begin[3:5] for begin, _ in stretches(plan)] == ["21", "26", "01"]


def test_models_are_apart_even_if_their_names_are_alike() -> None:
    plan = plan_of(
        pair("a"), pair("b", model=rekognition("boards")), pair("c", model=lookout("boards", MinInferenceUnits=2))
    )

    assert [(model.model.service, model.hours) for model in plan.models] == [
        ("LookoutVision", 110.0),
        ("Rekognition", 110.0),
    ]


EXPRESSIONS = st.sampled_from(
    [
        "cron(0 7 ? * MON-FRI *)",
        "cron(0 18 ? * MON-FRI *)",
        "cron(30 2 * * ? *)",
        "cron(0 20 * * ? *)",
        "cron(0 0/6 * * ? *)",
        "cron(15 3 ? * SUN *)",
        "cron(0 12 L * ? *)",
        "rate(36 hours)",
        "rate(1 day)",
    ]
)
LEASES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {}, {"StopAfterSeconds": 3_600}, {"StopAfterSeconds": 86_400}, {"StopAt": "2026-10-27T12:00:00+01:00"}]
)
ZONES: st.SearchStrategy[dict[str, str]] = st.sampled_from(
    [{}, {"time_zone": "Europe/Berlin"}, {"time_zone": "Australia/Lord_Howe"}]
)


@st.composite
def schedules(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One to five schedules of two models."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        model = lookout(draw(st.sampled_from(["boards", "bolts"])))
        name, zone, expression = f"s{number}", draw(ZONES), draw(EXPRESSIONS)
        match draw(st.sampled_from(["start", "stop", "pair"])):
            case "start":
                found.append(single(name, expression, input={**model, **draw(LEASES)}, **zone))
            case "stop":
                found.append(single(name, expression, input=model, action="stop", **zone))
            case _:
                stop = draw(EXPRESSIONS)
                assume(stop != expression)
                lease = draw(LEASES)
                found.append({"name": name, "start": expression, "stop": stop, "model": {**model, **lease}, **zone})
    return found


BEGINNINGS = st.integers(0, 24 * 60).map(
    lambda hours: (datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hours)).isoformat()
)


@given(schedules(), BEGINNINGS)
def test_whatever_is_scheduled_the_plan_is_true_to_it(found: list[dict[str, Any]], begin: str) -> None:
    plan = plan_of(*found, begin=begin)

    for model in plan.models:
        assert_stretches_never_overlap_and_lie_within_the_plan(plan, model)
        assert_every_time_that_an_expression_fires_is_an_event_once(plan, model)
        assert_a_start_starts_only_what_does_not_run_and_a_stop_stops_only_what_does(plan, model)
    every = [stretch for model in plan.models for stretch in model.stretches]
    assert plan.hours == pytest.approx(sum((one.until - one.begin).total_seconds() for one in every) / 3_600)
    assert plan.usd == pytest.approx(4.0 * plan.hours)
    assert plan.hours <= len(plan.models) * HORIZON / timedelta(hours=1)


def assert_stretches_never_overlap_and_lie_within_the_plan(plan: Plan, model: PlannedModel) -> None:
    for before, after in pairwise(model.stretches):
        assert before.until <= after.begin
        assert before.stretch.end is not None
    for stretch in model.stretches:
        assert plan.begin <= stretch.begin < stretch.until <= plan.end


def assert_every_time_that_an_expression_fires_is_an_event_once(plan: Plan, model: PlannedModel) -> None:
    seen = Counter((event.occurrence.moment, id(event.occurrence.entry)) for event in model.events)
    assert set(seen.values()) <= {1}
    for entry in model.entries:
        moment = plan.begin - timedelta(microseconds=1)
        fired = set()
        if "Rate" in type(entry.expression).__name__:
            continue
        while (moment := entry.expression.next_after(moment, entry.zone) or plan.end) < plan.end:
            fired.add((moment, id(entry)))
        assert fired == {one for one in seen if one[1] == id(entry)}


def assert_a_start_starts_only_what_does_not_run_and_a_stop_stops_only_what_does(
    plan: Plan, model: PlannedModel
) -> None:
    for event in model.events:
        moment = event.occurrence.moment
        runs_up_to = any(one.stretch.begin < moment <= (one.stretch.end or plan.end) for one in model.stretches)
        if event.effect is Effect.NOTHING_RUNS:
            assert not any(one.stretch.begin < moment < (one.stretch.end or plan.end) for one in model.stretches)
        if event.effect is Effect.STARTS:
            assert any(one.stretch.begin == moment for one in model.stretches)
        if event.effect is Effect.STOPS:
            assert runs_up_to or moment == plan.begin
