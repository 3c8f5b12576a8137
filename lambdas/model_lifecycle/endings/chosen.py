"""What an execution understood its input as, where that is more than the input says: its history tells."""

import json
from typing import TYPE_CHECKING

from model_lifecycle.steps.payload import asked_of

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_ENOUGH_EVENTS = 20
"""Every state hands on what is known, so the last one that was left has it."""


def last_request(executions: "SFNClient", execution_arn: str) -> object:
    """Return the request as the last state left it that an execution has left; None if it has left none.

    Raises botocore's ClientError and BotoCoreError.
    """
    events = executions.get_execution_history(
        executionArn=execution_arn, reverseOrder=True, maxResults=_ENOUGH_EVENTS, includeExecutionData=True
    )["events"]
    for event in events:
        left = event.get("stateExitedEventDetails", {}).get("output")
        if left:
            return asked_of(json.loads(left))
    return None
