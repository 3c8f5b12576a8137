"""Tasks that call a service: parameters in the API's case, results in that of Step Functions, named errors."""

import datetime
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sfn
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from local.account import Account
from local.step_functions.interpreter import aws_time


def install(aws: Account) -> None:
    """Let `states:startExecution` and `aws-sdk:...` tasks be as in AWS."""
    _cases(aws)
    _awaited(aws)
    _errors(aws)


def _cases(aws: Account) -> None:
    """Translate between the two cases; moto leaves the hooks for that empty."""

    def operation(task: StateTaskService, service: str | None, action: str | None) -> Any:
        name = task._get_boto_service_action(action)  # noqa: SLF001
        client = aws.client(task._get_boto_service_name(service))  # noqa: SLF001
        return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name])

    def translated(prepare: Callable[..., None]) -> Callable[..., None]:
        def normalise_parameters(
            self: StateTaskService,
            parameters: dict[str, Any],
            boto_service_name: str | None = None,
            service_action_name: str | None = None,
        ) -> None:
            prepare(self, parameters, boto_service_name, service_action_name)
            shape = operation(self, boto_service_name, service_action_name).input_shape
            if shape:
                self._to_boto_request(parameters, shape)

        return normalise_parameters

    def normalise_response(
        self: StateTaskService,
        response: Any,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        shape = operation(self, boto_service_name, service_action_name).output_shape
        if shape:
            self._from_boto_response(response, shape)
        for name, value in list(response.items()):
            if isinstance(value, datetime.datetime):
                response[name] = aws_time(value)

    for task in (StateTaskServiceSfn, StateTaskServiceAwsSdk):
        aws.replace(task, "_normalise_parameters", translated(task._normalise_parameters))  # noqa: SLF001
        aws.replace(task, "_normalise_response", normalise_response)


def _awaited(aws: Account) -> None:
    """Let a task wait for the end of the execution that it started, which ends with it; moto asks every now and then.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
    """

    def waiting(build: Callable[..., Any]) -> Callable[..., Any]:
        def build_resolver(self: StateTaskServiceSfn, env: Environment, *args: Any, **kwargs: Any) -> Any:
            arn = env.stack[-1]["ExecutionArn"]
            resolve = build(self, env, *args, **kwargs)
            executions = models.stepfunctions_parser_backends[aws.account_id][aws.region]
            execution = executions.describe_execution(arn)
            context = env.states.context_object.context_object_data
            parent = executions.describe_execution(context["Execution"]["Id"])
            credentials = kwargs["state_credentials"]
            client = state_task_service_sfn.boto_client_for(aws.region, "stepfunctions", credentials)
            abandoned = partial(_stop, client, arn)
            parent.when_cut_short(abandoned)

            def resolve_ended() -> Any:
                execution.ended.wait()
                parent.forget(abandoned)
                return resolve()

            return resolve_ended

        return build_resolver

    for builder in ("_build_sync_resolver", "_build_sync2_resolver"):
        aws.replace(StateTaskServiceSfn, builder, waiting(getattr(StateTaskServiceSfn, builder)))


def _stop(client: Any, execution_arn: str) -> None:
    """Stop it as far as that can be: nobody hears of it if not."""
    with suppress(ClientError, BotoCoreError):
        client.stop_execution(executionArn=execution_arn)


def _errors(aws: Account) -> None:
    """Name what a service cannot be asked for, where moto has States.Runtime, and no exception an exception twice."""

    def named(task: type[StateTaskService], service: Callable[[Any], str]) -> Callable[..., FailureEvent]:
        explain = task._from_error  # noqa: SLF001

        def from_error(self: Any, env: Environment, ex: Exception) -> FailureEvent:
            match ex:
                case BotoCoreError():
                    return _failed(self, env, f"{service(self)}.SdkClientException", str(ex))
                case ClientError() if task is StateTaskServiceSfn and _code(ex).endswith("Exception"):
                    cause = explain(self, env, ex).event_details["taskFailedEventDetails"]["cause"]
                    return _failed(self, env, f"{service(self)}.{_code(ex)}", cause)
            return explain(self, env, ex)

        return from_error

    def sdk_name(task: StateTaskServiceAwsSdk) -> str:
        return str(task._normalise_service_error_name(task.resource.api_name))  # noqa: SLF001

    aws.replace(StateTaskServiceSfn, "_from_error", named(StateTaskServiceSfn, lambda _: "StepFunctions"))
    aws.replace(StateTaskServiceAwsSdk, "_from_error", named(StateTaskServiceAwsSdk, sdk_name))


def _failed(task: Any, env: Environment, error: str, cause: str) -> FailureEvent:
    details = TaskFailedEventDetails(
        error=error,
        cause=cause,
        resource=task._get_sfn_resource(),  # noqa: SLF001
        resourceType=task._get_sfn_resource_type(),  # noqa: SLF001
    )
    return FailureEvent(
        env=env,
        error_name=CustomErrorName(error),
        event_type=HistoryEventType.TaskFailed,
        event_details=EventDetails(taskFailedEventDetails=details),
    )


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
