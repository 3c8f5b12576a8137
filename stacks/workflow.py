"""What the state machines have in common: one loop of looks and waits, and every end told."""

from typing import cast

from aws_cdk import Aws, Duration
from aws_cdk.aws_iam import CfnRole, PolicyDocument, PolicyStatement
from aws_cdk.aws_lambda import Function
from aws_cdk.aws_stepfunctions import (
    Condition,
    CustomState,
    DefinitionBody,
    Fail,
    IChainable,
    JitterType,
    JsonPath,
    LogLevel,
    LogOptions,
    Pass,
    Result,
    StateMachine,
    Succeed,
    Wait,
    WaitTime,
)
from constructs import Construct

from model_lifecycle.releases.old_versions import BACKSTOP
from model_lifecycle.vocabulary.errors import FunctionFailedError
from model_lifecycle.vocabulary.machines import Machine
from model_lifecycle.vocabulary.phase import Goal, Phase
from settings.settings import Settings
from stacks.acknowledgements import acknowledge, on_resource, on_versions_of
from stacks.encryption import Encryption
from stacks.logs import log_group
from stacks.names import Names
from stacks.trust import service_for

_LAMBDA_CANNOT_ANSWER = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    # The CDK's default leaves it out, although it is what an account at its concurrency limit answers.
    "Lambda.TooManyRequestsException",
]

WHAT_ENDED: dict[str, object] = {
    "Goal.$": "$.Goal",
    "Execution": {
        "Arn.$": "$.Execution.Arn",
        "StartTime.$": "$.Execution.StartTime",
        "RedriveCount.$": "$$.Execution.RedriveCount",
    },
}
"""What Notify is called with by every machine."""

_OF_NOTIFY: dict[str, object] = {
    **WHAT_ENDED,
    "Progress.$": "$.Progress",
    "CleanUp.$": "$.CleanUp",
}
"""What Notify is called with by the machines of one model."""


