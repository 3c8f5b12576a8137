"""The safety net under the state machines: it catches the ends that no state could announce."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct

from model_lifecycle.endings.outcome import OF_EXECUTION
from stacks.dead_letters import MOST_RETRIES, dead_letter_queue
from stacks.encryption import Encryption


class EndingsNet(Construct):
    """Every end of an execution goes to Notify, which announces it unless a state did so already.

    AWS delivers these events on a best-effort basis, so a safety net is all that they can be.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        state_machines: Sequence[IStateMachine],
        notify: IFunction,
        encryption: Encryption,
    ) -> None:
        super().__init__(scope, id)
        self.undelivered = dead_letter_queue(self, "Undelivered", encryption=encryption)
        Rule(
            self,
            "Rule",
            description="Sends the end of every execution to Notify, which announces it unless a state has done so",
            event_pattern=EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [machine.state_machine_arn for machine in state_machines],
                    "status": list(OF_EXECUTION),
                },
            ),
            targets=[
                LambdaFunction(
                    notify,
                    dead_letter_queue=self.undelivered,
                    retry_attempts=MOST_RETRIES,
                    max_event_age=Duration.hours(24),
                )
            ],
        )
