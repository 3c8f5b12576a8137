"""Starts that wait for a place in the account's quota get it in the order in which they asked."""

from collections.abc import Mapping
from typing import Any

from local.network.faults import calls
from tests.deployed.lifecycle import CARRIED_OUT, NO_QUOTAS, Lifecycle
from tests.deployed.services import BOTH

MINUTE = 60


def model(name: str) -> dict[str, str]:
    """Return a model version of its own project."""
    return {
        "ProjectVersionArn": f"arn:aws:rekognition:us-east-1:123456789012:project/{name}/version/{name}/1767603600000"
    }


def started() -> list[str]:
    """Return which models the service started, in order."""
    made = [call for call in calls("StartProjectVersion") if call.outcome in CARRIED_OUT]
    return [str(call.parameters["ProjectVersionArn"]).split("/")[1] for call in made]


def told(lifecycle: Lifecycle, arn: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what was told of a start, by the outcome: each is told once."""
    documents = [message.document for message in lifecycle.messages(arn)]
    assert len({document["Outcome"] for document in documents}) == len(documents)
    return {document["Outcome"]: document for document in documents}


def test_places_are_handed_over_in_order_past_one_that_is_aborted_and_one_that_is_stopped(lifecycle: Lifecycle) -> None:
    names = ("first", "second", "third", "fourth", "fifth")
    scripts = [{**model(name), "StartSeconds": MINUTE, "StopSeconds": 2 * MINUTE} for name in names]
    lifecycle.given(*scripts, Quotas={**NO_QUOTAS, "RunningModels": 1})
    lifecycle.run(model("first"))
    starts = {}
    with lifecycle.clock.running():
        # It is six o'clock: one is to stop, and the others are to start.
        lifecycle.stop(model("first"))
        for name in names[1:]:
            starts[name] = lifecycle.start({**model(name), "StopAfterSeconds": 8 * 3_600})
            lifecycle.clock.wait(1)
        lifecycle.clock.wait(10 * MINUTE)
        lifecycle.abort(starts["third"])
        lifecycle.stop(model("fourth"))
        lifecycle.clock.wait(3 * MINUTE)
        lifecycle.stop(model("second"))
        lifecycle.clock.wait(10 * MINUTE)
    messages = {name: told(lifecycle, arn) for name, arn in starts.items()}

    assert started() == ["first", "second", "fifth"]
    assert {name: [*outcomes] for name, outcomes in messages.items()} == {
        "second": ["Waiting", "Running"],
        "third": ["Waiting", "Aborted"],
        "fourth": ["Waiting", "Failed"],
        "fifth": ["Waiting", "Running"],
    }
    second, fifth = messages["second"]["Running"]["Waited"], messages["fifth"]["Running"]["Waited"]
    assert (second["Behind"], fifth["Behind"]) == ([], ["second/second", "third/third", "fourth/fourth"])
    assert 2 * MINUTE <= second["Seconds"] <= 4 * MINUTE
    assert 15 * MINUTE <= fifth["Seconds"] <= 18 * MINUTE
    assert (
        " for a place in the account's quota, behind second/second, third/third and fourth/fourth."
        in messages["fifth"]["Running"]["Summary"]
    )
    assert "number 4 in line, behind second/second, third/third and " in messages["fifth"]["Waiting"]["Summary"]
    failed = messages["fourth"]["Failed"]
    assert (failed["Error"], failed["MayBill"], failed["Waited"]["BehindCount"]) == ("ModelStoppedError", False, 2)


def test_a_quota_that_stays_full_ends_the_start_at_its_deadline(lifecycle: Lifecycle) -> None:
    lifecycle.given(*(service.script() for service in BOTH), Quotas={**NO_QUOTAS, "RunningModels": 0})
    with lifecycle.clock.running():
        starts = [lifecycle.start({**service.model, "StartTimeoutSeconds": 300}) for service in BOTH]
        lifecycle.clock.wait(400)

    for arn in starts:
        execution = lifecycle.end_of(arn)
        messages = told(lifecycle, arn)
        assert (execution.status, execution.error) == ("FAILED", "QuotaExceededError")
        assert "The account may run 0 models at a time." in execution.cause
        assert 300 <= execution.seconds <= 305
        assert [(outcome, document["MayBill"]) for outcome, document in messages.items()] == [
            ("Waiting", False),
            ("Failed", False),
        ]
