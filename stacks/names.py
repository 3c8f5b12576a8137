"""The names by which the deployed things are found."""

from aws_cdk import Aws

from model_lifecycle.vocabulary.machines import Machine

STACK = "ModelLifecycle"


def state_machine_arn(machine: Machine) -> str:
    """A machine by its name, for what the machine itself depends on."""
    return f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:stateMachine:{machine.name}"
