"""Settings of a deploy: what they may be, and what is said of one that they may not."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as patience
from hypothesis import strategies as st

from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.stop_request import parse_stop_request
from settings.schedules import ScheduledAction, ScheduledExecution
from settings.settings import Settings, SettingsError

VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05/1767603600000"
PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1767000000000"
MORNING = {"name": "morning", "expression": "cron(0 7 ? * MON-FRI *)", "input": {"ProjectVersionArn": VERSION}}
CDK_JSON = json.loads((Path(__file__).parents[3] / "cdk.json").read_text(encoding="utf-8"))


def settings(**context: Any) -> Settings:
    """The settings that a context gives."""
    return Settings.from_context(context)


def refusal(**context: Any) -> str:
    """What is said of a context that is not valid."""
    with pytest.raises(SettingsError) as caught:
        settings(**context)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_settings_of_cdk_json_are_those_of_an_empty_context_and_every_one_is_there() -> None:
    written = CDK_JSON["context"]

    assert Settings.from_context(written) == settings()
    assert set(Settings.model_fields) <= set(written)


def test_every_setting_can_be_set() -> None:
    chosen = settings(
        notification_emails=["ops@example.com"],
        project_arns=[PROJECT],
        schedules=[MORNING],
        start_timeout_minutes=90,
        stop_timeout_minutes=1_440,
        price_per_inference_unit_hour=3.5,
        log_retention_days=7,
    )

    assert chosen.notification_emails == ["ops@example.com"]
    assert chosen.project_arns == [PROJECT]
    assert chosen.schedules == [
        ScheduledAction(name="morning", expression="cron(0 7 ? * MON-FRI *)", input={"ProjectVersionArn": VERSION})
    ]
    assert (chosen.start_timeout_minutes, chosen.stop_timeout_minutes) == (90, 1_440)
    assert (chosen.price_per_inference_unit_hour, chosen.log_retention_days) == (3.5, 7)


@pytest.mark.parametrize(
    ("key", "written", "meant"),
    [
        ("notification_emails", "a@example.com,b@example.com", ["a@example.com", "b@example.com"]),
        ("notification_emails", " a@example.com , ", ["a@example.com"]),
        ("notification_emails", '["a@example.com"]', ["a@example.com"]),
        ("notification_emails", "", []),
        ("project_arns", PROJECT, [PROJECT]),
        ("project_arns", "[]", []),
        ("start_timeout_minutes", "5", 5),
        ("stop_timeout_minutes", " 5 ", 5),
        ("price_per_inference_unit_hour", "3.25", 3.25),
        ("price_per_inference_unit_hour", "0", 0.0),
        ("log_retention_days", "14", 14),
    ],
)
def test_a_string_from_the_command_line_means_what_it_spells(key: str, written: str, meant: object) -> None:
    assert getattr(settings(**{key: written}), key) == meant


def test_schedules_can_come_from_the_command_line_as_json() -> None:
    assert [schedule.name for schedule in settings(schedules=json.dumps([MORNING])).schedules] == ["morning"]


@pytest.mark.parametrize(
    ("key", "value", "shown", "allowed"),
    [
        ("start_timeout_minutes", 0, "0", "a whole number from 1 to 1,440"),
        ("start_timeout_minutes", 1_441, "1441", "a whole number from 1 to 1,440"),
        ("start_timeout_minutes", 1.5, "1.5", "a whole number from 1 to 1,440"),
        ("start_timeout_minutes", "an hour", '"an hour"', "a whole number from 1 to 1,440"),
        ("start_timeout_minutes", "", '""', "a whole number from 1 to 1,440"),
        ("start_timeout_minutes", True, "true", "a whole number from 1 to 1,440"),
        ("start_timeout_minutes", None, "null", "a whole number from 1 to 1,440"),
        ("start_timeout_minutes", "1" * 5_000, '"1111', "a whole number from 1 to 1,440"),
        ("stop_timeout_minutes", -1, "-1", "a whole number from 1 to 1,440"),
        ("stop_timeout_minutes", [60], "[60]", "a whole number from 1 to 1,440"),
        ("price_per_inference_unit_hour", -0.01, "-0.01", "a number of USD from 0 to 10,000"),
        ("price_per_inference_unit_hour", "NaN", "NaN", "a number of USD from 0 to 10,000"),
        ("price_per_inference_unit_hour", "Infinity", "Infinity", "a number of USD from 0 to 10,000"),
        ("price_per_inference_unit_hour", "4 USD", '"4 USD"', "a number of USD from 0 to 10,000"),
        ("price_per_inference_unit_hour", True, "true", "a number of USD from 0 to 10,000"),
        ("log_retention_days", 2, "2", "one of 1, 3, 5, 7, 14"),
        ("log_retention_days", "forever", '"forever"', "one of 1, 3, 5, 7, 14"),
        ("log_retention_days", True, "true", "one of 1, 3, 5, 7, 14"),
        ("log_retention_days", 7.0, "7.0", "one of 1, 3, 5, 7, 14"),
        ("notification_emails", "nobody", '"nobody"', "a list of e-mail addresses"),
        ("notification_emails", ["a@b.c\n"], '"a@b.c\\n"', "a list of e-mail addresses"),
        ("notification_emails", [5], "5", "a list of e-mail addresses"),
        ("notification_emails", 5, "5", "a list of e-mail addresses"),
        ("notification_emails", None, "null", "a list of e-mail addresses"),
        ("notification_emails", "[1", '"[1"', "a list of e-mail addresses"),
        ("project_arns", "parts", '"parts"', "allowed is a project's ARN"),
        ("project_arns", [VERSION], '"arn:aws:rekognition', "allowed is a project's ARN"),
        ("project_arns", {"arn": PROJECT}, '{"arn"', "allowed is a list of project ARNs"),
        ("schedules", "morning", '"morning"', "a list of objects with name, expression and input, or"),
        ("schedules", {}, "{}", "a list of objects with name, expression and input, or"),
    ],
)
def test_a_bad_setting_is_named_with_its_value_and_what_is_allowed(
    key: str, value: object, shown: str, allowed: str
) -> None:
    said = refusal(**{key: value})

    assert said.startswith(key)
    assert f" is {shown}" in said
    assert allowed in said


@pytest.mark.parametrize(
    ("change", "place", "allowed"),
    [
        ({"name": ""}, "schedules[0].name", "1 to 40 letters"),
        ({"name": "every morning"}, "schedules[0].name", "1 to 40 letters"),
        ({"name": "m" * 41}, "schedules[0].name", "1 to 40 letters"),
        ({"name": "m\n"}, "schedules[0].name", "1 to 40 letters"),
        ({"name": 5}, "schedules[0].name", "1 to 40 letters"),
        ({"expression": "every day"}, "schedules[0].expression", "allowed is cron(minutes"),
        ({"expression": "cron(0 7 * * * *)"}, "schedules[0].expression", 'allowed is "?"'),
        ({"expression": 5}, "schedules[0].expression", '"cron(...)" or "rate(...)"'),
        ({"input": None}, "schedules[0].input", "the execution input"),
        ({"input": {}}, "schedules[0].input", "no model is named"),
        ({"input": {"ProjectVersionArn": "x"}}, "schedules[0].input", "ProjectVersionArn is"),
        (
            {"input": {"ProjectVersionArn": VERSION, "MinInferenceUnits": "1"}},
            "schedules[0].input",
            "MinInferenceUnits is",
        ),
        ({"zone": "UTC"}, "schedules[0].zone", "no such setting"),
        ({"expresion": "rate(1 day)"}, "schedules[0].expresion", "perhaps expression is meant"),
    ],
)
def test_a_bad_schedule_is_named_by_its_place_and_checked_as_in_lambda(
    change: dict[str, Any], place: str, allowed: str
) -> None:
    said = refusal(schedules=[{**MORNING, **change}])

    assert said.startswith(f"{place} is ")
    assert allowed in said


@pytest.mark.parametrize("missing", ["name", "expression", "input"])
def test_a_schedule_without_a_part_is_told_which(missing: str) -> None:
    assert f"schedules[0].{missing}" in refusal(schedules=[{k: v for k, v in MORNING.items() if k != missing}])


def test_two_schedules_cannot_have_one_name() -> None:
    assert "morning is used again" in refusal(schedules=[MORNING, MORNING])


PAIR = {
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
    """What the schedules start."""
    return [
        execution for schedule in settings(schedules=list(schedules)).schedules for execution in schedule.executions
    ]


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
        "Reason": "The schedule weekdays stops it",
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
        "Reason": "The schedule weekdays stops it",
    }


@pytest.mark.parametrize(
    ("change", "place", "allowed"),
    [
        ({"name": "every morning"}, "schedules[0].name", "1 to 40 letters"),
        ({"start": "every day"}, "schedules[0].start", "or at(yyyy-mm-ddThh:mm:ss)"),
        ({"start": None}, "schedules[0].start", '"cron(...)" or "rate(...)"'),
        ({"stop": "cron(0 25 ? * MON *)"}, "schedules[0].stop", "its hours is '25': 25 is out of range"),
        ({"stop": PAIR["start"]}, "schedules[0].stop", "allowed is another time than that of start"),
        ({"time_zone": "Berlin"}, "schedules[0].time_zone", "perhaps Europe/Berlin is meant"),
        ({"time_zone": "europe/berlin"}, "schedules[0].time_zone", "perhaps Europe/Berlin is meant"),
        ({"time_zone": "localtime"}, "schedules[0].time_zone", "allowed is the IANA name"),
        ({"time_zone": 1}, "schedules[0].time_zone", "the IANA name of a time zone, as Europe/Berlin"),
        ({"model": {}}, "schedules[0].model", "no model is named"),
        ({"model": {"ProjectVersionArn": VERSION, "Reason": "x"}}, "schedules[0].model", '"Reason" is unknown'),
        ({"model": "parts"}, "schedules[0].model", "the input of the start"),
        ({"expression": "rate(1 day)"}, "schedules[0].expression", "no such setting"),
        ({"ScheduledRun": 1}, "schedules[0].ScheduledRun", "allowed are name, time_zone, start, stop, model"),
        ({"modle": {}}, "schedules[0].modle", "perhaps model is meant"),
    ],
)
def test_a_bad_pair_is_named_by_its_place(change: dict[str, Any], place: str, allowed: str) -> None:
    said = refusal(schedules=[{**PAIR, **change}])

    assert said.startswith(f"{place} is ")
    assert allowed in said


@pytest.mark.parametrize("missing", ["name", "start", "stop", "model"])
def test_a_pair_without_a_part_is_told_which(missing: str) -> None:
    assert f"schedules[0].{missing}" in refusal(schedules=[{k: v for k, v in PAIR.items() if k != missing}])


def test_one_time_is_only_for_schedules_with_a_time_zone() -> None:
    once = {**MORNING, "expression": "at(2027-01-31T07:30:00)"}

    assert executions({**once, "time_zone": "UTC"})[0].expression == once["expression"]
    assert executions({**PAIR, "stop": "at(2027-01-31T07:30:00)"})[1].expression == once["expression"]
    assert "schedules[0].expression" in (said := refusal(schedules=[once]))
    assert "allowed is at(...) only together with a time_zone" in said
    utc = {name: value for name, value in PAIR.items() if name != "time_zone"}
    assert "only together with a time_zone" in refusal(schedules=[{**utc, "start": once["expression"]}])


def test_a_wrong_time_zone_is_all_that_is_said_of_a_one_time_schedule() -> None:
    said = refusal(schedules=[{**MORNING, "expression": "at(2027-01-31T07:30:00)", "time_zone": "Berlin"}])

    assert said.count("schedules[0]") == 1


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"action": "restart"}, "start or stop"),
        ({"action": True}, "start or stop"),
        (
            {"action": "stop", "input": {"ProjectVersionArn": VERSION, "MinInferenceUnits": 1}},
            '"MinInferenceUnits" is unknown',
        ),
    ],
)
def test_a_stop_has_the_input_of_a_stop(change: dict[str, Any], allowed: str) -> None:
    assert allowed in refusal(schedules=[{**MORNING, **change}])


@pytest.mark.parametrize("schedule", ["weekdays", 5, None, [], ["start"]])
def test_what_is_no_object_is_no_schedule(schedule: object) -> None:
    said = refusal(schedules=[schedule])

    assert said.startswith("schedules[0] is ")
    assert "allowed is a list of objects with name, expression and input, or with name, start, stop and model" in said


def test_a_schedule_may_be_of_any_region_since_the_deploy_decides_where_it_runs() -> None:
    elsewhere = {"ProjectVersionArn": VERSION.replace("us-east-1", "eu-west-1")}

    assert settings(schedules=[{**MORNING, "input": elsewhere}]).schedules[0].executions[0].input == elsewhere


def test_every_bad_setting_is_named_at_once() -> None:
    said = refusal(start_timeout_minutes=0, log_retention_days=2, notification_emails="nobody")

    assert all(key in said for key in ("start_timeout_minutes", "log_retention_days", "notification_emails"))


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("start_timeout", "perhaps start_timeout_minutes is meant"),
        ("notification_email", "perhaps notification_emails is meant"),
        ("log_retention_day", "perhaps log_retention_days is meant"),
        ("colour", "allowed are notification_emails, project_arns, schedules"),
    ],
)
def test_a_key_that_is_no_setting_is_an_error_with_a_hint(key: str, hint: str) -> None:
    said = refusal(**{key: 5})

    assert said.startswith(f"{key} is 5, but there is no such setting")
    assert hint in said


@pytest.mark.parametrize(
    "key",
    [
        "@aws-cdk/core:newStyleStackSynthesis",
        "aws:cdk:enable-path-metadata",
        "availability-zones:account=123456789012:region=us-east-1",
        # What `cdk acknowledge` and `cdk cli-telemetry` write beside the settings.
        "acknowledged-issue-numbers",
        "cli-telemetry",
    ],
)
def test_keys_of_the_cdk_are_none_of_ours(key: str) -> None:
    assert settings(**{key: [5]}) == settings()


@patience(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(list(Settings.model_fields)),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text() | st.integers(), max_size=3),
    )
)
def test_any_values_at_all_make_settings_or_one_line(context: dict[str, Any]) -> None:
    try:
        Settings.from_context(context)
    except SettingsError:
        assert refusal(**context)
