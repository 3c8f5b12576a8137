"""The state machines, by the names under which they are deployed, and what the executions of each want."""

from dataclasses import dataclass

from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal


@dataclass(frozen=True)
class Machine:
    """One state machine. `verb`: what its executions do to a model."""

    name: str
    goal: Goal
    verb: str

    def arn(self, home: Home) -> str:
        """The state machine's ARN."""
        return f"arn:{home.partition}:states:{home.region}:{home.account}:stateMachine:{self.name}"

    def execution(self, name: str, home: Home) -> str:
        """The ARN of its execution of that name."""
        return f"arn:{home.partition}:states:{home.region}:{home.account}:execution:{self.name}:{name}"


START_MODEL = Machine("start-model", Goal.RUNNING, "start")
STOP_MODEL = Machine("stop-model", Goal.STOPPED, "stop")

_MACHINES = (START_MODEL, STOP_MODEL)
OF_GOAL = {machine.goal: machine for machine in _MACHINES}


def machine_of(execution_arn: str) -> Machine:
    """Whose execution it is: `arn:PARTITION:states:REGION:ACCOUNT:execution:MACHINE:NAME`."""
    return {machine.name: machine for machine in _MACHINES}[execution_arn.split(":")[6]]
