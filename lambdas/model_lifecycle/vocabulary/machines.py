"""The state machines, by the names under which they are deployed, and what the executions of each want."""

from model_lifecycle.vocabulary.phase import Goal

START_MODEL = "start-model"
STOP_MODEL = "stop-model"

_GOALS = {START_MODEL: Goal.RUNNING, STOP_MODEL: Goal.STOPPED}


def goal_of(execution_arn: str) -> Goal:
    """What an execution wants of its model: `arn:PARTITION:states:REGION:ACCOUNT:execution:MACHINE:NAME`."""
    return _GOALS[execution_arn.split(":")[6]]
