"""Many models with one execution: each is started and stopped by itself, and one message tells of all."""

from typing import Any

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts"
EPOCH = "1767603600000"


def arn(number: int) -> str:
    return f"{PROJECT}/version/parts.{number}/{EPOCH}"


def script(number: int, **behaviour: Any) -> dict[str, Any]:
    return {"ProjectVersionArn": arn(number), "StartSeconds": 60, "StopSeconds": 20, **behaviour}


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
    print(message)
