"""What a start leaves of how long it took, in the deployed whole."""

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import REKOGNITION


def test_a_start_after_others_is_found_sooner_and_with_fewer_looks(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=603))
    starts = []
    for _ in range(3):
        starts.append(lifecycle.run(REKOGNITION.model).output)
        lifecycle.run_stop(REKOGNITION.model)

    first, *_, last = starts
    assert last["Checks"] < 0.8 * first["Checks"]
    assert last["ElapsedSeconds"] < 603 + 10
