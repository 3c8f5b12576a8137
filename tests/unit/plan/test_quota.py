"""The plan's warnings about starts that the account's default quotas delay or refuse."""

from datetime import timedelta
from typing import Any

import pytest

from plan.plan_warning import Kind
from plan.warnings import warnings_of
from tests.unit.plan.planned import BOARDS, lookout, only_warning, pair, plan_of, rekognition, single, warned

FIRST = pair("first", model=lookout("a"), start="cron(0 7 ? * MON *)", stop="cron(0 18 ? * MON *)")
LONG = pair("long", model=lookout("b"), start="cron(0 8 ? * MON *)", stop="cron(0 20 ? * MON *)")


def next_start(expression: str, **options: Any) -> dict[str, Any]:
    """Return the start of a third model, which its lease will stop."""
    return single("next", expression, time_zone="Europe/Berlin", input=lookout("c", StopAfterSeconds=60, **options))


@pytest.mark.parametrize(("models", "third"), [(["a", "b", "c"], True), (["a", "b"], False), (["a", "b", "b"], False)])
def test_a_third_model_of_one_service_at_a_time_is_one_too_many(models: list[str], third: bool) -> None:
    for of in (lookout, rekognition):
        plan = plan_of(*(pair(f"s{number}", model=of(name)) for number, name in enumerate(models)))

        crowded = warned(plan, Kind.TOO_MANY_MODELS)

        assert [warning.times for warning in crowded] == ([10] if third else [])


def test_a_start_before_the_plan_is_not_warned_of() -> None:
    three = [pair(f"s{number}", model=lookout(name)) for number, name in enumerate("abc")]

    [crowded] = warned(plan_of(*three, begin="2026-11-23T12:00:00+01:00"), Kind.TOO_MANY_MODELS)

    assert "on Tue 24 Nov at 07:00 CET" in crowded.message


def test_each_service_has_its_own_quota() -> None:
    both = [pair("a", model=lookout("a")), pair("b", model=lookout("b")), pair("c", model=rekognition("c"))]

    assert warnings_of(plan_of(*both)) == []


def test_a_start_that_gets_no_place_in_time_is_said_to_fail() -> None:
    assert only_warning(plan_of(FIRST, LONG, next_start("cron(0 12 ? * MON *)"))).message == (
        'the start of "next" on Mon 23 Nov at 12:00 CET comes while a 1 and b 1 are running: by default, an account '
        "may run 2 LookoutVision models at a time. No place will be free in time: it will wait for 60 minutes, then "
        "fail with QuotaExceededError. Start it at another time, or request a higher quota in Service Quotas"
    )


@pytest.mark.parametrize("settings", [{"start_timeout": 7 * 3_600}, {"StartTimeoutSeconds": 7 * 3_600}])
def test_a_start_that_gets_a_place_later_is_said_to_wait_until_then(settings: dict[str, int]) -> None:
    start_timeout = settings.pop("start_timeout", 60)
    plan = plan_of(FIRST, LONG, next_start("cron(0 12 ? * MON *)", **settings), start_timeout=start_timeout)

    assert ". It will wait until a place is free, after Mon 23 Nov at 18:00 CET. Start" in only_warning(plan).message


def test_a_handover_at_full_quota_makes_the_start_late() -> None:
    warning = only_warning(plan_of(FIRST, LONG, next_start("cron(0 18 ? * MON *)", StartTimeoutSeconds=600)))

    assert warning.message == (
        'the start of "next" on Mon 23 Nov at 18:00 CET comes at the same moment as the stop of "first": by default, '
        "an account may run 2 LookoutVision models at a time, and a 1 counts until it has stopped. The start will wait "
        "until then (you will be notified once, with the outcome Waiting), so c 1 will start late, usually by a few "
        "minutes, and by 10 minutes at most. If that takes longer than 10 minutes, the start fails with "
        "QuotaExceededError. To start on time, stop a 1 at least 10 minutes earlier, or request a higher quota in "
        "Service Quotas"
    )
    assert (warning.kind, warning.schedules, warning.times) == (Kind.HANDOVER, ("next", "first"), 2)
    assert (warning.waits, warning.behind) == (timedelta(minutes=10), ())
    assert warning.models == ("LookoutVision c 1", "LookoutVision a 1")


