"""Cold starts of the functions, measured: user CPU time, the least of several processes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_lifecycle.vocabulary import environment

LAMBDAS = Path(__file__).resolve().parents[1] / "lambdas"
HANDLERS = tuple(sorted(file.stem for file in LAMBDAS.glob("*.py")))
_STARTED = Path(__file__).with_name("started.py")
_HERE = "us-east-1:123456789012"
ENVIRONMENT = {
    environment.AWS_LAMBDA_FUNCTION_NAME: "function",
    environment.START_TIMEOUT_SECONDS: "3600",
    environment.STOP_TIMEOUT_SECONDS: "3600",
    environment.STOP_AFTER_SECONDS: "",
    environment.READY_LEAD_SECONDS: "1500",
    environment.MAX_INFERENCE_UNITS: "5",
    environment.MAX_CONCURRENCY: "40",
    environment.NOTIFICATION_TOPIC_ARN: f"arn:aws:sns:{_HERE}:topic",
    environment.RECORD_TABLE_NAME: "records",
    environment.TOLD_TABLE_NAME: "told",
    environment.PRICE_PER_INFERENCE_UNIT_HOUR: "4.0",
    environment.TIME_ZONE: "UTC",
    environment.LEASE_GROUP_NAME: "leases",
    environment.LEASE_ROLE_ARN: "arn:aws:iam::123456789012:role/leases",
    environment.LEASE_DEAD_LETTER_ARN: f"arn:aws:sqs:{_HERE}:leases",
    environment.STOP_MODEL_ARN: f"arn:aws:states:{_HERE}:stateMachine:stop-model",
    environment.WATCHED_SERVICES: "Rekognition",
    environment.EMAILS: "=1",
    environment.PROJECT_ARNS: "",
    environment.WARN_AFTER_SECONDS: "86400",
    environment.STOP_AFTER_SECONDS_UNLEASED: "",
    environment.CALLED_FUNCTION_ARNS: f"arn:aws:lambda:{_HERE}:function:function",
    environment.STATE_MACHINE_ARNS: f"arn:aws:states:{_HERE}:stateMachine:stop-model",
    "POWERTOOLS_SERVICE_NAME": "function",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "PYTHONPATH": str(LAMBDAS),
}
"""What Lambda and the deployment tell the functions. Nothing here calls AWS."""


@dataclass(frozen=True)
class ColdStart:
    """Seconds of user CPU time: of a function with all its clients, and of its clients `alone`."""

    function: str
    clients: tuple[str, ...]
    seconds: float
    alone: float

    @property
    def times(self) -> float:
        """How many times as long the function takes."""
        return self.seconds / self.alone


def measured(function: str, *, rounds: int, done: Callable[[], object] = bool) -> ColdStart:
    """Measure a function, in turn with its clients alone; the first time, which compiles modules, does not count.

    `done` is called after each round.
    """
    clients = _started("clients", function)
    of_all = sorted({*clients["at once"], *clients["later"]})
    seconds, alone = [], []
    for _ in range(rounds):
        seconds.append(_started("cold", function, *clients["later"]))
        alone.append(_started("alone", *of_all))
        done()
    return ColdStart(function, tuple(of_all), min(seconds), min(alone))


def _started(*arguments: str) -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    command = [sys.executable, str(_STARTED), *arguments]
    return json.loads(subprocess.check_output(command, env={**kept, **ENVIRONMENT}, text=True))  # noqa: S603
