"""Stop the models through stop-model, and wait until they are stopped."""

import json
from collections.abc import Mapping, Sequence

from model_lifecycle.requests.stop_request import StopRequest
from operations.destroy.of_machine import REASON, SECONDS_BETWEEN, OfMachine
from operations.errors import OperationsError, on_one_line
from operations.status.row import Row

_MOST_LISTED = 1_000


class NotStoppedError(OperationsError):
    """Models were not stopped. Nothing was removed."""


class Stopping(OfMachine):
    """Executions of stop-model, one for each model. Raises OperationsError."""

    def stop(self, rows: Sequence[Row]) -> None:
        """Start them, and wait until all have ended. Raises NotStoppedError if one was not stopped."""
        with on_one_line("Step Functions"):
            begun = {self._start(row.request): row for row in rows}
            ended = self._ends_of(begun)
            failed = [arn for arn, status in ended.items() if status != "SUCCEEDED"]
            reasons = [f"{begun[arn].name} was not stopped ({ended[arn]}): {self._cause(arn)}" for arn in failed]
        if reasons:
            raise NotStoppedError(f"{' '.join(reasons)} Nothing was removed. Stop what runs, and call this again.")

    def _start(self, request: StopRequest) -> str:
        asked = json.dumps({**request.identity, "Reason": REASON})
        return str(self._client.start_execution(stateMachineArn=self._machine_arn, input=asked)["executionArn"])

    def _ends_of(self, begun: Mapping[str, Row]) -> dict[str, str]:
        ended: dict[str, str] = {}
        while True:
            listed = self._client.list_executions(stateMachineArn=self._machine_arn, maxResults=_MOST_LISTED)
            for each in listed["executions"]:
                if each["executionArn"] in begun and each["status"] != "RUNNING":
                    ended[each["executionArn"]] = each["status"]
            self._progress(f"{len(ended):,} of {len(begun):,} models are stopped")
            if len(ended) == len(begun):
                return ended
            self._sleep(SECONDS_BETWEEN)

    def _cause(self, arn: str) -> str:
        return str(self._client.describe_execution(executionArn=arn).get("cause") or f"see {arn}")
