"""The settings of a deploy, and their refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis

from model_lifecycle.model.budget import Budget, Per
from settings.limits import MOST_RESOURCES
from settings.schedules import ScheduledAction
from settings.settings import Settings, SettingsError
from tests.unit.settings.anything import VALID, contexts, is_refusal
from tests.unit.settings.given import MORNING, PROJECT, VERSION, refusal, settings

TOPIC = "arn:aws:sns:us-east-1:123456789012:operators"
CDK_JSON = json.loads((Path(__file__).parents[3] / "cdk.json").read_text(encoding="utf-8"))


NO_ADDRESSES = [
    *(
        "<ops@example.com>",
        "mailto:ops@example.com",
        "ops@example.com.",
        "a@b",
        "a b@c.de",
        "ops@-x.de",
        "",
        "a@b@c.de",
    ),
    *("Ops <ops@example.com>", f"{'o' * 65}@example.com", f"ops@{'x' * 64}.com", f"ops@{'x.' * 126}com"),
]


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
        ("notification_emails", "a@example.com , b@example.com, ", ["a@example.com", "b@example.com"]),
        ("notification_emails", '["a@example.com"]', ["a@example.com"]),
        ("notification_emails", "", []),
        ("project_arns", PROJECT, [PROJECT]),
        ("project_arns", "[]", []),
        ("start_timeout_minutes", "5", 5),
        ("stop_timeout_minutes", " 5 ", 5),
        ("price_per_inference_unit_hour", "3.25", 3.25),
        ("price_per_inference_unit_hour", "0", 0.0),
        ("log_retention_days", "14", 14),
        ("budget_usd", "0.5", 0.5),
        ("budget_usd_by_project", '{"boards": 300}', {"boards": 300.0}),
        ("budget_usd_by_project", "", {}),
        ("budget_per", "day", "day"),
        ("max_inference_units", "10", 10),
        ("reserved_concurrency", "5", 5),
        ("log_execution_data", "false", False),
        ("owner", "Team A", "Team A"),
        ("encryption", "returning", "returning"),
        ("stage", "2-b", "2-b"),
        ("stage", "x" * 20, "x" * 20),
        ("stage", "null", None),
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
        ("max_inference_units", 0, "0", "a whole number from 1 to 100,000"),
        ("max_inference_units", "many", '"many"', "a whole number from 1 to 100,000"),
        ("reserved_concurrency", 0, "0", "a whole number from 1 to 1,000, or null"),
        ("log_execution_data", "no", '"no"', "true or false"),
        ("owner", "Jörg", '"J\\u00f6rg"', "1 to 256 letters, digits, spaces"),
        ("owner", "a ", '"a "', "no space at an end"),
        ("encryption", "kms", '"kms"', "aws, customer or returning"),
        ("encryption", True, "true", "aws, customer or returning"),
        ("notification_emails", "nobody", '"nobody"', "an e-mail address, such as ops@example.com"),
        ("notification_emails", ["a@b.c\n"], '"a@b.c\\n"', "an e-mail address, such as ops@example.com"),
        ("notification_emails", [5], "5", "an e-mail address, such as ops@example.com"),
        ("notification_emails", 5, "5", "a list of e-mail addresses"),
        ("alarm_emails", "nobody", '"nobody"', "an e-mail address, such as ops@example.com"),
        ("alarm_topic_arn", f"{TOPIC}.fifo", '"arn:aws:sns', "the ARN of a standard SNS topic"),
        ("alarm_topic_arn", "operators", '"operators"', "the ARN of a standard SNS topic"),
        ("alarm_topic_arn", [TOPIC], '["arn:aws:sns', "the ARN of a standard SNS topic"),
        ("stage", "", '""', "1 to 20 lower-case letters, digits or '-'"),
        ("stage", "s" * 21, '"sss', "1 to 20 lower-case letters"),
        ("stage", "Team-A", '"Team-A"', "1 to 20 lower-case letters"),
        ("stage", "team-", '"team-"', "no '-' at an end"),
        ("stage", "team-a\n", '"team-a\\n"', "1 to 20 lower-case letters"),
        ("stage", "team.request", '"team.request"', "1 to 20 lower-case letters"),
        ("stage", 5, "5", "1 to 20 lower-case letters"),
        ("project_arns", "parts", '"parts"', "must be a project's ARN"),
        ("project_arns", [VERSION], '"arn:aws:rekognition', "must be a project's ARN"),
        ("project_arns", {"arn": PROJECT}, '{"arn"', "must be a list of project ARNs"),
        ("schedules", "morning", '"morning"', "must be a JSON list of schedules"),
        ("schedules", {}, "{}", "must be a JSON list of schedules"),
    ],
)
def test_a_bad_setting_is_named_with_its_value_and_what_is_allowed(
    key: str, value: object, shown: str, allowed: str
) -> None:
    said = refusal(**{key: value})

    assert said.startswith(f"Setting {key}")
    assert f", got {shown}" in said
    assert allowed in said


IN_SHELL = "put the whole setting between single quotes, as in -c 'key=value', or write it into cdk.json"
TOO_EARLY = f"It ends too early, perhaps since the CDK reads only the first line of -c. In a shell, {IN_SHELL}."
NO_QUOTES = f"It has no double quotation marks: the shell has probably removed them, so {IN_SHELL}."


@pytest.mark.parametrize(
    ("key", "value", "place", "likely"),
    [
        ("schedules", "[{name:a}]", "line 1, column 3", NO_QUOTES),
        ("schedules", "[name:a]", "line 1, column 2", NO_QUOTES),
        ("schedules", "[{", "line 1, column 3", TOO_EARLY),
        ("schedules", "[", "line 1, column 2", TOO_EARLY),
        ("schedules", '[{"name": "a", ', "line 1, column 16", TOO_EARLY),
        ("schedules", "[{'name': 'a'}]", "line 1, column 3", f"must be straight and double; in a shell, {IN_SHELL}."),
        ("schedules", "[{\u201cname\u201d: 1}]", "line 1, column 3", f"straight and double; in a shell, {IN_SHELL}."),
        ("schedules", '[{"name" "a"}]', "line 1, column 10", f"In a shell, {IN_SHELL}."),
        ("schedules", '{"name"}', "line 1, column 8", f"In a shell, {IN_SHELL}."),
        ("notification_emails", "[ops@example.com]", "line 1, column 2", NO_QUOTES),
        ("project_arns", '["arn:aws', "line 1, column 2", f"In a shell, {IN_SHELL}."),
        ("watched_services", "[Rekognition]", "line 1, column 2", NO_QUOTES),
        ("start_timeout_minutes", '{"minutes":', "line 1, column 12", TOO_EARLY),
        ("default_stop_after_hours", "[1", "line 1, column 3", TOO_EARLY),
        ("stop_aborted_starts", "{true}", "line 1, column 2", NO_QUOTES),
        ("time_zone", '"Europe/Berlin', "line 1, column 1", f"In a shell, {IN_SHELL}."),
        ("log_retention_days", ' "7', "line 1, column 2", f"In a shell, {IN_SHELL}."),
    ],
)
def test_broken_json_of_any_setting_is_called_so_with_its_place_and_likely_cause(
    key: str, value: str, place: str, likely: str
) -> None:
    said = refusal(**{key: value})

    assert said.startswith(f"Setting {key} is broken JSON: ")
    assert f" at {place} of {json.dumps(value)}" in said
    assert said.endswith(likely)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_null_is_the_default_wherever_it_stands(name: str) -> None:
    assert settings(**{name: None}) == settings(**{name: "null"}) == settings()


def test_null_in_a_schedule_is_as_if_the_field_were_absent() -> None:
    nulls = {"action": None, "time_zone": None, "start": None}

    assert settings(schedules=[MORNING | nulls]) == settings(schedules=json.dumps([MORNING | nulls]))
    assert settings(schedules=[MORNING | nulls]) == settings(schedules=[MORNING])


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    assert refusal(notification_emails=[address]).startswith(
        "Setting notification_emails[0] must be an e-mail address, "
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("notification_emails", ["ops@example.com", "OPS@example.com"]),
        ("project_arns", f"{PROJECT},{PROJECT}"),
        ("watched_services", ["Rekognition", "Rekognition"]),
    ],
)
def test_nothing_stands_in_a_list_twice(key: str, value: object) -> None:
    assert refusal(**{key: value}).startswith(f"Setting {key} must name each once, got ")


@pytest.mark.parametrize("around", [f"{PROJECT}\n", f" {PROJECT}", f"{PROJECT}\N{NO-BREAK SPACE}", f"{PROJECT}, \t"])
def test_nothing_is_taken_off_a_list_in_silence_but_spaces_beside_its_commas(around: str) -> None:
    assert ", with " in refusal(project_arns=around)


def test_projects_may_differ_in_capitals_alone() -> None:
    assert settings(project_arns=[PROJECT, PROJECT.replace("parts", "Parts")])


@pytest.mark.parametrize("asked", [{"MinInferenceUnits": 6}, {"MaxInferenceUnits": 6}])
def test_a_schedule_that_asks_for_more_units_than_the_settings_allow_is_refused(asked: dict[str, int]) -> None:
    greedy = MORNING | {"input": {"ProjectVersionArn": VERSION, **asked}}
    [field] = asked

    assert refusal(schedules=[greedy]) == (
        "Setting schedules must ask for at most 5 inference units (the setting max_inference_units), "
        f"got {field} 6 in the schedule morning."
    )
    assert settings(schedules=[greedy], max_inference_units=6).schedules


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"notification_emails": 3}, 3),
        ({"notification_emails": 3, "alarm_emails": 2}, 2),
        ({"notification_emails": 3, "alarm_topic_arn": TOPIC}, 0),
        # Each is a subscription, and a stack has room for so many.
        ({"notification_emails": 200}, MOST_RESOURCES - 200),
        ({"notification_emails": 200, "schedules": [MORNING]}, MOST_RESOURCES - 201),
        ({"notification_emails": MOST_RESOURCES}, 0),
    ],
)
def test_who_is_notified_is_told_of_alarms_as_far_as_there_is_room_unless_others_are_named(
    given: dict[str, Any], told: int
) -> None:
    addresses = {
        name: [f"{number}@example.com" for number in range(value)] if isinstance(value, int) else value
        for name, value in given.items()
    }
    chosen = settings(**addresses)

    named = chosen.alarm_emails or chosen.notification_emails
    assert chosen.told_of_alarms == named[:told]
    assert len(chosen.told_of_alarms) == told


@pytest.mark.parametrize(
    ("key", "there"),
    [
        ("project_arns", [PROJECT.replace("123456789012", "210987654321")]),
        ("project_arns", [PROJECT.replace("us-east-1", "eu-west-1")]),
        ("alarm_topic_arn", TOPIC.replace("123456789012", "210987654321")),
        ("alarm_topic_arn", TOPIC.replace("us-east-1", "eu-west-1")),
    ],
)
def test_what_is_of_another_account_or_region_than_the_deploy_is_refused(key: str, there: Any) -> None:
    elsewhere = settings(**{key: there})

    with pytest.raises(SettingsError, match=rf"Setting {key}.* must be of the account and Region of the deploy"):
        elsewhere.check_home("123456789012", "us-east-1")
    # Where there are no credentials, nobody knows.
    elsewhere.check_home(None, "us-east-1")


def test_every_bad_setting_is_named_at_once_on_a_line_of_its_own() -> None:
    said = refusal(start_timeout_minutes=0, log_retention_days=2, notification_emails="nobody").splitlines()

    assert [line.split()[1] for line in said] == [
        "notification_emails[0]",
        "start_timeout_minutes",
        "log_retention_days",
    ]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("start_timeout", "did you mean start_timeout_minutes?"),
        ("notification_email", "did you mean notification_emails?"),
        ("log_retention_day", "did you mean log_retention_days?"),
        ("colour", "it must be one of notification_emails, alarm_emails, alarm_topic_arn, project_arns"),
    ],
)
def test_a_key_that_is_no_setting_is_an_error_with_a_hint(key: str, hint: str) -> None:
    said = refusal(**{key: 5})

    assert said.startswith(f"Setting {key} is not a setting: ")
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


@given(contexts())
@settings_of_hypothesis(suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large])
def test_any_values_at_all_make_settings_or_are_refused(context: dict[str, Any]) -> None:
    said = ""
    try:
        Settings.from_context(context)
    except SettingsError as refused:
        said = str(refused)
    assert not said or is_refusal(said)


@pytest.mark.parametrize("token", ["${Token[TOKEN.1]}", "#{Token[TOKEN.1]}", -1.8881545897087626e289])
def test_what_the_cdk_would_take_for_its_own_is_refused(token: object) -> None:
    schedule = MORNING | {"input": {"ProjectVersionArn": VERSION, "AWS_STEP_FUNCTIONS_X": token}}
    written = json.dumps([schedule]).replace("e+289", "e289")

    assert ", which the CDK would replace." in refusal(schedules=[schedule])
    assert ", which the CDK would replace." in refusal(schedules=written)


def test_every_setting_has_a_valid_value_to_begin_with() -> None:
    assert list(VALID) == list(Settings.model_fields)
    for name, values in VALID.items():
        for value in values:
            settings(**{name: value})


USD = "a number of USD, more than 0 and at most 100,000,000"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"budget_usd": 0}, f"budget_usd must be {USD}, or null for no limit, got 0."),
        ({"budget_usd": "much"}, f'budget_usd must be {USD}, or null for no limit, got "much".'),
        ({"budget_per": "week"}, 'budget_per must be day or month, got "week".'),
        ({"budget_action": "warn"}, 'budget_action must be refuse or stop, got "warn".'),
        ({"budget_usd_by_project": {"boards": -1}}, f"budget_usd_by_project.boards must be {USD}, got -1."),
        (
            {"budget_usd_by_project": {"my boards": 1}},
            'budget_usd_by_project must have names of projects, such as boards, got "my boards".',
        ),
        (
            {"budget_usd_by_project": {"b" * 240: 1}},
            "budget_usd_by_project must be at most 240 characters of JSON, got 248.",
        ),
        (
            {"budget_usd_by_project": [1]},
            'budget_usd_by_project must be a JSON object of USD by the names of projects, {"boards": 300}, got [1].',
        ),
    ],
)
def test_a_budget_that_cannot_be_is_refused(written: dict[str, Any], said: str) -> None:
    assert refusal(**written) == f"Setting {said}"


def test_a_budget_is_there_if_there_is_a_limit() -> None:
    assert settings(budget_action="stop", budget_per="day").budget is None
    assert settings(budget_usd=500).budget == Budget(usd=500.0, per=Per.MONTH)
    assert settings(budget_usd_by_project={"boards": 3}, budget_per="day", budget_action="stop").budget == Budget(
        usd=None, per=Per.DAY, by_project={"boards": 3.0}, stops=True
    )


def test_no_schedule_ignores_the_budget_again_and_again() -> None:
    schedule = {**MORNING, "input": {"ProjectVersionArn": VERSION, "IgnoreBudget": "always"}}

    assert refusal(schedules=[schedule]) == (
        "Setting schedules[0].input must not have IgnoreBudget, which is for one start: raise the budget instead."
    )
