"""The state machine start-model."""

from aws_cdk import Duration
from aws_cdk.aws_stepfunctions import Choice, Condition, IChainable, IStateMachine, JsonPath, TaskInput
from aws_cdk.aws_stepfunctions_tasks import StepFunctionsStartExecution
from constructs import Construct

from model_lifecycle.endings.reading import ALREADY_STARTED
from model_lifecycle.vocabulary.machines import START_MODEL
from model_lifecycle.vocabulary.phase import Goal, Phase
from settings.settings import Settings
from stacks.encryption import Encryption
from stacks.lifecycle_functions import LifecycleFunctions
from stacks.names import Names
from stacks.workflow import Workflow


class StartWorkflow(Workflow):
    """Start a model, then look again until it runs or can no longer run; clean up what was asked for in vain."""

    GOAL = Goal.RUNNING

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        functions: LifecycleFunctions,
        stop_model: IStateMachine,
        names: Names,
        settings: Settings,
        encryption: Encryption,
    ) -> None:
        super().__init__(scope, id)
        self._functions = functions
        self.build(
            self._definition(stop_model),
            machine=START_MODEL,
            names=names,
            comment="Start a model that bills while it runs, wait until it is running, and announce how it ended",
            settings=settings,
            encryption=encryption,
        )
        self.may_call(functions.start_model, functions.check_model, functions.notify)

    def _definition(self, machine: IStateMachine) -> IChainable:
        notify_failure = self.notify_and_fail(
            self._functions.notify,
            "Notify failure",
            "Model not running",
            comment="Notify people why the model is not running",
        )
        stop_model = self._stop_model(machine, then=notify_failure)
        explain_fault = self.explain_fault().next(stop_model)
        start_model = self.step(
            "Start model",
            self._functions.start_model,
            comment="Check the model, schedule its stop, and request its start if that is possible now. Safe to repeat",
            on_fault=explain_fault,
        )
        check_model = self.check_model(self._functions.check_model, on_fault=explain_fault)
        running = self.notify_and_succeed(
            self._functions.notify,
            "Notify running",
            "Model running",
            comment="Notify people that the model is running",
            ended="The output says how the start went",
        )
        wait_for_start = self.wait("Wait for start", "Until the next look").next(check_model)
        wait_to_retry = self.wait("Wait to retry", "Until the next try").next(start_model)
        notify_waiting = self.notify_and_go_on(
            self._functions.notify,
            "Notify waiting",
            wait_to_retry,
            comment="Notify people, once, that the account's quota is full",
        )
        notify_still_starting = self.notify_meanwhile(
            self._functions.notify,
            "Notify still starting",
            wait_for_start,
            comment="Notify people, once, that the start takes longer than any before",
            told="$.Progress.SaidStillStarting",
        )
        tells = Condition.boolean_equals("$.Progress.Tells", value=True)
        cleans_up = Condition.boolean_equals("$.Progress.CleansUp", value=True)
        model_running = (
            Choice(self, "Model running?", comment="Only the named phases wait. Any other phase gives up")
            .when(self.phase_is(Phase.RUNNING), running)
            .when(Condition.and_(self.phase_is(Phase.STARTING), tells), notify_still_starting)
            .when(self.phase_is(Phase.STARTING), wait_for_start)
            .when(Condition.and_(self.phase_is(Phase.BLOCKED), tells), notify_waiting)
            .when(self.phase_is(Phase.BLOCKED), wait_to_retry)
            .when(cleans_up, stop_model, comment="The start was requested, and the model may bill")
            .otherwise(notify_failure)
        )
        check_model.next(model_running)
        return self.take_request().next(start_model).next(model_running)

    def _stop_model(self, machine: IStateMachine, *, then: IChainable) -> IChainable:
        start = StepFunctionsStartExecution(
            self,
            "Stop model",
            comment="Start stop-model, without waiting for it. It leaves the model alone if a later start wants it",
            state_machine=machine,
            # One for each end, however often this is tried.
            name=JsonPath.hash(
                JsonPath.format(
                    "{}#{}", JsonPath.string_at("$.Execution.Arn"), JsonPath.string_at("$$.Execution.RedriveCount")
                ),
                "SHA-256",
            ),
            input=TaskInput.from_object(
                {
                    "FailedStart": {
                        "ExecutionArn": JsonPath.string_at("$.Execution.Arn"),
                        "Input": JsonPath.object_at("$.Progress.Report.Request"),
                    },
                    "Reason": JsonPath.format(
                        "Its start failed ({}). {}",
                        JsonPath.string_at("$.Progress.Failure.Error"),
                        JsonPath.string_at("$.Progress.Failure.Cause"),
                    ),
                }
            ),
            result_path="$.CleanUp",
        )
        # The answer was lost, and the stop has ended by now: Notify names it. One that runs is answered as if new.
        start.add_retry(errors=[ALREADY_STARTED], max_attempts=0)
        start.add_retry(
            errors=["States.ALL"],
            interval=Duration.seconds(2),
            backoff_rate=2,
            max_attempts=8,
            max_delay=Duration.minutes(1),
        )
        # The message says so, and the watch finds what still runs.
        return start.add_catch(then, errors=["States.ALL"], result_path="$.CleanUp").next(then)
