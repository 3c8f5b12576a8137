"""The plan of a fleet, and what is summed up at its end."""

import json
from typing import Any

import pytest

from model_lifecycle.services.service import Listed, Service
from model_lifecycle.steps.fleet_plan import plan_fleet
from model_lifecycle.steps.fleet_report import sum_up_fleet
from model_lifecycle.vocabulary.errors import InvalidRequestError, ModelNotFoundError, ServiceUnavailableError
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.given import DEFAULTS, HOME, PROJECT, VERSION, after

FLEET = "arn:aws:states:us-east-1:123456789012:execution:start-models:all"
EXECUTION = {"Arn": FLEET, "StartTime": "2026-01-05T09:00:00.000Z"}


def arn(number: int) -> str:
    return f"{VERSION}{number}"


def listing(*statuses: str) -> Any:
    """Return what lists models of these statuses, or raises an error."""

    def list_models(_: Service, project: str) -> list[Listed]:
        found = [({"ProjectVersionArn": arn(number)}, status) for number, status in enumerate(statuses)]
        return [Listed({**identity, "ProjectArn": project}, status) for identity, status in found]

    return list_models


def plan(asked: object, *, goal: Goal = Goal.RUNNING, list_models: Any = None) -> dict[str, Any]:
    payload = {"Goal": goal.value, "Execution": EXECUTION, "Fleet": {"Request": asked}}
    return plan_fleet(payload, list_models=list_models or listing(), defaults=DEFAULTS, home=HOME, at_once=40)


def summed_up(results: list[dict[str, Any]], *, goal: Goal = Goal.RUNNING) -> dict[str, Any]:
    fleet = {"Models": [{"ProjectVersionArn": arn(number)} for number in range(len(results))], "LeftOut": {}}
    payload = {"Goal": goal.value, "Execution": EXECUTION, "Fleet": fleet, "Results": results}
    return sum_up_fleet(payload, home=HOME, now=after(90))


def test_each_model_has_its_own_input_and_what_is_for_all_stands_once() -> None:
    planned = plan({"Models": [arn(1), arn(2)], "StopAfterSeconds": 60, "MaxConcurrency": 2})

    assert planned == {
        "Phase": "READY",
        "Failure": None,
        "Models": [{"ProjectVersionArn": arn(1)}, {"ProjectVersionArn": arn(2)}],
        "Common": {"StopAfterSeconds": 60, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": FLEET},
        "MaxConcurrency": 2,
        "LeftOut": {},
    }


def test_a_fleet_that_alone_notifies_people_says_so_to_its_models() -> None:
    assert plan({"Models": [VERSION], "NotifyEach": False})["Common"]["ToldBy"] == FLEET


@pytest.mark.parametrize(
    ("goal", "chosen", "left_out"),
    [
        (Goal.RUNNING, [0, 1, 3, 5], {"TRAINING_FAILED": 1, "TRAINING_IN_PROGRESS": 1}),
        (
            Goal.STOPPED,
            [1, 5],
            {"STOPPED": 1, "TRAINING_FAILED": 1, "TRAINING_COMPLETED": 1, "TRAINING_IN_PROGRESS": 1},
        ),
    ],
)
def test_of_a_project_there_are_models_about_which_nothing_is_to_be_done(
    goal: Goal, chosen: list[int], left_out: dict[str, int]
) -> None:
    statuses = ("STOPPED", "RUNNING", "TRAINING_FAILED", "TRAINING_COMPLETED", "TRAINING_IN_PROGRESS", "STARTING")

    planned = plan({"ProjectArn": PROJECT, "All": True}, goal=goal, list_models=listing(*statuses))

    assert [model["ProjectVersionArn"] for model in planned["Models"]] == [arn(number) for number in chosen]
    assert planned["LeftOut"] == left_out


def test_a_thousand_models_fit_and_more_or_longer_ones_are_refused() -> None:
    whole = {"ProjectArn": PROJECT, "All": True}
    assert len(plan({"Models": [arn(number) for number in range(1_000)]})["Models"]) == 1_000

    too_many = plan(whole, list_models=listing(*["STOPPED"] * 1_001))
    too_long = plan({"Models": [arn(10**120 + number) for number in range(1_000)]})

    assert "has 1,001 models to start, at most 1,000 fit" in too_many["Failure"]["Cause"]
    assert "bytes, at most 200,000 fit" in too_long["Failure"]["Cause"]


def test_a_project_that_is_not_there_ends_it_and_one_that_cannot_be_listed_now_is_tried_again() -> None:
    def fails(error: Exception) -> Any:
        def list_models(*_: Any) -> list[Listed]:
            raise error

        return list_models

    whole = {"ProjectArn": PROJECT, "All": True}
    gone = plan(whole, list_models=fails(ModelNotFoundError("There is none.")))

    assert gone["Phase"] == "FAILED"
    assert gone["Failure"] == {"Error": "ModelNotFoundError", "Cause": "There is none."}
    with pytest.raises(ServiceUnavailableError):
        plan(whole, list_models=fails(ServiceUnavailableError("Later.", perhaps_done=False)))


def test_all_that_is_well_is_summed_up() -> None:
    ended = summed_up([{"Seconds": 61.5, "Already": False}, {"Seconds": 0.2, "Already": True}])

    assert (ended["Phase"], ended["Failure"]) == ("DONE", None)
    assert ended["Report"] == {
        "Total": 2,
        "Done": 2,
        "Failed": 0,
        "ElapsedSeconds": 90.0,
        "LeftOut": {},
        "NotShown": 0,
        "Models": [
            {"ProjectVersionArn": arn(0), "Outcome": "Running", "TookSeconds": 61.5},
            {"ProjectVersionArn": arn(1), "Outcome": "AlreadyRunning", "TookSeconds": 0.2},
        ],
    }


def test_of_a_stop_it_is_told_what_was_left_running() -> None:
    ended = summed_up(
        [{"Seconds": 9, "Already": False, "Again": False}, {"Seconds": 1, "Already": False, "Again": True}],
        goal=Goal.STOPPED,
    )

    assert [row["Outcome"] for row in ended["Report"]["Models"]] == ["Stopped", "LeftRunning"]


def test_what_failed_comes_first_and_is_the_cause() -> None:
    ended = summed_up(
        [
            {"Seconds": 60, "Already": False},
            {"Status": "FAILED", "Error": "ModelFailedError"},
            {"Status": "ABORTED", "Error": ""},
        ]
    )

    assert ended["Phase"] == "FAILED"
    assert ended["Failure"]["Error"] == "FleetIncompleteError"
    cause = ended["Failure"]["Cause"]
    assert (
        cause
        == "2 of 3 models are not running: parts/parts.2026-01-05 (ModelFailedError), parts/parts.2026-01-05 (Aborted)."
    )
    assert [row.get("Error") for row in ended["Report"]["Models"]] == ["ModelFailedError", "Aborted", None]


def test_what_has_no_room_is_counted() -> None:
    ended = summed_up([{"Seconds": 60, "Already": False}] * 4_000)

    report = ended["Report"]
    assert report["NotShown"] == 4_000 - len(report["Models"]) > 0
    assert len(json.dumps(ended)) < 256 * 1_024


def test_nobody_else_may_call_it() -> None:
    with pytest.raises(InvalidRequestError, match=r"Execution\.Arn must be"):
        plan_fleet(
            {"Goal": "RUNNING", "Execution": {"Arn": "me"}, "Fleet": {}},
            list_models=listing(),
            defaults=DEFAULTS,
            home=HOME,
            at_once=1,
        )
