"""Where leases live: the schedules that stop models, their role, and the queue for what they cannot start."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk.aws_iam import PolicyStatement, Role
from aws_cdk.aws_scheduler import ScheduleGroup
from constructs import Construct

from model_lifecycle.vocabulary import environment
from model_lifecycle.vocabulary.machines import STOP_MODEL
from stacks.dead_letters import dead_letter_queue
from stacks.encryption import PUT, Encryption
from stacks.names import Names
from stacks.permissions import send_to
from stacks.trust import service_for


class Leases(Construct):
    """A group of one-time schedules, which the functions fill and which empties itself."""

    def __init__(self, scope: Construct, id: str, *, names: Names, encryption: Encryption) -> None:  # noqa: A002
        super().__init__(scope, id)
        self.undelivered = dead_letter_queue(self, "Undelivered", encryption=encryption)
        group = ScheduleGroup(
            self, "Group", schedule_group_name=names.lease_group, removal_policy=RemovalPolicy.DESTROY
        )
        self._schedules = f"arn:{Aws.PARTITION}:scheduler:{Aws.REGION}:{Aws.ACCOUNT_ID}:schedule/{names.lease_group}/*"
        stop_model = names.arn(STOP_MODEL)
        # The Scheduler names the group of a schedule, whatever the schedule is.
        scheduler = service_for("scheduler.amazonaws.com", source=group.schedule_group_arn)
        self.role = Role(self, "Role", assumed_by=scheduler)
        self.role.add_to_policy(PolicyStatement(actions=["states:StartExecution"], resources=[stop_model]))
        self.role.add_to_policy(send_to(self.undelivered))
        encryption.let(self.role, PUT)
        self.disarming = {environment.LEASE_GROUP_NAME: group.schedule_group_name}
        """The environment variables that disarming takes."""
        self.arming = {
            **self.disarming,
            environment.LEASE_ROLE_ARN: self.role.role_arn,
            environment.LEASE_DEAD_LETTER_ARN: self.undelivered.queue_arn,
            environment.STOP_MODEL_ARN: stop_model,
        }
        """Those that arming takes, and so does starting stop-model."""

    def arm(self) -> list[PolicyStatement]:
        """Return what making a schedule that starts stop-model takes."""
        pass_role = PolicyStatement(
            actions=["iam:PassRole"],
            resources=[self.role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        )
        return [PolicyStatement(actions=["scheduler:CreateSchedule"], resources=[self._schedules]), pass_role]

    def disarm(self) -> list[PolicyStatement]:
        """Return what deleting one takes."""
        return [PolicyStatement(actions=["scheduler:DeleteSchedule"], resources=[self._schedules])]
