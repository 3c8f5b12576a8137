"""Starts whose models are to be running by a time, in the deployed whole."""

from datetime import datetime, timedelta
from typing import Any

from local.network.faults import calls
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import REKOGNITION

HOUR, LONGEST = 3_600, 720


def named(project: str) -> dict[str, Any]:
    """Return a model of a project of its own."""
    return {"ProjectVersionArn": REKOGNITION.model["ProjectVersionArn"].replace("parts", project)}


def asked_at(output: dict[str, Any]) -> datetime:
    """Return when the start was requested, to the second."""
    return from_instant(output["AskedAt"]).replace(microsecond=0)


def test_a_start_waits_for_its_time_whatever_happens_meanwhile_and_a_stop_calls_it_off(lifecycle: Lifecycle) -> None:
    models = {name: named(name) for name in ("steady", "stopped", "aborted")}
    throttled = {"Operation": "GetItem", "Error": "ThrottlingException", "Caller": "StartModel", "Times": 1}
    lifecycle.given(*({**model, "StartSeconds": 650} for model in models.values()), faults=[throttled])
    for model in models.values():
        lifecycle.remember(model, 540, 600, LONGEST)
    ready_by = lifecycle.clock.now().replace(microsecond=0) + timedelta(seconds=HOUR)
    asks_from = ready_by - timedelta(seconds=LONGEST)
    with lifecycle.clock.running():
        fields = {"ReadyBy": to_instant(ready_by), "StopAfterSeconds": HOUR // 2}
        arns = {name: lifecycle.start({**model, **fields}) for name, model in models.items()}
        lifecycle.clock.wait(HOUR / 2)
        early = calls(REKOGNITION.describe)
        lifecycle.stop(models["stopped"])
        lifecycle.abort(arns["aborted"])
        lifecycle.clock.wait(60)
        lifecycle.redrive(arns["aborted"])
    lifecycle.settle()
    ends = {name: lifecycle.end_of(arn) for name, arn in arns.items()}

    steady = ends["steady"]
    assert early == []
    assert asks_from <= asked_at(steady.output) <= asks_from + timedelta(seconds=2)
    assert -LONGEST + 650 <= steady.output["LateSeconds"] < 0
    assert steady.output["Lease"]["EndsAt"] == to_instant(ready_by + timedelta(seconds=HOUR // 2))
    # Every five minutes, and as three starts took turns.
    assert steady.states.count("Start model") <= 14
    assert "early for" in lifecycle.only_message(steady).document["Summary"]
    assert (ends["stopped"].error, ends["stopped"].seconds < HOUR / 2 + 310) == ("ModelStoppedError", True)
    assert [message.document["Outcome"] for message in lifecycle.messages(arns["stopped"])] == ["Failed"]
    told = [message.document["Outcome"] for message in lifecycle.messages(arns["aborted"])]
    assert told == ["Aborted", "Running"]
    assert asked_at(ends["aborted"].output) <= asks_from + timedelta(seconds=2)
    assert len(lifecycle.armed()) == 2
