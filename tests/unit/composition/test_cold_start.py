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


@pytest.mark.parametrize(
    ("handlers", "spared"),
    [(STEPS, UPLOADS | TELLING | RARE), (("watch_models",), UPLOADS | TELLING | RARE), (("notify",), RARE)],
    ids=["steps", "watch", "notify"],
)
def test_what_is_seldom_needed_is_not_loaded(handlers: tuple[str, ...], spared: set[str]) -> None:
    code = f"import json, sys, {', '.join(handlers)}; print(json.dumps([*sys.modules]))"

    loaded = subprocess.check_output([sys.executable, "-c", code], env=ENVIRONMENT, text=True)  # noqa: S603

    assert spared.isdisjoint(json.loads(loaded))
    assert set(handlers) <= set(json.loads(loaded))
