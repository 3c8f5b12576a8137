"""The state machine start-model."""

from aws_cdk import Aws, Duration
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_stepfunctions import (
    Choice,
    Condition,
    DefinitionBody,
    Fail,
    IChainable,
    JitterType,
    JsonPath,
    LogLevel,
    LogOptions,
    Pass,
    StateMachine,
    Succeed,
    TaskInput,
    TaskStateBase,
    Wait,
    WaitTime,
)
from aws_cdk.aws_stepfunctions_tasks import LambdaInvoke
from constructs import Construct

from model_lifecycle.errors import FunctionFailedError
from model_lifecycle.phase import Phase
from model_lifecycle.request import MAX_TIMEOUT_SECONDS
from stacks.acknowledgements import acknowledge, on_resource, on_versions_of
from stacks.lifecycle_functions import LifecycleFunctions
from stacks.logs import log_group
from stacks.names import START_MODEL
from stacks.settings import Settings

# Nothing inside can catch the machine's own timeout: it lies behind the latest deadline that an input can ask for.
_BACKSTOP = Duration.seconds(MAX_TIMEOUT_SECONDS + 3_600)
_LAMBDA_CANNOT_ANSWER = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    # The CDK's default leaves it out, although it is what an account at its concurrency limit answers.
    "Lambda.TooManyRequestsException",
]


