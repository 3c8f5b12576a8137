"""What a start leaves of how long it took, in the deployed whole."""

import pytest

from bench.lag.starts import lags
from tests.deployed.lifecycle import Execution, Lifecycle
from tests.deployed.services import REKOGNITION


def seasoned(lifecycle: Lifecycle) -> list[Execution]:
    """Return three starts that took ten minutes, each with its stop."""
    lifecycle.given(REKOGNITION.script(StartSeconds=603))
    starts = []
    for _ in range(3):
        starts.append(lifecycle.run(REKOGNITION.model))
        lifecycle.run_stop(REKOGNITION.model)
    return starts


def test_a_start_after_others_is_found_sooner_and_one_that_takes_longer_is_told_once(lifecycle: Lifecycle) -> None:
    first, *_, last = [start.output for start in seasoned(lifecycle)]

    assert last["Checks"] < 0.8 * first["Checks"]
    assert last["ElapsedSeconds"] < 603 + 10
    assert first["UsualStart"] is None

    # The topic fails for a while, and the function once after it has told.
    faults = [
        {"Operation": "Publish", "Error": "InternalError", "Times": 8},
        {"Operation": "PutEvents", "Effect": "KillAfter", "Times": 1},
    ]
    lifecycle.given(REKOGNITION.script(StartSeconds=1_500), faults=faults)
    long = lifecycle.run(REKOGNITION.model)
    still, runs = [message.document for message in lifecycle.messages(long.arn)]

    assert (still["Outcome"], runs["Outcome"]) == ("StillStarting", "Running")
    assert 603 * 1.25 < still["StartTookSeconds"] < 1_500 - 60
    assert "usual is about 10 min" in still["Summary"]
    assert long.output["UsualStart"]["Starts"] == 3
    assert 1_500 <= long.output["StartTookSeconds"] < 1_530
    assert long.states.count("Remember notification") == 1
    assert long.states.count("Notify still starting") > 1


@pytest.mark.soak
def test_the_deployed_app_is_as_late_as_the_yardstick_says(lifecycle: Lifecycle) -> None:
    none, few, ten = lags(lifecycle.aws, lifecycle.clock, lifecycle.outputs, models=5)

    assert max(none.p95, few.p95, ten.p95) <= 10
    assert ten.cents < none.cents <= 0.95
