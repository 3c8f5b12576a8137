"""The state machines start-models and stop-models: one execution of start-model or stop-model for each model."""

from collections.abc import Mapping

from aws_cdk import Aws, Duration
from aws_cdk.aws_lambda import Function
from aws_cdk.aws_stepfunctions import (
    Choice,
    Condition,
    CustomState,
    Fail,
    IChainable,
    IStateMachine,
    JsonPath,
    Map,
    Pass,
    Succeed,
)
from constructs import Construct

from model_lifecycle.steps.fleet_plan import DONE, FAILED, READY
from model_lifecycle.vocabulary.machines import FLEET_OF_GOAL, OF_GOAL
from model_lifecycle.vocabulary.phase import Goal
from settings.settings import Settings
from stacks.acknowledgements import acknowledge, on_resource
from stacks.encryption import Encryption
from stacks.names import Names
from stacks.permissions import run_executions_of
from stacks.workflow import WHAT_ENDED, Workflow

_ALREADY: Mapping[Goal, Mapping[str, str]] = {
    Goal.RUNNING: {"Already.$": "$.Output.AlreadyRunning"},
    Goal.STOPPED: {"Already.$": "$.Output.AlreadyStopped", "Again.$": "$.Output.StartedAgain"},
}
"""What is kept of the output of a model's execution beside its time: that of a thousand models has to fit."""


_NOT_NOW = (
    "ExecutionLimitExceeded",
    "ExecutionLimitExceededException",
    "ThrottlingException",
    "KmsThrottlingException",
    "InternalFailure",
    "ServiceUnavailable",
    "AWSStepFunctionsException",
    "SdkClientException",
)
"""What StartExecution may answer to one call and not to the next. The same name, and it is begun once."""


