"""The scenario file: what it may say, and how it is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.scenario.scenario import PROJECT_ARN, Scenario, ScenarioError
from local.scenario.words import LOOKOUT, REKOGNITION

SCENARIOS = Path(__file__).parents[3] / "local" / "scenarios"
ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05T09.00.00/1767603600000"


def refusal(document: Any) -> list[str]:
    """Return the lines that say what is wrong with a scenario."""
    with pytest.raises(ScenarioError) as error:
        Scenario.parse(document if isinstance(document, str) else json.dumps(document))
    return [line.strip() for line in str(error.value).splitlines()[1:]]


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.json")), ids=lambda path: path.name)
def test_every_scenario_that_ships_can_be_read(path: Path) -> None:
    assert Scenario.read(path).models


def test_the_form_in_the_issue_is_read() -> None:
    scenario = Scenario.parse(
        json.dumps(
            {
                "Models": [
                    {
                        "ProjectVersionArn": ARN,
                        "ProjectArn": "arn:aws:rekognition:us-east-1:123456789012:project/parts/1767000000000",
                        "Status": "STOPPED",
                        "StatusMessage": "",
                        "StartSeconds": 5,
                        "StartEndsIn": "RUNNING",
                        "StopSeconds": 2,
                        "Then": [{"AfterSeconds": 3, "Status": "STOPPED"}],
                    },
                    {"ProjectName": "boards", "ModelVersion": "1", "Status": "TRAINED", "StartEndsIn": "HOSTED"},
                ],
                "Faults": [
                    {"Operation": "DescribeProjectVersions", "Error": "ThrottlingException", "After": 1, "Times": 3}
                ],
            }
        )
    )

    assert [model.identity for model in scenario.models] == [ARN, "boards/1"]
    assert scenario.rekognition_models[0].project_of_it.endswith("project/parts/1767000000000")
    assert scenario.faults[0].times == 3


def test_what_is_left_out_has_a_default() -> None:
    scenario = Scenario.parse(
        json.dumps({"Models": [{"ProjectVersionArn": ARN}, {"ProjectName": "boards", "ModelVersion": "1"}]})
    )

    parts, boards = scenario.rekognition_models[0], scenario.lookout_models[0]
    assert (parts.status, parts.start_seconds, parts.start_ends_in) == ("STOPPED", 5, "RUNNING")
    assert (parts.stop_seconds, parts.status_message, parts.then) == (2, "", ())
    assert (boards.status, boards.start_ends_in) == ("TRAINED", "HOSTED")


def test_a_made_up_project_has_another_number_than_the_version() -> None:
    [model] = Scenario.parse(json.dumps({"Models": [{"ProjectVersionArn": ARN}]})).rekognition_models

    project = PROJECT_ARN.fullmatch(model.project_of_it)
    assert project is not None
    assert project["project"] == "parts"
    assert project["created"] != ARN.rpartition("/")[2]


@pytest.mark.parametrize("status", REKOGNITION.statuses)
def test_every_status_of_rekognition_can_come_first_and_later(status: str) -> None:
    Scenario.parse(
        json.dumps(
            {
                "Models": [
                    {"ProjectVersionArn": ARN, "Status": status, "Then": [{"AfterSeconds": 0.5, "Status": status}]}
                ]
            }
        )
    )


@pytest.mark.parametrize("words", [REKOGNITION, LOOKOUT], ids=["rekognition", "lookout"])
def test_every_status_has_a_message_and_no_other_has(words: Any) -> None:
    assert set(words.messages) == set(words.statuses)


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ({"ProjectVersionArn": ARN, "StartSeconds": -1}, "Models[0].StartSeconds must be "),
        ({"ProjectVersionArn": ARN, "StartSeconds": "5"}, "Models[0].StartSeconds must be a valid number"),
        ({"ProjectVersionArn": ARN, "StopSeconds": True}, "Models[0].StopSeconds must be a valid number"),
        ({"ProjectVersionArn": ARN, "Colour": 1}, "Models[0].Colour is not a field of a scenario"),
        ({"ProjectVersionArn": ARN, "Status": "HOSTED"}, "Models[0].Status must be one of TRAINING_IN"),
        ({"ProjectVersionArn": ARN, "StartEndsIn": "STOPPED"}, "must be one of RUNNING, FAILED, STARTING"),
        ({"ProjectVersionArn": "parts"}, "Models[0].ProjectVersionArn must be a model version's ARN"),
        ({"ProjectVersionArn": ARN, "ProjectArn": ARN}, "must be a project's ARN"),
        (
            {"ProjectVersionArn": ARN, "Then": [{"AfterSeconds": 1, "Status": "GONE"}]},
            "Models[0].Then[0].Status must be one of",
        ),
        ({"ProjectVersionArn": ARN, "MinInferenceUnits": 0}, "Models[0].MinInferenceUnits must be "),
        (
            {"ProjectVersionArn": ARN, "MinInferenceUnits": 3, "MaxInferenceUnits": 2},
            "must be a model with MaxInferenceUnits of at least MinInferenceUnits (3), got",
        ),
        (
            {"ProjectVersionArn": ARN, "RunningForSeconds": 60},
            "must be a model with RunningForSeconds only if its Status is RUNNING",
        ),
        (
            {"ProjectVersionArn": ARN, "Status": "RUNNING", "RunningForSeconds": -1},
            "Models[0].RunningForSeconds must be ",
        ),
        (
            {"ProjectName": "boards", "ModelVersion": "1", "Status": "HOSTED", "RunningForSeconds": 60},
            "Models[0].RunningForSeconds is not a field of a scenario",
        ),
        ({}, "Models[0].ProjectVersionArn is missing"),
        ({"ProjectName": "boards"}, "Models[0].ModelVersion is missing"),
        ({"ProjectName": "boards", "ModelVersion": "latest"}, "Models[0].ModelVersion must be "),
        ({"ProjectName": "boards", "ModelVersion": "1", "Status": "STOPPED"}, "must be one of TRAINING, TRAINED"),
        (7, "Models[0] must be "),
    ],
)
def test_what_a_model_cannot_be_is_refused_by_name(model: Any, line: str) -> None:
    [refused] = refusal({"Models": [model]})

    assert line in refused


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ({"Operation": "StartTheModel", "Error": "X"}, "Faults[0].Operation must be "),
        ({"Operation": "Publish", "Error": "No!"}, "Faults[0].Error must be an error code, such as Thr"),
        ({"Operation": "Publish"}, "must be a fault with either Error (an error code) or Effect (Timeout,"),
        ({"Operation": "Publish", "Error": "NotFound", "Effect": "Refuse"}, "must be a fault with either Error"),
        ({"Operation": "Publish", "Effect": "Explode"}, "Faults[0].Effect must be 'Timeout',"),
        ({"Operation": "Publish", "Error": "NotFound", "Times": 0}, "Faults[0].Times must be "),
        ({"Operation": "Publish", "Error": "NotFound", "After": -1}, "Faults[0].After must be "),
        (
            {"Operation": "Publish", "Error": "NotFound", "Model": "parts/1"},
            "Faults[0].Model must be the name of a project or a version, such as parts.2026",
        ),
    ],
)
def test_what_a_fault_cannot_be_is_refused_by_name(fault: Any, line: str) -> None:
    [refused] = refusal({"Faults": [fault]})

    assert line in refused


def test_every_violation_gets_a_line_of_its_own() -> None:
    lines = refusal({"Models": [{"ProjectVersionArn": "x", "StartSeconds": -1}], "Faults": [{}], "Extra": 1})

    assert [line.split()[0] for line in lines] == [
        "Models[0].StartSeconds",
        "Models[0].ProjectVersionArn",
        "Faults[0].Operation",
        "Extra",
    ]


def test_a_model_that_is_there_twice_is_refused() -> None:
    [line] = refusal({"Models": [{"ProjectVersionArn": ARN}, {"ProjectVersionArn": ARN}]})

    assert f"it must be a scenario that names each model once, not {ARN} again, got " in line


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"Models": {}}'])
def test_what_is_no_scenario_at_all_is_refused_with_the_reason(text: str) -> None:
    [line] = refusal(text)

    assert line


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.json cannot be read"):
        Scenario.read(tmp_path / "nowhere.json")


@pytest.mark.parametrize("end", ["Dead", "410", 500])
def test_an_end_that_no_service_has_is_refused_with_those_that_it_may_have(end: str | int) -> None:
    with pytest.raises(ScenarioError, match=r"LookoutVisionEnd must be 'NoSuchHost', .*, 410 or 503, got "):
        Scenario.parse(json.dumps({"LookoutVisionEnd": end}))


@pytest.mark.parametrize(
    ("part", "other"), [("us-east-1", "eu-west-1"), ("123456789012", "210987654321"), ("aws:", "aws-cn:")]
)
def test_a_model_of_another_account_or_region_is_refused(part: str, other: str) -> None:
    with pytest.raises(ScenarioError, match="must be an ARN of this AWS, arn:aws:rek"):
        Scenario.parse(json.dumps({"Models": [{"ProjectVersionArn": ARN.replace(part, other, 1)}]}))


def test_quotas_are_those_of_aws_unless_it_says_others() -> None:
    quotas = Scenario.parse(json.dumps({"Quotas": {"RunningModels": 3}})).quotas

    assert (quotas.running_models, quotas.inference_units) == (3, 5)
    assert (quotas.calls_per_second, quotas.concurrent_executions) == (5, 1_000)
    with pytest.raises(ScenarioError, match=r"Quotas.CallsPerSecond must be .*, got 0"):
        Scenario.parse(json.dumps({"Quotas": {"CallsPerSecond": 0}}))
