"""What starts executions: events on the default bus, and the schedules of the settings."""

from collections.abc import Iterable, Mapping

from aws_cdk import Aws, Duration, RemovalPolicy, TimeZone
from aws_cdk.aws_events import EventPattern, IRuleTarget, Rule, RuleTargetInput
from aws_cdk.aws_events import Schedule as RuleSchedule
from aws_cdk.aws_events_targets import SfnStateMachine
from aws_cdk.aws_scheduler import Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput
from aws_cdk.aws_scheduler_targets import StepFunctionsStartExecution
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct

from settings.schedules import Action, ScheduledAction, ScheduledExecution, ScheduledRun
from stacks.dead_letters import dead_letter_queue

REQUEST_SOURCE = "model-lifecycle.request"
DETAIL_TYPES: Mapping[Action, str] = {"start": "Start Model", "stop": "Stop Model"}

_RETRY_ATTEMPTS = 185
_MAX_AGE = Duration.hours(1)


class Triggers(Construct):
    """The rules and the schedules that start executions. What they cannot start ends in one dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        start_model: IStateMachine,
        stop_model: IStateMachine,
        schedules: Iterable[ScheduledAction | ScheduledRun],
    ) -> None:
        super().__init__(scope, id)
        self._machines: Mapping[Action, IStateMachine] = {"start": start_model, "stop": stop_model}
        self.undelivered = dead_letter_queue(self, "Undelivered")
        for action, detail_type in DETAIL_TYPES.items():
            Rule(
                self,
                f"{action.title()}ModelRequest",
                description=f"Lets an event {action} the model that it asks for; its detail is the execution input",
                event_pattern=EventPattern(
                    account=[Aws.ACCOUNT_ID], source=[REQUEST_SOURCE], detail_type=[detail_type]
                ),
                targets=[self._rule_target(action, RuleTargetInput.from_event_path("$.detail"))],
            )
        executions = [execution for schedule in schedules for execution in schedule.executions]
        local = any(execution.time_zone for execution in executions)
        group = ScheduleGroup(self, "Schedules", removal_policy=RemovalPolicy.DESTROY) if local else None
        for execution in executions:
            if group is not None and execution.time_zone is not None:
                self._schedule(execution, group, TimeZone.of(execution.time_zone))
            else:
                self._rule(execution)

    def _rule(self, execution: ScheduledExecution) -> None:
        Rule(
            self,
            _construct_id(execution),
            description=f"Lets the schedule {execution.schedule} {execution.action} a model, in UTC",
            schedule=RuleSchedule.expression(execution.expression),
            targets=[self._rule_target(execution.action, RuleTargetInput.from_object(execution.input))],
        )

    def _schedule(self, execution: ScheduledExecution, group: ScheduleGroup, time_zone: TimeZone) -> None:
        Schedule(
            self,
            _construct_id(execution),
            description=f"Lets the schedule {execution.schedule} {execution.action} a model, in {execution.time_zone}",
            schedule_group=group,
            schedule=ScheduleExpression.expression(execution.expression, time_zone),
            target=StepFunctionsStartExecution(
                self._machines[execution.action],
                input=ScheduleTargetInput.from_object(execution.input),
                dead_letter_queue=self.undelivered,
                retry_attempts=_RETRY_ATTEMPTS,
                max_event_age=_MAX_AGE,
            ),
        )

    def _rule_target(self, action: Action, execution_input: RuleTargetInput) -> IRuleTarget:
        return SfnStateMachine(
            self._machines[action],
            input=execution_input,
            dead_letter_queue=self.undelivered,
            retry_attempts=_RETRY_ATTEMPTS,
            max_event_age=_MAX_AGE,
        )


def _construct_id(execution: ScheduledExecution) -> str:
    return f"Schedule-{execution.schedule}-{execution.action}"