class FleetWorkflow(Workflow):
    """Start or stop many models, some at once; what one fails at does not keep the others from being done."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        goal: Goal,
        each: IStateMachine,
        fleet_models: Function,
        notify: Function,
        names: Names,
        settings: Settings,
        encryption: Encryption,
    ) -> None:
        """`each`: the machine that starts or stops one model."""
        super().__init__(scope, id)
        self._goal, self._each = goal, each
        self._fleet_models, self._notify_function = fleet_models, notify
        machine = FLEET_OF_GOAL[goal]
        self._verb = machine.verb
        self.build(
            self._definition(),
            machine=machine,
            names=names,
            comment=f"{machine.verb.title()} many models, some of them at once, and announce how each ended",
            settings=settings,
            encryption=encryption,
        )
        self.may_call(fleet_models, notify)
        each_one = OF_GOAL[goal]
        for statement in run_executions_of(each_one, names=names):
            self.state_machine.add_to_role_policy(statement)
        encryption.let_read_executions(self.state_machine, names.arn(each_one))
        acknowledge(
            self.state_machine.role,
            on_resource(names.executions(each_one)),
            reason="The executions of the models are there only later; they are those of one state machine",
        )

    def _definition(self) -> IChainable:
        failed = Fail(
            self,
            "Models not as wanted",
            comment="Error and Cause say which, in plain words",
            error_path="$.Fleet.Failure.Error",
            cause_path="$.Fleet.Failure.Cause",
        )
        notify_failure = self._told(
            "Notify incomplete", failed, "Notify people which models are not as they were wanted"
        )
        done = Succeed(self, "Models as wanted", comment="The output says how each ended", output_path="$.Fleet.Report")
        notify_done = self._told("Notify done", done, "Notify people how each model ended")
        explain_fault = self._explain_fleet_fault().next(notify_failure)
        plan = self._fleet_step(
            "Plan fleet",
            "Say which execution each model gets",
            {"Fleet.$": "$.Fleet"},
            "$.Fleet",
            on_fault=explain_fault,
        )
        sum_up = self._fleet_step(
            "Sum up fleet",
            "Count how the models ended",
            {"Fleet.$": "$.Fleet", "Results.$": "$.Results"},
            "$.Fleet",
            on_fault=explain_fault,
        )
        forget = Pass(
            self,
            "Forget plan",
            comment="What is summed up needs no second place in the state",
            parameters={"Goal.$": "$.Goal", "Execution.$": "$.Execution", "Fleet.$": "$.Fleet"},
        )
        all_done = (
            Choice(self, "All done?")
            .when(Condition.string_equals("$.Fleet.Phase", DONE), notify_done)
            .otherwise(notify_failure)
        )
        each = self._map().next(sum_up).next(forget).next(all_done)
        planned = (
            Choice(self, "Fleet planned?")
            .when(Condition.string_equals("$.Fleet.Phase", READY), each)
            .otherwise(notify_failure)
        )
        return self._take_fleet_request().next(plan).next(planned)

    def _take_fleet_request(self) -> Pass:
        return Pass(
            self,
            "Take request",
            comment="Nest the input, which may be any JSON, and add what the later states read",
            parameters={
                "Goal": self._goal.value,
                "Execution": {"Arn": JsonPath.execution_id, "StartTime": JsonPath.execution_start_time},
                "Fleet": {"Request": JsonPath.object_at("$")},
            },
        )

    def _map(self) -> Map:
        """Make the state in which all models have their executions: one name for each, in each redrive."""
        mapped = Map(
            self,
            "Each model",
            comment=f"{self._verb.title()} each model with an execution of its own",
            items_path="$.Fleet.Models",
            max_concurrency_path="$.Fleet.MaxConcurrency",
            item_selector={
                "Input.$": "States.JsonMerge($.Fleet.Common, $$.Map.Item.Value, false)",
                "Name.$": "States.Hash(States.Format('{}#{}#{}', $.Execution.Arn, $$.Execution.RedriveCount, "
                "$$.Map.Item.Index), 'SHA-256')",
            },
            result_path="$.Results",
        )
        return mapped.item_processor(self._one_model())

    def _one_model(self) -> IChainable:
        verb = self._verb.title()
        why = Pass(
            self,
            "Read why",
            parameters={
                # An execution that somebody aborted, or that timed out, has neither.
                "Ended.$": 'States.JsonMerge(States.StringToJson(\'{"Error":"","Status":""}\'), '
                "States.StringToJson($.Fault.Cause), false)"
            },
        ).next(
            Pass(
                self,
                "Keep why",
                comment="Its own message says more",
                parameters={"Status.$": "$.Ended.Status", "Error.$": "$.Ended.Error"},
            )
        )
        not_begun = Pass(self, "Not begun", parameters={"Status": "NOT_BEGUN", "Error.$": "$.Fault.Error"})
        start = CustomState(
            self,
            f"{verb} model",
            state_json={
                "Type": "Task",
                "Comment": f"{verb} it, and wait until that has ended",
                "Resource": f"arn:{Aws.PARTITION}:states:::states:startExecution.sync:2",
                "Parameters": {
                    "StateMachineArn": self._each.state_machine_arn,
                    "Name.$": "$.Name",
                    "Input.$": "$.Input",
                },
                "ResultSelector": {"Seconds.$": "$.Output.ElapsedSeconds", **_ALREADY[self._goal]},
            },
        )
        # How it ended, no retry changes; States.TaskFailed would match both.
        _retry_patiently(start, *(f"StepFunctions.{each}" for each in _NOT_NOW))
        # The cause of an end is the description of the execution, that of a refusal is a sentence.
        described = Condition.and_(
            Condition.is_present("$.Fault.Cause"), Condition.string_matches("$.Fault.Cause", "{*}")
        )
        ended = Choice(self, "Has it begun?").when(described, why)
        return start.add_catch(ended.otherwise(not_begun), errors=["States.ALL"], result_path="$.Fault")

    def _fleet_step(
        self, name: str, comment: str, sent: Mapping[str, str], result_path: str, *, on_fault: IChainable
    ) -> CustomState:
        step = self.invoke(
            name,
            self._fleet_models,
            comment=comment,
            payload={"Goal.$": "$.Goal", "Execution.$": "$.Execution", **sent},
            result_path=result_path,
        )
        # A project that cannot be listed now is listed later.
        _retry_patiently(step, "States.ALL")
        return step.add_catch(on_fault, errors=["States.ALL"], result_path="$.Fault")

    def _explain_fleet_fault(self) -> Pass:
        return Pass(
            self,
            "Explain fault",
            comment="Say in plain words that a function failed",
            parameters={
                "Phase": FAILED,
                "Failure": self.function_failed(),
                "Before": JsonPath.object_at("$.Fleet"),
            },
            result_path="$.Fleet",
        )

    def _told(self, name: str, then: IChainable, comment: str) -> IChainable:
        told = self.invoke(
            name,
            self._notify_function,
            comment=comment,
            payload={**WHAT_ENDED, "Fleet.$": "$.Fleet"},
            result_path=JsonPath.DISCARD,
        )
        self.try_to_tell(told)
        return told.add_catch(then, errors=["States.ALL"], result_path=JsonPath.DISCARD).next(then)


def _retry_patiently(state: CustomState, *errors: str) -> None:
    state.add_retry(
        errors=list(errors),
        interval=Duration.seconds(2),
        backoff_rate=2,
        max_attempts=8,
        max_delay=Duration.minutes(1),
    )
