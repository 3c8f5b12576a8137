"""Every error and every broken call as a start enters the line of those that wait for a place in the quota, or leaves.

Each was refused once for want of a place. They live apart from other starts, which would all wait behind them.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.scenario.scenario import EFFECTS
from tests.deployed.many_lives import Life, Lived
from tests.deployed.services import REKOGNITION
from tests.deployed.trouble.documented_errors import errors_of
from tests.soak import covering


def line_cases() -> Iterator[Life]:
    """Yield what goes wrong as a start stands in line, and leaves it."""
    refused = {"Operation": "StartProjectVersion", "Error": "LimitExceededException", "Times": 1}
    for error in (*errors_of("dynamodb", "UpdateItem"), "KillBefore", "KillAfter", "LoseAnswer", "Timeout"):
        life = Life(service=REKOGNITION, operation="UpdateItem", error=error, script={"StartSeconds": 40})
        meant = {"Effect" if error in EFFECTS else "Error": error, "Caller": "StartModel", "Times": 1}
        yield replace(life, faults=[refused, {"Operation": "UpdateItem", **meant}])


@pytest.mark.parametrize("life", covering(line_cases(), one_in=6), ids=str)
def test_an_error_as_a_start_waits_in_line_delays_it_and_nothing_else(lived: Lived) -> None:
    assert lived.execution.status == "SUCCEEDED", lived.execution.cause
    assert lived.carried_out(lived.service.start) == 1
    assert lived.document["Outcome"] == "Running"
