"""What starts executions: an event on the default bus, and the schedules of the settings."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, IRuleTarget, Rule, RuleTargetInput
from aws_cdk.aws_events import Schedule as Expression
from aws_cdk.aws_events_targets import SfnStateMachine
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct

from stacks.dead_letters import dead_letter_queue
from stacks.schedules import Schedule

REQUEST_SOURCE = "model-lifecycle.request"
START_DETAIL_TYPE = "Start Model"


class Triggers(Construct):
    """The rules that start executions. What they cannot start ends in one dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        start_model: IStateMachine,
        schedules: Sequence[Schedule],
    ) -> None:
        super().__init__(scope, id)
        self._start_model = start_model
        self.undelivered = dead_letter_queue(self, "Undelivered")
        Rule(
            self,
            "StartModelRequest",
            description="Starts the model that an event asks for; the event's detail is the execution input",
            event_pattern=EventPattern(source=[REQUEST_SOURCE], detail_type=[START_DETAIL_TYPE]),
            targets=[self._start(RuleTargetInput.from_event_path("$.detail"))],
        )
        for schedule in schedules:
            Rule(
                self,
                f"Schedule-{schedule.name}",
                description=f"Starts a model on the schedule {schedule.name}, in UTC",
                schedule=Expression.expression(schedule.expression),
                targets=[self._start(RuleTargetInput.from_object(schedule.input))],
            )

    def _start(self, execution_input: RuleTargetInput) -> IRuleTarget:
        return SfnStateMachine(
            self._start_model,
            input=execution_input,
            dead_letter_queue=self.undelivered,
            retry_attempts=185,
            max_event_age=Duration.hours(1),
        )