class StartWorkflow(Construct):
    """Start a model, then look again until it runs or can no longer run, and tell how it ended."""

    def __init__(self, scope: Construct, id: str, *, functions: LifecycleFunctions, settings: Settings) -> None:  # noqa: A002
        super().__init__(scope, id)
        self._functions = functions
        self.state_machine = StateMachine(
            self,
            "StateMachine",
            state_machine_name=START_MODEL,
            comment="Start a model that bills while it runs, wait until it runs, and tell how it ended",
            definition_body=DefinitionBody.from_chainable(self._definition()),
            timeout=_BACKSTOP,
            tracing_enabled=True,
            logs=LogOptions(
                destination=log_group(
                    self, "Log", settings=settings, name=f"/aws/vendedlogs/states/{Aws.STACK_NAME}-{START_MODEL}"
                ),
                level=LogLevel.ALL,
                include_execution_data=True,
            ),
        )
        acknowledge(
            self.state_machine.role,
            on_resource("*"),
            reason="The log delivery of Step Functions and X-Ray's actions have no resource level in IAM",
        )
        acknowledge(
            self.state_machine.role,
            *map(on_versions_of, (functions.start_model, functions.check_model, functions.notify)),
            reason="The CDK lets a task call every version of its function; these functions publish none",
        )

    def _definition(self) -> IChainable:
        notify_failure = self._notify_failure()
        explain_fault = self._explain_fault().next(notify_failure)
        start_model = self._step(
            "Start model",
            self._functions.start_model,
            comment="Look first, and ask for the start if the model can be started now. Safe to repeat",
            on_fault=explain_fault,
        )
        check_model = self._step(
            "Check model",
            self._functions.check_model,
            comment="Look how the model is. What cannot be looked at now is looked at again later",
            on_fault=explain_fault,
        )
        model_running = (
            Choice(self, "Model running?", comment="Only named phases wait. Whatever else there is gives up")
            .when(self._phase_is(Phase.RUNNING), self._notify_running())
            .when(self._phase_is(Phase.STARTING), self._wait("Wait for start", "Until the next look").next(check_model))
            .when(self._phase_is(Phase.BLOCKED), self._wait("Wait to retry", "Until the next try").next(start_model))
            .otherwise(notify_failure)
        )
        check_model.next(model_running)
        return self._take_request().next(start_model).next(model_running)

    def _take_request(self) -> Pass:
        return Pass(
            self,
            "Take request",
            comment="Nest the input, which may be any JSON, and seed what the later states read",
            parameters={
                "Input": JsonPath.object_at("$"),
                "Execution": {"Arn": JsonPath.execution_id, "StartTime": JsonPath.execution_start_time},
                "Progress": {},
            },
        )

    def _step(self, name: str, function: IFunction, *, comment: str, on_fault: IChainable) -> TaskStateBase:
        step = self._invoke(
            name,
            function,
            comment=comment,
            payload={
                "Input": JsonPath.object_at("$.Input"),
                "Execution": JsonPath.object_at("$.Execution"),
                "Progress": JsonPath.object_at("$.Progress"),
            },
            result_path="$.Progress",
        )
        # What has no message of its own: the function died, or has a bug. Its domain's errors are answers.
        step.add_retry(errors=["States.ALL"], interval=Duration.seconds(2), backoff_rate=2, max_attempts=2)
        return step.add_catch(on_fault, errors=["States.ALL"], result_path="$.Fault")

    def _notify(self, name: str, *, comment: str) -> TaskStateBase:
        notify = self._invoke(
            name,
            self._functions.notify,
            comment=comment,
            payload={
                "Input": JsonPath.object_at("$.Input"),
                "Execution": {
                    "Arn": JsonPath.string_at("$.Execution.Arn"),
                    "StartTime": JsonPath.string_at("$.Execution.StartTime"),
                    "RedriveCount": JsonPath.number_at("$$.Execution.RedriveCount"),
                },
                "Progress": JsonPath.object_at("$.Progress"),
            },
            # Nothing reads it, and an input of just the largest size leaves no room for it.
            result_path=JsonPath.DISCARD,
        )
        # Longer than the function's timeout: one that died while it told holds the memory of it for as long.
        return notify.add_retry(errors=["States.ALL"], interval=Duration.seconds(5), backoff_rate=2, max_attempts=5)

    def _invoke(
        self, name: str, function: IFunction, *, comment: str, payload: dict[str, object], result_path: str
    ) -> TaskStateBase:
        invoke = LambdaInvoke(
            self,
            name,
            comment=comment,
            lambda_function=function,
            payload=TaskInput.from_object(payload),
            payload_response_only=True,
            result_path=result_path,
            retry_on_service_exceptions=False,
        )
        return invoke.add_retry(
            errors=_LAMBDA_CANNOT_ANSWER,
            interval=Duration.seconds(1),
            backoff_rate=2,
            # A quarter of an hour: an account at its concurrency limit is no reason to end a start.
            max_attempts=30,
            max_delay=Duration.minutes(1),
            jitter_strategy=JitterType.FULL,
        )

    def _notify_running(self) -> IChainable:
        running = Succeed(
            self, "Model running", comment="The output tells how the start went", output_path="$.Progress.Report"
        )
        notify = self._notify("Notify running", comment="Tell the subscribers that the model runs")
        # The model runs, whoever heard of it. The net tells what could not be told here.
        return notify.add_catch(running, errors=["States.ALL"], result_path=JsonPath.DISCARD).next(running)

    def _notify_failure(self) -> IChainable:
        not_running = Fail(
            self,
            "Model not running",
            comment="Error and Cause are the reason, in plain words",
            error_path="$.Progress.Failure.Error",
            cause_path="$.Progress.Failure.Cause",
        )
        notify = self._notify("Notify failure", comment="Tell the subscribers why the model does not run")
        return notify.add_catch(not_running, errors=["States.ALL"], result_path=JsonPath.DISCARD).next(not_running)

    def _explain_fault(self) -> Pass:
        return Pass(
            self,
            "Explain fault",
            comment="Put a function's fault into plain words; what it knew is lost",
            parameters={
                "Phase": Phase.FAILED.value,
                "Failure": {
                    "Error": FunctionFailedError.__name__,
                    "Cause": JsonPath.format(
                        "A Lambda function of this execution failed with {}, whatever was retried. "
                        "The state before this one shows it, and the log of the function tells more.",
                        JsonPath.string_at("$.Fault.Error"),
                    ),
                },
            },
            result_path="$.Progress",
        )

    def _wait(self, name: str, comment: str) -> Wait:
        return Wait(self, name, comment=comment, time=WaitTime.seconds_path("$.Progress.NextCheckSeconds"))

    @staticmethod
    def _phase_is(phase: Phase) -> Condition:
        return Condition.string_equals("$.Progress.Phase", phase.value)
