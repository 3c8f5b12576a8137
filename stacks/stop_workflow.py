"""The state machine stop-model."""

from aws_cdk.aws_stepfunctions import Choice, IChainable
from constructs import Construct

from model_lifecycle.vocabulary.machines import STOP_MODEL
from model_lifecycle.vocabulary.phase import Goal, Phase
from settings.settings import Settings
from stacks.encryption import Encryption
from stacks.lifecycle_functions import LifecycleFunctions
from stacks.names import Names
from stacks.workflow import Workflow


class StopWorkflow(Workflow):
    """Stop a model, then check it until it is stopped; a stop that does not take is announced as still billing."""

    GOAL = Goal.STOPPED

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        functions: LifecycleFunctions,
        names: Names,
        settings: Settings,
        encryption: Encryption,
    ) -> None:
        super().__init__(scope, id)
        self._functions = functions
        self.build(
            self._definition(),
            machine=STOP_MODEL,
            names=names,
            comment="Stop a model that bills while it runs, wait until it is stopped, and announce how it ended",
            settings=settings,
            encryption=encryption,
        )
        self.may_call(functions.stop_model, functions.check_model, functions.notify)

    def _definition(self) -> IChainable:
        notify_failure = self.notify_and_fail(
            self._functions.notify,
            "Notify failure",
            "Model not stopped",
            comment="Notify people that the model may still bill, and since when",
        )
        explain_fault = self.explain_fault().next(notify_failure)
        stop_model = self.step(
            "Stop model",
            self._functions.stop_model,
            comment="Check the model, and request its stop if that is possible now and still wanted. Safe to repeat",
            on_fault=explain_fault,
        )
        check_model = self.check_model(self._functions.check_model, on_fault=explain_fault)
        stopped = self.notify_and_succeed(
            self._functions.notify,
            "Notify stopped",
            "Model stopped",
            comment="Notify people that the model is stopped, and what it cost",
            ended="The output says how the stop went",
        )
        left_alone = self.succeed(
            "Model left alone", comment="The lease or the start of this stop no longer counts, so nobody is notified"
        )
        wait_for_stop = self.wait("Wait for stop", "Until the next look").next(check_model)
        wait_to_retry = self.wait("Wait to retry", "Until the next try").next(stop_model)
        model_stopped = (
            Choice(self, "Model stopped?", comment="Only the named phases wait. Any other phase gives up")
            .when(self.phase_is(Phase.STOPPED), stopped)
            .when(self.phase_is(Phase.STOPPING), wait_for_stop)
            .when(self.phase_is(Phase.BLOCKED), wait_to_retry)
            .when(self.phase_is(Phase.SUPERSEDED), left_alone)
            .otherwise(notify_failure)
        )
        check_model.next(model_stopped)
        return self.take_request().next(stop_model).next(model_stopped)
