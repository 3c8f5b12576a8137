"""What no function loads before it needs it, since each of its cold starts would pay for it."""

import json
import subprocess
import sys

import pytest

from bench.cold_start import ENVIRONMENT

STEPS = ("start_model", "check_model", "stop_model", "forget_versions")
UPLOADS = {"boto3", "s3transfer"}
"""What comes with them serves files in S3."""
TELLING = {
    "aws_lambda_powertools.utilities.idempotency",
    "model_lifecycle.endings.message",
    "model_lifecycle.aws.teller",
}
RARE = {"difflib"}
STEPPING = {"model_lifecycle.steps.progress", "model_lifecycle.steps.start", "model_lifecycle.aws.lease_schedules"}
"""What takes a step, which only the functions of the loops do."""
FLEETS = {"model_lifecycle.endings.fleet", "model_lifecycle.requests.fleet_request"}


@pytest.mark.parametrize(
    ("handlers", "spared"),
    [
        (STEPS, UPLOADS | TELLING | FLEETS | RARE),
        (("watch_models",), UPLOADS | TELLING | FLEETS | RARE),
        (("notify",), STEPPING | FLEETS | RARE),
        (("fleet_models",), UPLOADS | TELLING | STEPPING | RARE),
    ],
    ids=["steps", "watch", "notify", "fleets"],
)
def test_what_is_seldom_needed_is_not_loaded(handlers: tuple[str, ...], spared: set[str]) -> None:
    code = f"import json, sys, {', '.join(handlers)}; print(json.dumps([*sys.modules]))"

    loaded = subprocess.check_output([sys.executable, "-c", code], env=ENVIRONMENT, text=True)  # noqa: S603

    assert spared.isdisjoint(json.loads(loaded))
    assert set(handlers) <= set(json.loads(loaded))
