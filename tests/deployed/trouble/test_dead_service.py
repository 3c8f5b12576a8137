"""A service that is gone: starts and stops end soon where that is certain, and at their deadline otherwise."""

import pytest

from tests.deployed.lifecycle import SECONDS_OF_PATIENCE_WITH_DAYS, Lifecycle
from tests.deployed.services import LOOKOUT_VISION

TIMEOUT = 90


@pytest.mark.parametrize("verb", ["start", "stop"])
@pytest.mark.parametrize(
    ("end", "error", "passes"),
    [
        ("NoSuchHost", "ServiceUnreachableError", False),
        (403, "AccessDeniedError", False),
        (404, "ServiceUnreachableError", False),
        (410, "ServiceUnreachableError", False),
        (503, "TimedOutError", True),
        ("ConnectionRefused", "TimedOutError", True),
        # A client waits by the machine's own clock: half a minute for each look.
        pytest.param("NoAnswer", "TimedOutError", True, marks=pytest.mark.soak),
    ],
)
def test_what_is_certain_ends_at_once_and_what_may_pass_at_the_deadline(
    lifecycle: Lifecycle, verb: str, end: str | int, error: str, passes: bool
) -> None:
    lifecycle.given(LookoutVisionEnd=end)
    asked = {**LOOKOUT_VISION.model, f"{verb.title()}TimeoutSeconds": TIMEOUT}

    arn = lifecycle.start(asked) if verb == "start" else lifecycle.stop(asked)
    lifecycle.settle(patience=SECONDS_OF_PATIENCE_WITH_DAYS)
    execution = lifecycle.end_of(arn)

    assert execution.status == "FAILED"
    assert str(execution.error).endswith(error)
    assert (TIMEOUT <= execution.seconds < 2 * TIMEOUT) if passes else execution.seconds < 10
    assert "AWS ended Amazon Lookout for Vision on 2025-10-31" in lifecycle.only_message(execution).document["Summary"]
