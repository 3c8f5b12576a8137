"""Abort fleets of starts, with the executions that they have started for their models."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from operations.aws import Aws
from operations.errors import on_one_line
from operations.status.children import children_arns
from operations.status.fleet import Fleet

_SECONDS_BETWEEN = 5.0
_WHY = {"error": "RemovedError", "cause": "The app is being removed by make destroy."}


class Aborting:
    """StopExecution, which the app announces as any abort. Raises OperationsError.

    `sleep` takes seconds, `progress` what is said meanwhile. `machine_arn`: that of start-model.
    """

    def __init__(
        self, aws: Aws, machine_arn: str, *, sleep: Callable[[float], None], progress: Callable[[str], None]
    ) -> None:
        self._client: Any = aws.client("stepfunctions")
        self._machine_arn = machine_arn
        self._sleep = sleep
        self._progress = progress

    def abort(self, fleets: Sequence[Fleet]) -> None:
        """Abort them, and wait until none of their models is being started any more."""
        children = {
            arn
            for fleet in fleets
            for each in children_arns(fleet.execution, fleet.redrives, fleet.total)
            for arn in each
        }
        with on_one_line("Step Functions"):
            self._stop(fleet.execution for fleet in fleets)
            while True:
                # Step Functions stops them with their parent, in a moment.
                self._sleep(_SECONDS_BETWEEN)
                going = children & self._under_way()
                if not going:
                    return
                self._progress(f"{len(going):,} starts of aborted fleets go on")
                # It does no more than its best.
                self._stop(sorted(going))

    def _stop(self, arns: Iterable[str]) -> None:
        for arn in arns:
            self._client.stop_execution(executionArn=arn, **_WHY)

    def _under_way(self) -> set[str]:
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=self._machine_arn, statusFilter="RUNNING"
        )
        return {each["executionArn"] for page in pages for each in page["executions"]}
