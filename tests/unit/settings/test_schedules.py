"""The schedules of the settings: one execution again and again, or a model that is started and stopped."""

from typing import Any

import pytest

from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.stop_request import parse_stop_request
from settings.schedules import ScheduledExecution
from tests.unit.settings.given import MORNING, PROJECT, VERSION, refusal, settings

PAIR: dict[str, Any] = {
    "name": "weekdays",
    "time_zone": "Europe/Berlin",
    "start": "cron(0 7 ? * MON-FRI *)",
    "stop": "cron(0 18 ? * MON-FRI *)",
    "model": {
        "ProjectVersionArn": VERSION,
        "MinInferenceUnits": 2,
        "StopTimeoutSeconds": 600,
        "PollIntervalSeconds": 5,
    },
}


def executions(*schedules: dict[str, Any]) -> list[ScheduledExecution]:
    """Return what the schedules start."""
    return [
        execution for schedule in settings(schedules=list(schedules)).schedules for execution in schedule.executions
    ]


BAD_ACTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "1 to 40 letters"),
    ({"name": "every morning"}, "name", "1 to 40 letters"),
    ({"name": "m" * 41}, "name", "1 to 40 letters"),
    ({"name": "m\n"}, "name", "1 to 40 letters"),
    ({"name": 5}, "name", "1 to 40 letters"),
    ({"expression": "every day"}, "expression", "it must be cron(minutes"),
    ({"expression": "cron(0 7 * * * *)"}, "expression", 'must be "?"'),
    ({"expression": 5}, "expression", '"cron(...)", "rate(...)" or "at('),
    ({"input": None}, "input", "is missing: it must be the execution input"),
    ({"expression": None}, "expression", "is missing"),
    (
        {"model": {"ProjectVersionArn": VERSION}},
        "expression",
        "does not belong here: a schedule is an object with name, expression and input, or",
    ),
    ({"input": {}}, "input", "no model is named"),
    ({"input": {"ProjectVersionArn": "x"}}, "input", "ProjectVersionArn must be"),
    ({"input": {"ProjectVersionArn": VERSION, "MinInferenceUnits": "1"}}, "input", "MinInferenceUnits must be"),
    ({"zone": "UTC"}, "zone", "is not a field of a schedule"),
    ({"cron": "0 7 ? * MON *"}, "cron", "it must be one of name, time_zone, action, expression, input"),
    ({"expresion": "rate(1 day)"}, "expresion", "did you mean expression?"),
    ({"action": "restart"}, "action", "start or stop"),
    ({"action": True}, "action", "start or stop"),
    (
        {"action": "stop", "input": {"ProjectVersionArn": VERSION, "MinInferenceUnits": 1}},
        "input",
        '"MinInferenceUnits" is unknown',
    ),
]
BAD_PAIRS: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "every morning"}, "name", "1 to 40 letters"),
    ({"start": "every day"}, "start", "or at(yyyy-mm-ddThh:mm:ss)"),
    ({"start": None}, "start", 'is missing: it must be "cron(...)", "rate(...)" or "at('),
    ({"stop": "cron(0 25 ? * MON *)"}, "stop", "hours must be within 0-23, got '25'."),
    ({"stop": PAIR["start"]}, "stop", "must be another time than start"),
    ({"time_zone": "Berlin"}, "time_zone", "Did you mean Europe/Berlin?"),
    ({"time_zone": "europe/berlin"}, "time_zone", "Did you mean Europe/Berlin?"),
    ({"time_zone": "localtime"}, "time_zone", "must be the IANA name"),
    ({"time_zone": 1}, "time_zone", "the IANA name of a time zone, such as Europe/Berlin"),
    ({"model": {}}, "model", "no model is named"),
    ({"model": {"ProjectVersionArn": VERSION, "Reason": "x"}}, "model", '"Reason" is unknown'),
    ({"model": "parts"}, "model", "the input of the start"),
    (
        {"expression": "rate(1 day)"},
        "expression",
        "does not belong here: a schedule is an object with name, expression and input, or",
    ),
    ({"ScheduledRun": 1}, "ScheduledRun", "it must be one of name, time_zone, ready_by, start, stop, model"),
    ({"modle": {}}, "modle", "did you mean model?"),
    ({"ready_by": "cron(0 9 ? * MON-FRI *)"}, "start", "and ready_by both say when the model starts"),
    ({"start": None, "ready_by": "rate(1 day)"}, "ready_by", "it must be cron(...) or at(...)"),
    ({"start": None, "ready_by": "cron(0 25 ? * MON *)"}, "ready_by", "hours must be within 0-23, got '25'."),
    ({"start": None, "ready_by": "cron(30 0 1 * ? *)"}, "ready_by", "times before 01:00 must be of every day, or of"),
    ({"start": None, "ready_by": PAIR["stop"]}, "stop", "must be another time than ready_by"),
    (
        {
            "start": None,
            "ready_by": "cron(0 9 ? * MON *)",
            "model": {**PAIR["model"], "ReadyBy": "2026-01-05T09:00:00Z"},
        },
        "model",
        "must not have ReadyBy: the schedule says it",
    ),
]


@pytest.mark.parametrize(
    ("schedule", "change", "place", "allowed"),
    [*((MORNING, *bad) for bad in BAD_ACTIONS), *((PAIR, *bad) for bad in BAD_PAIRS)],
)
def test_a_bad_schedule_is_named_by_its_place_and_checked_as_in_lambda(
    schedule: dict[str, Any], change: dict[str, Any], place: str, allowed: str
) -> None:
    said = refusal(schedules=[{**schedule, **change}])

    assert f"Setting schedules[0].{place} " in said
    assert allowed in said


