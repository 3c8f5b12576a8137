"""The README's numbers are measured."""

import re
from pathlib import Path

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import REKOGNITION

README = Path(__file__).parents[3] / "README.md"


def test_the_transitions_of_a_start_that_takes_ten_minutes(lifecycle: Lifecycle) -> None:
    lifecycle.given(REKOGNITION.script(StartSeconds=600))

    execution = lifecycle.run(REKOGNITION.model)

    [transitions] = re.findall(r"takes ten minutes .*: (\d+) state transitions", README.read_text(encoding="utf-8"))
    assert len(execution.states) == int(transitions)