@pytest.mark.parametrize(
    ("schedules", "said"),
    [
        ([FIRST, LONG, next_start("cron(5 18 ? * MON *)")], 'comes only 5 minutes after the stop of "first":'),
        (
            [
                LONG,
                single("leased", "cron(0 10 ? * MON *)", input=lookout("a", StopAfterSeconds=3_600)),
                next_start("cron(0 12 ? * MON *)"),
            ],
            'comes at the same moment as the end of "leased"\'s lease:',
        ),
        (
            [FIRST, LONG | {"stop": FIRST["stop"]}, next_start("cron(0 18 ? * MON *)")],
            "comes at the same moment as the stop of ",
        ),
    ],
)
def test_a_handover_may_be_close_by_a_lease_or_of_several(schedules: list[dict[str, Any]], said: str) -> None:
    assert said in only_warning(plan_of(*schedules)).message


def test_starts_at_a_handover_wait_in_the_order_in_which_they_come() -> None:
    """At most two of four models run at a time: the first two stop at six, and three more are to start."""
    both = [FIRST, LONG | {"stop": FIRST["stop"]}]
    starts = [
        single(name, f"cron({minute} 17 ? * MON *)", input=lookout(name, StopAfterSeconds=6 * 3_600))
        for name, minute in (("c", 0), ("d", 1), ("e", 2))
    ]

    of = {warning.schedules[0]: warning for warning in warnings_of(plan_of(*both, *starts))}

    waits = {
        name: (warning.waits and warning.waits / timedelta(minutes=1), warning.behind) for name, warning in of.items()
    }
    assert waits == {
        "c": (10.0, ()),
        "d": (9.0, ("LookoutVision c 1",)),
        "e": (None, ("LookoutVision c 1", "LookoutVision d 1")),
    }
    assert "The start will wait until then behind c 1 (you will be notified once" in of["d"].message
    assert "No place will be free in time" in of["e"].message


def test_a_start_that_waits_for_hours_waits_behind_those_before_it() -> None:
    starts = [
        single(name, f"cron({minute} 12 ? * MON *)", input=lookout(name, StopAfterSeconds=8 * 3_600))
        for name, minute in (("c", 0), ("d", 1))
    ]

    plan = plan_of(FIRST, LONG, *starts, start_timeout=10 * 3_600)
    crowded = {warning.schedules[0]: warning.message for warning in warned(plan, Kind.TOO_MANY_MODELS)}

    assert ". It will wait until a place is free, after Mon 23 Nov at 18:00 CET. Start" in crowded["c"]
    assert ". It will wait behind c 1 until a place is free, after Mon 23 Nov at 20:00 CET. Start" in crowded["d"]


@pytest.mark.parametrize(
    "schedules",
    [
        [FIRST, LONG, next_start("cron(10 18 ? * MON *)")],
        [FIRST, next_start("cron(0 18 ? * MON *)")],
        [FIRST, LONG | {"model": rekognition("b")}, next_start("cron(0 18 ? * MON *)")],
    ],
)
def test_a_start_with_a_free_place_is_no_handover(schedules: list[dict[str, Any]]) -> None:
    assert warnings_of(plan_of(*schedules)) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"MinInferenceUnits": 50}, "MinInferenceUnits 50"),
        ({"MinInferenceUnits": 2, "MaxInferenceUnits": 6}, "MaxInferenceUnits 6"),
        (
            {"MinInferenceUnits": 1_000, "MaxInferenceUnits": 1_000},
            "MinInferenceUnits 1,000 and MaxInferenceUnits 1,000",
        ),
    ],
)
def test_more_inference_units_than_the_default_quota_are_named(asked: dict[str, int], said: str) -> None:
    plan = plan_of(pair(model={**BOARDS, **asked}), start_timeout=1_800)

    [warning] = warned(plan, Kind.TOO_MANY_UNITS)
    assert warning.message == (
        f'the start of "weekdays" has {said}: by default, an account may use 5 inference units for a model. Unless '
        "your quota is higher, AWS will refuse the start: it will wait for 30 minutes, then fail with "
        "QuotaExceededError. Ask for 5 at most, or request a higher quota in Service Quotas"
    )


def test_units_that_only_a_second_start_asks_for_are_named_too() -> None:
    other = single("other", "cron(0 8 ? * MON *)", input={**BOARDS, "MinInferenceUnits": 6})

    plan = plan_of(pair(), other)

    assert [warning.schedules for warning in warned(plan, Kind.TOO_MANY_UNITS)] == [("other",)]
    assert warned(plan, Kind.RUNS_ALREADY)[0].message.endswith("it keeps 1 inference unit and does not get 6")


def test_as_many_units_as_the_default_quota_are_fine() -> None:
    assert warnings_of(plan_of(pair(model={**BOARDS, "MinInferenceUnits": 5, "MaxInferenceUnits": 5}))) == []