@pytest.mark.parametrize(
    ("schedule", "part"), [(schedule, part) for schedule in (MORNING, PAIR) for part in schedule if part != "time_zone"]
)
def test_a_schedule_without_a_part_is_told_which(schedule: dict[str, Any], part: str) -> None:
    rest = {name: value for name, value in schedule.items() if name != part}

    assert f"Setting schedules[0].{part} is missing: it must be " in refusal(schedules=[rest])


def test_two_schedules_cannot_have_one_name() -> None:
    assert 'must have different names, got "morning" twice' in refusal(schedules=[MORNING, MORNING])


def test_a_schedule_starts_a_model_unless_its_action_is_stop() -> None:
    stop = {**MORNING, "name": "evening", "action": "stop", "input": {"ProjectVersionArn": VERSION, "Reason": "Closed"}}

    started, stopped = executions(MORNING, stop)

    assert (started.action, started.input, started.time_zone) == ("start", MORNING["input"], None)
    assert (stopped.action, stopped.input, stopped.time_zone) == ("stop", stop["input"], None)


def test_a_pair_starts_its_model_and_stops_it_as_stop_model_takes_it() -> None:
    started, stopped = executions(PAIR)

    assert (started.schedule, started.action, started.expression) == ("weekdays", "start", PAIR["start"])
    assert (stopped.schedule, stopped.action, stopped.expression) == ("weekdays", "stop", PAIR["stop"])
    assert started.time_zone == stopped.time_zone == "Europe/Berlin"
    assert started.input == PAIR["model"]
    assert stopped.input == {
        "ProjectVersionArn": VERSION,
        "StopTimeoutSeconds": 600,
        "PollIntervalSeconds": 5,
        "Reason": "Stopped by the schedule weekdays",
    }
    defaults = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)
    request = parse_stop_request(stopped.input, defaults=defaults, home=None)
    assert not request.conditional


@pytest.mark.parametrize(
    "model",
    [
        {"ProjectVersionArn": VERSION, "ProjectArn": PROJECT, "StopAfterSeconds": 60},
        {"ProjectName": "boards", "ModelVersion": "1", "ClientToken": "once", "PollIntervalSeconds": None},
    ],
)
def test_the_stop_of_a_pair_names_the_model_as_the_start_does(model: dict[str, Any]) -> None:
    _, stopped = executions({**PAIR, "model": model})

    naming = {"ProjectVersionArn", "ProjectArn", "ProjectName", "ModelVersion"}
    assert stopped.input == {
        **{name: value for name, value in model.items() if name in naming},
        "Reason": "Stopped by the schedule weekdays",
    }


def test_one_time_is_for_every_form_with_a_time_zone_or_without() -> None:
    once = {**MORNING, "expression": "at(2027-01-31T07:30:00)"}

    assert executions(once)[0].expression == once["expression"]
    assert executions({**once, "time_zone": "Europe/Berlin"})[0].expression == once["expression"]
    assert executions({**PAIR, "stop": "at(2027-01-31T07:30:00)"})[1].expression == once["expression"]


def test_fields_that_aws_reserves_are_neither_too_deep_nor_too_large() -> None:
    deep: list[Any] = []
    for _ in range(50):
        deep = [deep]
    large = {"ProjectVersionArn": VERSION, "AWS_STEP_FUNCTIONS_X": "x" * 262_144}

    assert refusal(schedules=[MORNING | {"input": {"ProjectVersionArn": VERSION, "AWS_STEP_FUNCTIONS_X": deep}}]) == (
        "Setting schedules[0].input must be nested at most 50 levels deep, and is nested deeper."
    )
    assert refusal(schedules=[MORNING | {"input": large}]).startswith(
        "Setting schedules[0].input must be at most 262,144 bytes, got 262,"
    )


@pytest.mark.parametrize("schedule", ["weekdays", 5, None, [], ["start"]])
def test_what_is_no_object_is_no_schedule(schedule: object) -> None:
    said = refusal(schedules=[schedule])

    assert said.startswith(
        "Setting schedules[0] must be a schedule: an object with name, expression and input, or with "
    )


def test_a_schedule_may_be_of_any_region_since_the_deploy_decides_where_it_runs() -> None:
    elsewhere = {"ProjectVersionArn": VERSION.replace("us-east-1", "eu-west-1")}

    assert settings(schedules=[{**MORNING, "input": elsewhere}]).schedules[0].executions[0].input == elsewhere


def test_a_pair_that_is_ready_by_a_time_fires_early_and_says_by_when() -> None:
    rest = {name: value for name, value in PAIR.items() if name != "start"}

    start, stop = executions({**rest, "ready_by": "cron(30 3 ? * MON-FRI *)"})

    # An hour earlier, clocks would skip it once a year.
    assert (start.expression, start.fires) == ("cron(30 3 ? * MON-FRI *)", "cron(30 1 ? * MON-FRI *)")
    assert start.deployed_input == {
        **PAIR["model"],
        "ReadyBy": {"ScheduledAt": "<aws.scheduler.scheduled-time>", "HoursLater": 2, "TimeZone": "Europe/Berlin"},
    }
    assert (stop.fires, stop.deployed_input) == (PAIR["stop"], stop.input)