class Workflow(Construct):
    """A state machine whose executions want one thing of one model. What it wants, and how, its subclasses say."""

    GOAL: Goal
    state_machine: StateMachine

    def build(
        self,
        definition: IChainable,
        *,
        machine: Machine,
        names: Names,
        comment: str,
        settings: Settings,
        encryption: Encryption,
    ) -> None:
        """Make the machine of these states."""
        name = names.of(machine)
        self.state_machine = StateMachine(
            self,
            "StateMachine",
            state_machine_name=name,
            comment=comment,
            definition_body=DefinitionBody.from_chainable(definition),
            timeout=Duration.seconds(BACKSTOP.total_seconds()),
            tracing_enabled=True,
            logs=LogOptions(
                destination=log_group(
                    self,
                    "Log",
                    settings=settings,
                    encryption=encryption,
                    name=f"/aws/vendedlogs/states/{Aws.STACK_NAME}-{name}",
                ),
                level=LogLevel.ALL,
                include_execution_data=settings.log_execution_data,
            ),
        )
        encryption.encrypt_executions(self.state_machine, names.arn(machine))
        role = cast("CfnRole", self.state_machine.role.node.default_child)
        # The CDK's own trusts Step Functions for every machine of the account.
        trusted = service_for("states.amazonaws.com", source=names.arn(machine))
        role.assume_role_policy_document = PolicyDocument(
            statements=[PolicyStatement(actions=["sts:AssumeRole"], principals=[trusted])]
        )
        acknowledge(
            self.state_machine.role,
            on_resource("*"),
            reason="The log delivery of Step Functions and X-Ray's actions have no resource level in IAM",
        )

    def may_call(self, *functions: Function) -> None:
        """Allow every version of these functions: an execution calls those that were in use when it began.

        One that began before release 0.2.0 names no version, and may be redriven for two weeks.
        """
        arns = [arn for function in functions for arn in (function.function_arn, f"{function.function_arn}:*")]
        self.state_machine.add_to_role_policy(PolicyStatement(actions=["lambda:InvokeFunction"], resources=arns))
        acknowledge(
            self.state_machine.role,
            *map(on_versions_of, functions),
            reason="Executions that began before a deploy go on with the versions of that time",
        )

    def take_request(self) -> Pass:
        """Make the first state, which no input can make fail but one that is too large."""
        return Pass(
            self,
            "Take request",
            comment="Nest the input, which may be any JSON, and add what the later states read",
            parameters={
                "Goal": self.GOAL.value,
                "Execution": {"Arn": JsonPath.execution_id, "StartTime": JsonPath.execution_start_time},
                # The request stands once in a state, in a step's answer as it was understood: a large one has its room.
                "Progress": {"Request": JsonPath.object_at("$")},
                "CleanUp": {},
            },
        )

    def step(self, name: str, function: Function, *, comment: str, on_fault: IChainable) -> CustomState:
        """Make a state that takes one step of the loop."""
        step = self.invoke(
            name,
            function,
            comment=comment,
            payload={"Goal.$": "$.Goal", "Execution.$": "$.Execution", "Progress.$": "$.Progress"},
            result_path="$.Progress",
        )
        # What has no message of its own: the function died, or has a bug. Its domain's errors are answers.
        step.add_retry(errors=["States.ALL"], interval=Duration.seconds(2), backoff_rate=2, max_attempts=2)
        return step.add_catch(on_fault, errors=["States.ALL"], result_path="$.Fault")

    def check_model(self, function: Function, *, on_fault: IChainable) -> CustomState:
        """Make the step that only looks."""
        comment = "Check the model. If it cannot be checked now, it is checked again later"
        return self.step("Check model", function, comment=comment, on_fault=on_fault)

    def notify_and_succeed(self, notify: Function, name: str, then: str, *, comment: str, ended: str) -> IChainable:
        """Tell a success, and end with its report as output, whether or not it could be told."""
        done = self.succeed(then, comment=ended)
        told = self._notify(name, notify, comment=comment)
        # It is so, whoever heard of it. The net tells what could not be told here.
        return told.add_catch(done, errors=["States.ALL"], result_path=JsonPath.DISCARD).next(done)

    def notify_and_go_on(self, notify: Function, name: str, then: IChainable, *, comment: str) -> IChainable:
        """Tell how it goes on, and go on, whether or not it could be told."""
        told = self._notify(name, notify, comment=comment)
        return told.add_catch(then, errors=["States.ALL"], result_path=JsonPath.DISCARD).next(then)

    def notify_meanwhile(self, notify: Function, name: str, then: IChainable, *, comment: str, told: str) -> IChainable:
        """Tell how it goes on without holding that up. What could not be told, the next step wants told again.

        `told`: where the state has the mark that keeps it from that.
        """
        noted = Pass(
            self,
            "Remember notification",
            comment="Remember that it was announced",
            result=Result.from_boolean(True),
            result_path=told,
        )
        telling = self._call(notify, name, comment=comment, payload=_OF_NOTIFY, result_path=JsonPath.DISCARD)
        noted.next(then)
        return telling.add_catch(then, errors=["States.ALL"], result_path=JsonPath.DISCARD).next(noted)

    def succeed(self, name: str, *, comment: str) -> Succeed:
        """End with the report as output."""
        return Succeed(self, name, comment=comment, output_path="$.Progress.Report")

    def notify_and_fail(self, notify: Function, name: str, then: str, *, comment: str) -> CustomState:
        """Tell a failure, and end with its error and cause."""
        failed = Fail(
            self,
            then,
            comment="Error and Cause say why, in plain words",
            error_path="$.Progress.Failure.Error",
            cause_path="$.Progress.Failure.Cause",
        )
        told = self._notify(name, notify, comment=comment)
        told.add_catch(failed, errors=["States.ALL"], result_path=JsonPath.DISCARD).next(failed)
        return told

    @staticmethod
    def function_failed() -> dict[str, str]:
        """Return the failure of an execution by what was caught of a function."""
        return {
            "Error": FunctionFailedError.__name__,
            "Cause": JsonPath.format(
                "A Lambda function of this execution failed with {}, in spite of all retries. "
                "The history of the execution shows which one, and the log of that function shows why.",
                JsonPath.string_at("$.Fault.Error"),
            ),
        }

    def explain_fault(self) -> Pass:
        """Make the state that says that a step's function failed in spite of all retries."""
        return Pass(
            self,
            "Explain fault",
            comment="Say in plain words that a function failed. Of what it knew, only the request is left",
            parameters={
                "Phase": Phase.FAILED.value,
                "Failure": self.function_failed(),
                "Report": {"Request": JsonPath.object_at("$.Progress.Request")},
            },
            result_path="$.Progress",
        )

    def wait(self, name: str, comment: str) -> Wait:
        """Wait as long as the last step said."""
        return Wait(self, name, comment=comment, time=WaitTime.seconds_path("$.Progress.NextCheckSeconds"))

    @staticmethod
    def phase_is(phase: Phase) -> Condition:
        """Return the condition that the last step left that phase."""
        return Condition.string_equals("$.Progress.Phase", phase.value)

    def _notify(self, name: str, notify: Function, *, comment: str) -> CustomState:
        told = self.invoke(
            name,
            notify,
            comment=comment,
            payload=_OF_NOTIFY,
            # Nothing reads it, and an input of just the largest size leaves no room for it.
            result_path=JsonPath.DISCARD,
        )
        return self.try_to_tell(told)

    @staticmethod
    def try_to_tell(told: CustomState) -> CustomState:
        """Try for longer than the function's timeout: one that died while it told keeps others from it for as long."""
        return told.add_retry(errors=["States.ALL"], interval=Duration.seconds(5), backoff_rate=2, max_attempts=5)

    def invoke(
        self, name: str, function: Function, *, comment: str, payload: dict[str, object], result_path: str
    ) -> CustomState:
        """Make a task that calls the function until it answers."""
        invoke = self._call(function, name, comment=comment, payload=payload, result_path=result_path)
        return invoke.add_retry(
            errors=_LAMBDA_CANNOT_ANSWER,
            interval=Duration.seconds(1),
            backoff_rate=2,
            # A quarter of an hour: an account at its concurrency limit is not a reason to end a start or a stop.
            max_attempts=30,
            max_delay=Duration.minutes(1),
            jitter_strategy=JitterType.FULL,
        )

    def _call(
        self, function: Function, name: str, *, comment: str, payload: dict[str, object], result_path: str
    ) -> CustomState:
        """Make a task that calls the function version of this deploy, whatever is deployed during an execution.

        Not by `LambdaInvoke`, which allows a machine that version alone.
        """
        return CustomState(
            self,
            name,
            state_json={
                "Type": "Task",
                "Comment": comment,
                "Resource": function.current_version.function_arn,
                "Parameters": payload,
                "ResultPath": result_path,
            },
        )
