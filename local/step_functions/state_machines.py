"""Step Functions: moto's, on the clock of the local AWS, with names, ends, events and redrives."""

import copy
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from weakref import WeakSet

import moto.stepfunctions.models
from botocore.exceptions import ClientError
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions import urls
from moto.stepfunctions.exceptions import InvalidExecutionInput, ValidationException
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.stepfunctions.responses import StepFunctionResponse

from local.account import Account
from local.api.pages import page_of
from local.clock.clock import Clock
from local.iam.encryption import key_of_machine
from local.iam.iam import Iam
from local.iam.needs import Need
from local.iam.principals import Principal, service
from local.step_functions import interpreter, service_tasks
from local.step_functions.execution_events import ExecutionEvents
from local.step_functions.executions import LocalExecution
from local.step_functions.interpreter import MAX_PAYLOAD_BYTES

_REDRIVABLE_FOR = timedelta(days=14)
_NOT_TRUSTED = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the "
    "provided role."
)
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html, "IAM policies for logging to CloudWatch Logs"
_LOGS = [
    *(Need(f"logs:{verb}LogDelivery") for verb in ("Create", "Get", "Update", "Delete")),
    *map(Need, ("logs:ListLogDeliveries", "logs:PutResourcePolicy")),
    *map(Need, ("logs:DescribeResourcePolicies", "logs:DescribeLogGroups")),
]
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html, "IAM Permissions"
_AWAITS = ":states:startExecution.sync"
_MANAGED_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
"""By which a machine hears of the ends of executions that its own wait for.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html#sync-async-iam-policies
"""
_MANAGES = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
_TRACES = [
    *map(Need, ("xray:PutTraceSegments", "xray:PutTelemetryRecords")),
    *map(Need, ("xray:GetSamplingRules", "xray:GetSamplingTargets")),
]


def install(aws: Account, iam: Iam) -> None:
    """Let state machines run as in AWS."""
    interpreter.install(aws, iam)
    service_tasks.install(aws)
    events, running = ExecutionEvents(aws), _Running(aws.clock)
    members = {"aws": aws, "iam": iam, "events": events, "running": running}
    backend = type("StateMachinesBackend", (_Backend,), members)
    aws.replace(stepfunctions_parser_backends, "backend", backend)
    # CloudFormation and the tagging API look here, the API itself there.
    aws.replace(moto.stepfunctions.models, "stepfunctions_backends", stepfunctions_parser_backends)
    aws.replace_item(urls.url_paths, "{0}/$", _Response.dispatch)
    aws.on_close(running.close)
    aws.on_close(events.close)


class InvalidDefinitionError(AWSError):  # type: ignore[misc]
    """The definition is not Amazon States Language; moto's own error leaves clients without a code."""

    TYPE = "InvalidDefinition"
    STATUS = 400


class ExecutionNotRedrivableError(AWSError):  # type: ignore[misc]
    """This execution cannot be redriven, or not any more."""

    TYPE = "ExecutionNotRedrivable"
    STATUS = 400


class KmsAccessDeniedError(AWSError):  # type: ignore[misc]
    """The role of a state machine may not use the key that encrypts its executions."""

    TYPE = "KmsAccessDeniedException"
    STATUS = 400


class AccessDeniedError(AWSError):  # type: ignore[misc]
    """The role of a state machine does not suit it."""

    TYPE = "AccessDeniedException"
    STATUS = 400


