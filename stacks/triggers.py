"""What starts executions: events on the default bus, and the schedules of the settings."""

import json
from collections.abc import Iterable, Mapping
from typing import cast

from aws_cdk import Aws, Duration, RemovalPolicy, Stack, TimeZone
from aws_cdk.aws_events import EventPattern, Rule, RuleTargetInput
from aws_cdk.aws_events_targets import SfnStateMachine
from aws_cdk.aws_iam import Role
from aws_cdk.aws_scheduler import Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput
from aws_cdk.aws_scheduler_targets import StepFunctionsStartExecution
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct, IConstruct, IDependable

from settings.schedules import Action, ScheduledAction, ScheduledExecution, ScheduledRun
from stacks.dead_letters import MOST_RETRIES, dead_letter_queue
from stacks.encryption import PUT, Encryption
from stacks.names import Names
from stacks.trust import service_for

DETAIL_TYPES: Mapping[Action, str] = {"start": "Start Model", "stop": "Stop Model"}
FLEET_DETAIL_TYPES: Mapping[Action, str] = {"start": "Start Models", "stop": "Stop Models"}

_DOES: Mapping[Action, str] = {"start": "Starts", "stop": "Stops"}
_MOST_CHARACTERS = 512
"""Of a schedule's description. Two names of a model may have as many."""
_SCHEDULER_ROLE = "SchedulerRoleForTarget-"
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
        fleets: Mapping[Action, IStateMachine],
        names: Names,
        encryption: Encryption,
        schedules: Iterable[ScheduledAction | ScheduledRun],
    ) -> None:
        super().__init__(scope, id)
        self._roles: dict[Action, IConstruct] = {}
        self._encryption = encryption
        self._machines: Mapping[Action, IStateMachine] = {"start": start_model, "stop": stop_model}
        self.undelivered = dead_letter_queue(self, "Undelivered", encryption=encryption)
        rules = service_for("events.amazonaws.com", source=names.rules)
        requests = {
            **{detail: (action, "model", self._machines[action]) for action, detail in DETAIL_TYPES.items()},
            **{detail: (action, "models", fleets[action]) for action, detail in FLEET_DETAIL_TYPES.items()},
        }
        for detail_type, (action, what, machine) in requests.items():
            # The CDK takes the role of this name, and would make one that any rule of any account can use.
            Role(machine, "EventsRole", assumed_by=rules)
            Rule(
                self,
                f"{action.title()}{what.title()}Request",
                description=f"{_DOES[action]} the {what} that an event names: its detail is the execution input",
                event_pattern=EventPattern(
                    account=[Aws.ACCOUNT_ID], source=[names.request_source], detail_type=[detail_type]
                ),
                targets=[self._on_request(machine)],
            )
        group = ScheduleGroup(self, "Schedules", removal_policy=RemovalPolicy.DESTROY)
        for schedule in schedules:
            for execution in schedule.executions:
                self._schedule(execution, group)

    def _schedule(self, execution: ScheduledExecution, group: ScheduleGroup) -> None:
        time_zone = TimeZone.of(execution.time_zone) if execution.time_zone else TimeZone.ETC_UTC
        schedule = Schedule(
            self,
            # Not "Schedule-...": rules had these ids, and CloudFormation changes the type of none.
            f"{execution.action.title()}-{execution.schedule}",
            description=f"{_DOES[execution.action]} {execution.model} for the schedule {execution.schedule}, "
            f"whose times are in {execution.time_zone or 'UTC'}"[:_MOST_CHARACTERS],
            schedule_group=group,
            schedule=ScheduleExpression.expression(execution.fires, time_zone),
            target=StepFunctionsStartExecution(
                self._machines[execution.action],
                # As text, or the CDK and CloudFormation would take parts of it for their own, such as {"Ref": ...}.
                input=ScheduleTargetInput.from_text(
                    json.dumps(execution.deployed_input, ensure_ascii=False, separators=(",", ":"))
                ),
                dead_letter_queue=self.undelivered,
                retry_attempts=MOST_RETRIES,
                max_event_age=_MAX_AGE,
            ),
        )

        # A rate fires as soon as it is there: its role must be able to start the execution by then.
        schedule.node.add_dependency(self._role_of(execution.action))

    def _role_of(self, action: Action) -> IDependable:
        """Return the role with its policy that the CDK makes with the first schedule of an action."""
        if action not in self._roles:
            made = {child.node.id: child for child in Stack.of(self).node.children}
            others = {role.node.id for role in self._roles.values()}
            [new] = [name for name in made if name.startswith(_SCHEDULER_ROLE) and name not in others]
            self._roles[action] = made[new]
            self._encryption.let(cast("Role", made[new]), PUT)
        return self._roles[action]

    def _on_request(self, machine: IStateMachine) -> SfnStateMachine:
        return SfnStateMachine(
            machine,
            input=RuleTargetInput.from_event_path("$.detail"),
            dead_letter_queue=self.undelivered,
            retry_attempts=MOST_RETRIES,
            max_event_age=_MAX_AGE,
        )
