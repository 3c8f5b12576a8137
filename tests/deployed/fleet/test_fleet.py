"""Many models with one execution: each is started and stopped by itself, and one message tells of all."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts"
EPOCH = "1767603600000"


def arn(number: int) -> str:
    return f"{PROJECT}/version/parts.{number}/{EPOCH}"


def script(number: int, **behaviour: Any) -> dict[str, Any]:
    return {
        "ProjectVersionArn": arn(number),
        "StartSeconds": 60,
        "StopSeconds": 20,
        "ProjectArn": f"{PROJECT}/1",
        **behaviour,
    }


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    """Return how the models ended, by the last part of their names."""
    return {
        row.get("ProjectVersionArn", "/boards").split("/")[-2]: row.get("Error", row.get("Outcome"))
        for row in document["Models"]
    }


def test_a_fleet_starts_each_model_and_one_message_tells_of_all(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        script(1), script(2, StartEndsIn=REKOGNITION.failed), script(3, Status="RUNNING"), LOOKOUT_VISION.script()
    )
    models = [arn(1), {"ProjectVersionArn": arn(2)}, arn(3), LOOKOUT_VISION.model, arn(1)]

    ended = lifecycle.end_of(
        lifecycle.start_all({"Models": models, "StopAfterSeconds": 300, "NotifyEach": False, "MaxConcurrency": 2})
    )

    assert (ended.status, ended.error) == ("FAILED", "FleetIncompleteError")
    assert ended.cause == "1 of 4 models is not running: parts/parts.2 (ModelFailedError)."
    message = lifecycle.only_message(ended)
    assert message.document["Outcome"] == "FleetIncomplete"
    assert outcomes(message.document) == {
        "parts.1": "Running",
        "parts.2": "ModelFailedError",
        "parts.3": "AlreadyRunning",
        "": "Running",
    }
    # Of each model, the e-mails of its life are not sent: all leases end by now.
    assert [lifecycle.messages(each) for each in lifecycle.executions()] == [[]] * 4


def test_a_fleet_that_is_aborted_names_what_may_bill_and_a_redrive_goes_on_with_it(lifecycle: Lifecycle) -> None:
    lifecycle.given(*(script(number, StartSeconds=300) for number in (1, 2)), script(3, Status="TRAINING_FAILED"))
    whole_project = {"ProjectArn": f"{PROJECT}/1", "All": True, "NotifyEach": False}

    fleet = lifecycle.start_all(whole_project)
    lifecycle.pass_time(100)
    lifecycle.abort(fleet)
    lifecycle.pass_time(5)
    aborted = {lifecycle.end_of(each).status for each in lifecycle.executions()}
    [told] = lifecycle.messages(fleet)
    of_each = [message.document["Outcome"] for each in lifecycle.executions() for message in lifecycle.messages(each)]
    lifecycle.redrive(fleet)
    ended = lifecycle.end_of(fleet)

    assert aborted == {"ABORTED"}
    assert told.document["Outcome"] == "FleetIncomplete"
    assert told.document["MayBill"]
    assert "These may bill now: parts/parts.1, parts/parts.2." in told.document["Summary"]
    # What may bill although it should not is told at once.
    assert of_each == ["Aborted"] * 2
    assert ended.status == "SUCCEEDED"
    assert (ended.output["Done"], ended.output["LeftOut"]) == (2, {"TRAINING_FAILED": 1})

    stopped = lifecycle.end_of(lifecycle.stop_all({**whole_project, "NotifyEach": True}))

    assert stopped.status == "SUCCEEDED"
    assert set(outcomes(stopped.output).values()) == {"Stopped"}
    assert all(lifecycle.messages(each) for each in lifecycle.stops())


def test_an_event_starts_a_fleet_and_an_input_that_is_wrong_is_told_with_the_place_in_it(lifecycle: Lifecycle) -> None:
    lifecycle.given(script(1))

    lifecycle.send({"Models": [arn(1), {"ProjectVersionArn": "parts"}]}, "Start Models")
    lifecycle.settle()

    [message] = [each for each in lifecycle.heard() if each.document["Outcome"] == "FleetIncomplete"]
    assert message.document["Error"] == "InvalidRequestError"
    assert "Models[1]: ProjectVersionArn must be" in message.document["Cause"]
    assert message.document["Models"] == []


DENIED, THROTTLED = {"Error": "AccessDeniedException"}, {"Error": "ThrottlingException"}
# The first call is that of whoever starts the fleet.
OF_THE_FLEET = {"Operation": "StartExecution", "After": 1}
TROUBLE: dict[str, dict[str, Any]] = {
    "throttled": {**OF_THE_FLEET, **THROTTLED, "Times": 2},
    "limited": {**OF_THE_FLEET, "Error": "ExecutionLimitExceeded", "Times": 2},
    "unanswered": {**OF_THE_FLEET, "Effect": "LoseAnswer", "Times": 1},
    "unreachable": {**OF_THE_FLEET, "Effect": "Refuse", "Times": 2},
    "untold": {"Operation": "Publish", "Error": "InternalErrorException", "Times": 3},
    "untold-for-long": {"Operation": "Publish", **DENIED, "Times": 6, "Caller": "Notify"},
    "killed": {"Operation": "Publish", "Effect": "KillBefore", "Times": 1},
}
EACH_TIME = ("throttled", "untold")


@pytest.mark.parametrize(
    "cases", [EACH_TIME, pytest.param(tuple(case for case in TROUBLE if case not in EACH_TIME), marks=pytest.mark.soak)]
)
def test_trouble_delays_a_fleet_and_what_lasts_keeps_only_its_own_model(
    lifecycle: Lifecycle, cases: Sequence[str]
) -> None:
    fleets = {case: [f"{case}.{number}" for number in (1, 2)] for case in (*cases, "denied")}
    trouble = {**TROUBLE, "denied": {**OF_THE_FLEET, **DENIED}}
    lifecycle.given(
        *({**script(0), "ProjectVersionArn": of_case(name)} for names in fleets.values() for name in names),
        faults=[{**trouble[case], "Model": names[0]} for case, names in fleets.items()],
    )

    arns = {
        case: lifecycle.start_all({"Models": list(map(of_case, names)), "NotifyEach": False})
        for case, names in fleets.items()
    }
    ended = {case: lifecycle.end_of(arn) for case, arn in arns.items()}

    assert {case: (each.status, each.cause) for case, each in ended.items() if each.status != "SUCCEEDED"} == {
        "denied": ("FAILED", "1 of 2 models is not running: parts/denied.1 (StepFunctions.AccessDeniedException).")
    }
    told = {case: lifecycle.only_message(each).document for case, each in ended.items()}
    assert {case: (document["Done"], document["Total"]) for case, document in told.items()} == {
        **dict.fromkeys(cases, (2, 2)),
        "denied": (1, 2),
    }
    assert [row["Outcome"] for row in told["denied"]["Models"]] == ["NotBegun", "Running"]
    assert outcomes(told["denied"]) == {"denied.1": "StepFunctions.AccessDeniedException", "denied.2": "Running"}
    assert len(lifecycle.executions()) == 2 * len(fleets) - 1


def of_case(name: str) -> str:
    return f"{PROJECT}/version/{name}/{EPOCH}"
