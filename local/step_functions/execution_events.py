"""The events that Step Functions puts on the default bus whenever an execution's status changes.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.events.models import events_backends

from local.account import Account
from local.api.measurement import Measurement, Metric
from local.iam.encryption import key_of_machine
from local.step_functions.executions import LocalExecution

_NAMESPACE = "AWS/States"
_LIMIT_BYTES = 248 * 1024
"""What input and output together, escaped, may have in an event."""


@dataclass(frozen=True)
class ExecutionStatus:
    """What became of an execution. `seconds`: since it began."""

    machine: str
    name: str
    status: str
    error: str | None
    cause: str | None
    seconds: float


class ExecutionEvents:
    """Puts them there."""

    def __init__(self, aws: Account) -> None:
        self._aws = aws
        self._closed = False

    def publish(self, execution: LocalExecution) -> None:
        """Tell the status that an execution has now."""
        if self._closed:
            return
        self._aws.announce(
            ExecutionStatus(
                machine=execution.state_machine.name,
                name=execution.name,
                status=execution.status,
                error=execution.error,
                cause=execution.cause,
                seconds=(self._aws.clock.now() - execution.start_date).total_seconds(),
            )
        )
        self._measure(execution)
        bus = events_backends[execution.account_id][execution.region_name]
        bus.take(
            {
                "Source": "aws.states",
                "DetailType": "Step Functions Execution Status Change",
                "Time": self._aws.clock.now().timestamp(),
                "Resources": [execution.execution_arn],
                "Detail": json.dumps(_detail(execution)),
            }
        )

    def _measure(self, execution: LocalExecution) -> None:
        begins = "Redriven" if execution.redrive_count else "Started"
        name = {"RUNNING": begins, "TIMED_OUT": "TimedOut"}.get(execution.status, execution.status.title())
        of_machine = {"StateMachineArn": execution.state_machine_arn}
        self._aws.announce(Measurement(Metric.of(_NAMESPACE, f"Executions{name}", **of_machine)))
        if execution.stop_date:
            taken = (execution.stop_date - execution.start_date).total_seconds() * 1_000
            self._aws.announce(Measurement(Metric.of(_NAMESPACE, "ExecutionTime", **of_machine), taken, "Milliseconds"))

    def close(self) -> None:
        """Tell nothing more."""
        self._closed = True


def _detail(execution: LocalExecution) -> dict[str, Any]:
    given, output = execution.execution_input, execution.output
    reason = execution.why_not_redrivable
    error, cause = execution.error, execution.cause
    if key_of_machine(execution.state_machine):
        # What a customer's key encrypts does not leave in clear.
        given = output = error = cause = None
    elif len(json.dumps(output or "")) > _LIMIT_BYTES:
        given = output = None
    elif len(json.dumps(given)) + len(json.dumps(output or "")) > _LIMIT_BYTES:
        given = None
    return {
        "executionArn": execution.execution_arn,
        "stateMachineArn": execution.state_machine_arn,
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "name": execution.name,
        "status": execution.status,
        "startDate": _milliseconds(execution.start_date),
        "stopDate": _milliseconds(execution.stop_date),
        "input": given,
        "inputDetails": {"included": given is not None},
        "output": output,
        "outputDetails": {"included": output is not None} if execution.output is not None else None,
        "error": error,
        "cause": cause,
        "redriveCount": execution.redrive_count,
        "redriveDate": _milliseconds(execution.redrive_date),
        "redriveStatus": "NOT_REDRIVABLE" if reason else "REDRIVABLE",
        "redriveStatusReason": reason,
    }


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
