"""Abort fleets of starts, with the executions that they have started for their models."""

from collections.abc import Iterable, Sequence

from operations.destroy.of_machine import REASON, SECONDS_BETWEEN, OfMachine
from operations.errors import on_one_line
from operations.status.children import children_arns
from operations.status.fleet import Fleet

_WHY = {"error": "RemovedError", "cause": REASON}


class Aborting(OfMachine):
    """StopExecution, which the app announces as any abort; of start-model. Raises OperationsError."""

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
                self._sleep(SECONDS_BETWEEN)
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
