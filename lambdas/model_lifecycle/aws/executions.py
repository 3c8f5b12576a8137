"""Executions of stop-model that the watch and the net below the machines start."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.requests.stop_request import StopRequest
from model_lifecycle.vocabulary.errors import ServiceRefusedError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StopExecutions:
    """Starts stop-model, and looks at executions of start-model. Raises as `Model` does."""

    def __init__(self, state_machine_arn: str, client: "SFNClient") -> None:
        self._state_machine_arn = state_machine_arn
        self._client = client

    def start(self, request: StopRequest, *, once: str) -> str:
        """StartExecution; once for that text, however often it is asked for. The execution's ARN."""
        name = sha256(f"{request.model_id} {once}".encode()).hexdigest()
        try:
            with service_errors("StartExecution"):
                self._client.start_execution(
                    stateMachineArn=self._state_machine_arn,
                    name=name,
                    input=json.dumps(request.to_json()),
                )
        except ServiceRefusedError as error:
            if "ExecutionAlreadyExists" not in str(error):
                raise
        return f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    def is_under_way(self, execution_arn: str) -> bool:
        """Tell whether DescribeExecution says RUNNING. An execution that AWS has forgotten ended long ago."""
        try:
            with service_errors("DescribeExecution"):
                return self._client.describe_execution(executionArn=execution_arn)["status"] == "RUNNING"
        except ServiceRefusedError as error:
            if "ExecutionDoesNotExist" not in str(error):
                raise
            return False
