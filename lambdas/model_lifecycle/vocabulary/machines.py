"""The state machines, by their names, and what the executions of each want."""

from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.stage import staged
from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True)
class Machine:
    """One state machine. `verb`: what its executions do to a model."""

    name: str
    goal: Goal
    verb: str

    def deployed_as(self, stage: str) -> str:
        """Return its name in a deployment with that stage."""
        return staged(self.name, stage)

    def arn(self, home: Home) -> str:
        """Return the state machine's ARN."""
        return f"arn:{home.partition}:states:{home.region}:{home.account}:stateMachine:{self.deployed_as(home.stage)}"

    def execution(self, name: str, home: Home) -> str:
        """Return the ARN of its execution of that name."""
        machine = self.deployed_as(home.stage)
        return f"arn:{home.partition}:states:{home.region}:{home.account}:execution:{machine}:{name}"


START_MODEL = Machine("start-model", Goal.RUNNING, "start")
STOP_MODEL = Machine("stop-model", Goal.STOPPED, "stop")

START_MODELS = Machine("start-models", Goal.RUNNING, "start")
STOP_MODELS = Machine("stop-models", Goal.STOPPED, "stop")

OF_GOAL = {machine.goal: machine for machine in (START_MODEL, STOP_MODEL)}
FLEET_OF_GOAL = {machine.goal: machine for machine in (START_MODELS, STOP_MODELS)}
"""Their executions want the same of many models, and start one of the others for each."""
FLEETS = frozenset(FLEET_OF_GOAL.values())
MACHINES = (*OF_GOAL.values(), *FLEET_OF_GOAL.values())


def machine_of(execution_arn: str) -> Machine:
    """Return whose execution it is, whatever the stage: `arn:PARTITION:states:REGION:ACCOUNT:execution:MACHINE:NAME`.

    Raises ValueError for that of any other machine.
    """
    deployed_as = execution_arn.split(":")[6]
    [found] = [machine for machine in MACHINES if f"{deployed_as}-".startswith(f"{machine.name}-")]
    return found


def is_of_a_machine(execution_arn: str, home: Home) -> bool:
    """Tell whether it is an execution of one of the state machines in that account and Region, whatever the stage."""
    try:
        machine_of(execution_arn)
    except ValueError:
        return False
    return Home.of(execution_arn) == home
