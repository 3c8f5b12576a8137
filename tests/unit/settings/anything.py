"""Contexts of any kind: valid settings, almost valid ones, and anything else."""

import json
from typing import Any

from hypothesis import strategies as st

from settings.settings import Settings
from tests.unit.settings.given import MORNING, PROJECT, VERSION

PAIR = {
    "name": "office",
    "time_zone": "Europe/Berlin",
    "start": "cron(0 7 ? * MON-FRI *)",
    "stop": "at(2027-01-31T07:30:00)",
    "model": {"ProjectName": "boards", "ModelVersion": "1", "MinInferenceUnits": 1, "StopAfterSeconds": 60},
}
READY = {"name": "shop", "ready_by": "cron(30 0 ? * MON-FRI *)", "stop": "rate(1 day)", "model": PAIR["model"]}
STOP = {
    "name": "evening",
    "action": "stop",
    "expression": "rate(1 day)",
    "input": {"ProjectVersionArn": VERSION, "Reason": "Closed"},
}
VALID: dict[str, list[Any]] = {
    "notification_emails": [["ops@example.com", "dev+a@example.com"], "ops@example.com, dev@example.com"],
    "alarm_emails": [["ops@example.com"], "on-call@example.com"],
    "alarm_topic_arn": ["arn:aws:sns:us-east-1:123456789012:operators"],
    "project_arns": [[PROJECT], PROJECT],
    "watched_services": [["Rekognition"], "Rekognition,LookoutVision"],
    "max_inference_units": [2, "10"],
    "max_concurrency": [1, "40"],
    "schedules": [[MORNING, PAIR, READY, STOP]],
    "start_timeout_minutes": [5, "1440"],
    "stop_timeout_minutes": [5, "1"],
    "ready_lead_minutes": [5, "60"],
    "default_stop_after_hours": [1.5, "8784"],
    "warn_after_hours": [2, "0.001"],
    "stop_after_hours_unleased": [12, "1e-300"],
    "stop_aborted_starts": [True, "false"],
    "time_zone": ["Europe/Berlin", "Etc/GMT+5"],
    "price_per_inference_unit_hour": [3.5, "10000"],
    "budget_usd": [500, "0.01"],
    "budget_usd_by_project": [{"boards": 300, "acme.parts": 0.5}],
    "budget_per": ["day", "month"],
    "budget_action": ["refuse", "stop"],
    "log_retention_days": [7, "365"],
    "log_execution_data": [False, "true"],
    "reserved_concurrency": [5, "1000"],
    "encryption": ["aws", "customer", "returning"],
    "owner": ["Team A", "ops@example.com"],
    "termination_protection": [False, "true"],
    "stage": ["team-a", "1"],
}
TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        *(
            '"',
            "'",
            "[",
            "{",
            "}",
            ",",
            " ",
            "\n",
            "\t",
            "\0",
            "\x7f",
            "\N{NO-BREAK SPACE}",
            "\N{RIGHT-TO-LEFT OVERRIDE}",
        ),
        *("${Token[TOKEN.1]}", "#{Token[TOKEN.1]}", "${AWS::Region}", "{{resolve:ssm:x}}", "__proto__", "constructor"),
        *("$jsii.date", "$jsii.byref", "Ref", "AWS_STEP_FUNCTIONS_X"),
        *("null", "NaN", "-Infinity", "1e999", "1" * 5_000, "[" * 100_000, "\N{SNOWMAN}" * 300, "\ud800"),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def near(draw: st.DrawFn, value: Any) -> Any:
    """Return a value in which one place is another, or its JSON with characters too many or too few."""
    match draw(st.sampled_from(["value", "text", "cut", "grown", "other", "inside", "inside", "inside"])), value:
        case "text", _:
            return json.dumps(value)
        case "cut", _:
            text = value if isinstance(value, str) else json.dumps(value)
            start = draw(st.integers(0, len(text)))
            return text[:start] + text[start + draw(st.integers(1, 5)) :]
        case "grown", _:
            text = value if isinstance(value, str) else json.dumps(value)
            place = draw(st.integers(0, len(text)))
            return text[:place] + draw(TEXTS) + text[place:]
        case "inside", list() if value:
            place = draw(st.integers(0, len(value) - 1))
            return [*value[:place], draw(near(value[place])), *value[place + draw(st.integers(0, 1)) :]]
        case "inside", dict():
            key = draw(st.sampled_from(list(value)))
            renamed = draw(st.just(key) | TEXTS | st.sampled_from([*PAIR, *STOP, "ready_by"]))
            return {**{name: field for name, field in value.items() if name != key}, renamed: draw(near(value[key]))}
        case ("other", _):
            return draw(ANYTHING)
    return value


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    """Return settings of which one is near to a valid one, beside others and perhaps what is none."""
    name = draw(st.sampled_from(list(Settings.model_fields)))
    context = {name: draw(near(draw(st.sampled_from(VALID[name]))))}
    beside = draw(st.sampled_from(list(VALID)))
    context.setdefault(beside, draw(st.sampled_from(VALID[beside])))
    # As a key of all, JavaScript leaves that out before the app sees it.
    keys = TEXTS.filter(lambda key: key != "__proto__")
    others: dict[str, Any] = draw(st.dictionaries(keys, ANYTHING, max_size=draw(st.integers(0, 1))))
    return {**context, **others}


def is_refusal(said: str) -> bool:
    """Whether it is a sentence or more about settings, a line for each setting."""
    return all(
        line.startswith(("Setting ", "The CDK cannot read the settings: "))
        and line.endswith((".", "?"))
        and line.isprintable()
        for line in said.split("\n")
    )
