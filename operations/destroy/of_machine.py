"""What ends executions of one of the app's state machines before the app is removed."""

from collections.abc import Callable
from typing import Any

from operations.aws import Aws

SECONDS_BETWEEN = 5.0
"""So long it waits until it looks again."""
REASON = "The app is being removed by make destroy."


class OfMachine:
    """A state machine and who hears how it goes on: `sleep` takes seconds, `progress` what is said meanwhile."""

    def __init__(
        self, aws: Aws, machine_arn: str, *, sleep: Callable[[float], None], progress: Callable[[str], None]
    ) -> None:
        self._client: Any = aws.client("stepfunctions")
        self._machine_arn = machine_arn
        self._sleep = sleep
        self._progress = progress
