"""In which redrive of an execution its end came about.

A redrive enters again the state that failed. Where that was the machine's Fail, it fails again with the same end.
"""

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_FAIL_AGAIN = ["FailStateEntered", "ExecutionFailed"]
_ENOUGH_EVENTS = 1_000


def redrive_of_end(executions: "SFNClient", execution_arn: str, redrive_count: int) -> int:
    """Return the number of the redrive (0: none) in which the end came about that stands after redrive `redrive_count`.

    Raises botocore's ClientError and BotoCoreError.
    """
    events = executions.get_execution_history(
        executionArn=execution_arn, reverseOrder=True, maxResults=_ENOUGH_EVENTS, includeExecutionData=False
    )["events"]
    types: dict[int, list[str]] = {}
    since: list[str] = []
    for event in events:
        if event["type"] == "ExecutionRedriven":
            types[event["executionRedrivenEventDetails"]["redriveCount"]] = since
            since = []
        else:
            since.insert(0, event["type"])
    again = takewhile(lambda count: types.get(count) == _FAIL_AGAIN, range(redrive_count, 0, -1))
    return redrive_count - len(list(again))
