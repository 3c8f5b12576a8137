"""The definitions that executions follow: each keeps the one that it began with, in a redrive, too."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.literals import ExecutionStatusType
    from mypy_boto3_stepfunctions.type_defs import DescribeStateMachineForExecutionOutputTypeDef

_MAY_GO_ON: "tuple[ExecutionStatusType, ...]" = ("RUNNING", "FAILED", "TIMED_OUT", "ABORTED")


class MachineDefinitions:
    """The `Definitions` of some state machines."""

    def __init__(self, state_machine_arns: Iterable[str], client: "SFNClient") -> None:
        self._state_machine_arns = state_machine_arns
        self._client = client

    def that_count(self, *, ended_after: datetime) -> Iterator[str]:
        """DescribeStateMachine, and DescribeStateMachineForExecution of what ListExecutions lists."""
        for arn in self._state_machine_arns:
            with service_errors("DescribeStateMachine"):
                yield self._client.describe_state_machine(stateMachineArn=arn)["definition"]
            yield from self._of_executions(self._that_may_go_on(arn, ended_after))

    def _that_may_go_on(self, machine_arn: str, ended_after: datetime) -> list[str]:
        """Return the ARNs of executions in the order in which they began."""
        pages = (
            page
            for status in _MAY_GO_ON
            for page in self._client.get_paginator("list_executions").paginate(
                stateMachineArn=machine_arn, statusFilter=status
            )
        )
        with service_errors("ListExecutions"):
            going = [
                execution
                for page in pages
                for execution in page["executions"]
                if execution.get("stopDate", ended_after) >= ended_after
            ]
        return [each["executionArn"] for each in sorted(going, key=lambda execution: execution["startDate"])]

    def _of_executions(self, arns: Sequence[str]) -> Iterator[str]:
        """Yield every definition that one of them has. If two have the same one, so have all in between."""

        @cache
        def described(index: int) -> "DescribeStateMachineForExecutionOutputTypeDef":
            with service_errors("DescribeStateMachineForExecution"):
                return self._client.describe_state_machine_for_execution(executionArn=arns[index])

        spans = [(0, len(arns) - 1)] if arns else []
        while spans:
            first, last = spans.pop()
            yield described(first)["definition"]
            if described(first)["updateDate"] != described(last)["updateDate"]:
                middle = (first + last + 1) // 2
                spans += [(first, middle - 1), (middle, last)]