class _Running:
    """What is to be ended with the local AWS: executions of any machine, also of one that was deleted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        # Its own thread holds an execution that runs.
        self._executions: WeakSet[LocalExecution] = WeakSet()
        self._closed = False

    def begin(self, execution: LocalExecution, how: Callable[[], None]) -> None:
        """Start or redrive an execution; one that a request begins yet while all others are ended, ends at once."""
        how()
        with self._guard:
            self._executions.add(execution)
            closed = self._closed
        if closed:
            self._stop(execution)

    def close(self) -> None:
        """End every execution."""
        with self._guard:
            self._closed = True
            executions = list(self._executions)
        for execution in executions:
            self._stop(execution)

    def _stop(self, execution: LocalExecution) -> None:
        execution.stop(stop_date=self._clock.now(), error=None, cause=None)


class _Backend(StepFunctionsParserBackend):  # type: ignore[misc]
    aws: ClassVar[Account]
    iam: ClassVar[Iam]
    events: ClassVar[ExecutionEvents]
    running: "ClassVar[_Running]"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._guard = threading.Lock()

    @property
    def _url_module(self) -> Any:
        return urls

    def create_state_machine(self, *args: Any, **kwargs: Any) -> StateMachine:
        """Create a state machine; one that cannot be read is refused by name, as is one that its role does not suit."""
        try:
            machine: StateMachine = super().create_state_machine(*args, **kwargs)
        except InvalidDefinition as error:
            raise InvalidDefinitionError(error.message) from error
        if reason := self._why_role_does_not_suit(machine):
            self.delete_state_machine(machine.arn)
            raise AccessDeniedError(reason)
        return machine

    def update_state_machine(
        self, arn: str, definition: str | None = None, role_arn: str | None = None, **changes: Any
    ) -> StateMachine:
        """Change a state machine, unless its role does not suit what it would be."""
        wanted = copy.copy(self.describe_state_machine(arn))
        wanted.roleArn = role_arn or wanted.roleArn
        wanted.definition = definition or wanted.definition
        wanted.loggingConfiguration = changes.get("logging_configuration") or wanted.loggingConfiguration
        if reason := self._why_role_does_not_suit(wanted):
            raise AccessDeniedError(reason)
        return super().update_state_machine(arn, definition, role_arn, **changes)

    def _why_role_does_not_suit(self, machine: StateMachine) -> str | None:
        try:
            self.iam.assume(machine.roleArn, by="states.amazonaws.com", name=machine.name, source_arn=machine.arn)
        except ClientError:
            return _NOT_TRUSTED
        if _logs(machine) and not self.iam.allows(self._session(machine), *_LOGS):
            return "The state machine IAM Role is not authorized to access the Log Destination"
        if _AWAITS in machine.definition:
            rule = f"arn:{self.partition}:events:{self.region_name}:{self.account_id}:rule/{_MANAGED_RULE}"
            if not self.iam.allows(self._session(machine), *(Need(action, rule) for action in _MANAGES)):
                return f"'{machine.roleArn}' is not authorized to create managed-rule."
        return None

    def _use_key(self, machine: StateMachine) -> None:
        """Encrypt an execution, and its logs, with the machine's key. Raises KmsAccessDeniedError.

        https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
        """
        key, uses = key_of_machine(machine), self.iam.encryption.uses
        if key is None:
            return
        role = self._session(machine)
        if refusal := self.iam.check(role, uses(role, key, machine.arn, "GenerateDataKey", "Decrypt")):
            raise KmsAccessDeniedError(str(refusal))
        if _logs(machine):
            # Without them no log is delivered, and all else is as with them.
            every_log = f"arn:{self.partition}:logs:{self.region_name}:{self.account_id}:*"
            delivery = service("delivery.logs.amazonaws.com")
            self.iam.allows(role, *uses(role, key, every_log, "GenerateDataKey"))
            self.iam.allows(delivery, *uses(delivery, key, every_log, "Decrypt"))

    def _session(self, machine: StateMachine) -> Principal:
        return self.iam.session(machine.roleArn, machine.name)

    def start_execution(
        self,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> LocalExecution:
        """Start an execution; the same name and input, while it runs, is the same execution."""
        text = execution_input or "{}"
        _check_input(text)
        if name:
            self._validate_name(name)
        else:
            name = str(uuid.uuid4())
        machine = self.describe_state_machine(state_machine_arn)
        with self._guard:
            running = machine._handle_name_input_idempotency(name, text)  # noqa: SLF001
            if running is not None:
                return running  # type: ignore[no-any-return]
            self._use_key(machine)
            # An execution keeps the definition, and the key, that it began with.
            snapshot = copy.copy(machine)
            snapshot.executions = []
            execution = LocalExecution(
                clock=self.aws.clock,
                changed=self.events.publish,
                name=name,
                sm_type=machine.sm_type,
                role_arn=machine.roleArn,
                exec_arn=f"arn:{self.partition}:states:{self.region_name}:{self.account_id}:execution:{machine.name}:{name}",
                account_id=self.account_id,
                region_name=self.region_name,
                state_machine=snapshot,
                cloud_watch_logging_session=None,
                input_data=text,
                trace_header=trace_header,
                activity_store={},
            )
            machine.executions.append(execution)
            if (machine.tracingConfiguration or {}).get("enabled"):
                # Without them there is no trace, and all else is as with them.
                self.iam.allows(self._session(machine), *_TRACES)
            self.running.begin(execution, execution.start)
        return execution

    def stop_execution(self, execution_arn: str, error: str | None = None, cause: str | None = None) -> LocalExecution:
        """Abort an execution."""
        execution = self.execution(execution_arn)
        execution.stop(stop_date=self.aws.clock.now(), error=error, cause=cause)
        return execution

    def redrive_execution(self, execution_arn: str) -> datetime:
        """Begin an unsuccessful execution again where it ended.

        https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
        """
        execution = self.execution(execution_arn)
        with self._guard:
            reason = execution.why_not_redrivable
            ended = execution.stop_date
            if reason is None and ended is not None and ended + _REDRIVABLE_FOR < self.aws.clock.now():
                reason = "Execution ended more than 14 days ago and cannot be redriven"
            if reason:
                raise ExecutionNotRedrivableError(reason)
            self._use_key(execution.state_machine)
            self.running.begin(execution, execution.redrive)
        return execution.redrive_date or self.aws.clock.now()

    def execution(self, execution_arn: str) -> LocalExecution:
        execution: LocalExecution = self.describe_execution(execution_arn)
        return execution


def _logs(machine: StateMachine) -> bool:
    level: str = (machine.loggingConfiguration or {}).get("level", "OFF")
    return level != "OFF"


def _what_is_there(described: Mapping[str, Any]) -> ActionResult:
    return ActionResult({name: value for name, value in described.items() if value is not None})


class _Response(StepFunctionResponse):  # type: ignore[misc]
    @property
    def _executions(self) -> _Backend:
        backend: _Backend = self.stepfunction_backend
        return backend

    def describe_execution(self) -> ActionResult:
        execution = self._executions.execution(self._get_param("executionArn"))
        reason = execution.why_not_redrivable
        described = {
            "executionArn": execution.execution_arn,
            "stateMachineArn": execution.state_machine_arn,
            "name": execution.name,
            "status": execution.status,
            "startDate": execution.start_date,
            "stopDate": execution.stop_date,
            "input": execution.execution_input,
            "inputDetails": {"included": True},
            "output": execution.output,
            "outputDetails": {"included": True} if execution.output is not None else None,
            "error": execution.error,
            "cause": execution.cause,
            "redriveCount": execution.redrive_count,
            "redriveDate": execution.redrive_date,
            "redriveStatus": "NOT_REDRIVABLE" if reason else "REDRIVABLE",
            "redriveStatusReason": reason,
        }
        return _what_is_there(described)

    def describe_state_machine_for_execution(self) -> ActionResult:
        # moto's describes the machine as it is now.
        execution = self._executions.execution(self._get_param("executionArn"))
        machine = execution.state_machine
        described = {
            "stateMachineArn": machine.arn,
            "name": machine.name,
            "definition": machine.definition,
            "roleArn": machine.roleArn,
            "updateDate": machine.update_date,
            "loggingConfiguration": machine.loggingConfiguration,
            "tracingConfiguration": machine.tracingConfiguration,
            "encryptionConfiguration": machine.encryptionConfiguration,
        }
        return _what_is_there(described)

    def get_execution_history(self) -> ActionResult:
        # moto's knows neither an order nor pages.
        execution = self._executions.execution(self._get_param("executionArn"))
        events = execution.to_history_output()["events"]
        if self._get_param("reverseOrder"):
            events = events[::-1]
        asked = {"NextToken": self._get_param("nextToken"), "MaxResults": self._get_param("maxResults") or 100}
        page, following = page_of(events, asked, error="InvalidToken")
        return ActionResult({"events": page, "nextToken": following.get("NextToken")})

    def list_executions(self) -> ActionResult:
        listed = super().list_executions()
        for item in listed.result["executions"]:
            execution = self._executions.execution(item["executionArn"])
            item["redriveCount"] = execution.redrive_count
            more = {"stopDate": execution.stop_date, "redriveDate": execution.redrive_date}
            item.update({name: moment for name, moment in more.items() if moment})
        return listed

    def stop_execution(self) -> ActionResult:
        execution = self._executions.stop_execution(
            self._get_param("executionArn"), self._get_param("error"), self._get_param("cause")
        )
        return ActionResult({"stopDate": execution.stop_date})

    def redrive_execution(self) -> ActionResult:
        return ActionResult({"redriveDate": self._executions.redrive_execution(self._get_param("executionArn"))})


def _check_input(text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES:
        raise ValidationException(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAX_PAYLOAD_BYTES}"
        )
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"Non-standard token '{constant}'")
