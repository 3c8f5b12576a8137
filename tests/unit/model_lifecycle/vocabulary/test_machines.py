"""The state machines, by their names in any deployment."""

import pytest

from model_lifecycle.vocabulary.machines import START_MODEL, STOP_MODEL, Machine, machine_of
from tests.fakes.given import HOME


@pytest.mark.parametrize("machine", [START_MODEL, STOP_MODEL])
@pytest.mark.parametrize("stage", ["", "team-a", "start-model", "stop-model"])
def test_whose_execution_it_is_can_be_told_with_every_stage(machine: Machine, stage: str) -> None:
    home = HOME.of(machine.arn(HOME), stage=stage)

    assert home == HOME
    assert machine_of(machine.execution("stop-model", home)) is machine
    assert machine.arn(home).endswith(f":{machine.name}-{stage}" if stage else f":{machine.name}")
