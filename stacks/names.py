"""The names by which the deployed things are found. Each has the stage behind it, if there is one."""

from dataclasses import dataclass

from aws_cdk import Aws

from model_lifecycle.vocabulary.machines import Machine
from model_lifecycle.vocabulary.stage import STACK, event_source, lease_group, stack_name, staged

NAMED_BY_CLOUDFORMATION = f"{STACK}*"
"""What every name that CloudFormation makes is like: it begins with that of the stack, perhaps cut off."""
_HERE = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"


@dataclass(frozen=True)
class Names:
    """The fixed names of a deployment. All others are CloudFormation's, which begin with that of the stack."""

    stage: str

    @property
    def stack(self) -> str:
        return stack_name(self.stage)

    @property
    def topic_title(self) -> str:
        """From whom e-mails are."""
        return f"Model lifecycle {self.stage}".rstrip()

    @property
    def lease_group(self) -> str:
        return lease_group(self.stage)

    @property
    def dashboard(self) -> str:
        return staged("model-lifecycle", self.stage)

    @property
    def event_source(self) -> str:
        """In whose name the functions send events."""
        return event_source(self.stage)

    @property
    def request_source(self) -> str:
        """From where an event may start an execution."""
        return f"{self.event_source}.request"

    @property
    def rules(self) -> str:
        """Return every rule of the deployments."""
        return f"arn:{Aws.PARTITION}:events:{_HERE}:rule/{NAMED_BY_CLOUDFORMATION}"

    def of(self, machine: Machine) -> str:
        """Return a state machine's name."""
        return machine.deployed_as(self.stage)

    def arn(self, machine: Machine) -> str:
        """Return a machine by its name, for what the machine itself depends on."""
        return f"arn:{Aws.PARTITION}:states:{_HERE}:stateMachine:{self.of(machine)}"

    def executions(self, machine: Machine) -> str:
        """Return every execution of a machine, by its name."""
        return f"arn:{Aws.PARTITION}:states:{_HERE}:execution:{self.of(machine)}:*"
