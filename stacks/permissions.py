"""What the functions may do with models and around them, and on which ARNs."""

from collections.abc import Callable, Sequence

from aws_cdk import Aws
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_sqs import IQueue

from model_lifecycle.services.actions import Actions
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.vocabulary.machines import Machine
from stacks.names import Names

_HERE = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"


class ModelPermissions:
    """Statements on the models of some projects; of none named: of all in this account and Region.

    `services`: on the models of these alone, by their names.
    """

    def __init__(self, project_arns: Sequence[str], *, services: Sequence[str] | None = None) -> None:
        self._projects = {
            service.actions: [arn for arn in project_arns if service.owns(arn)]
            if project_arns
            else [f"arn:{Aws.PARTITION}:{service.actions.namespace}:{_HERE}:{service.actions.every_project}"]
            for service in SERVICES
            if services is None or service.name in services
        }

    def look(self) -> list[PolicyStatement]:
        """Return what telling a model's status takes."""
        locate = [
            _statement(actions, action, ["*"])
            for actions, projects in self._projects.items()
            if projects
            for action in actions.look_without_resource
        ]
        return [*self.look_again(), *locate]

    def look_again(self) -> list[PolicyStatement]:
        """Return what it takes once the model's project is known."""
        return [
            _statement(actions, actions.look, [actions.looks_at(arn) for arn in projects])
            for actions, projects in self._projects.items()
            if projects
        ]

    def list_models(self) -> list[PolicyStatement]:
        """Return what listing the models of one project takes."""
        return [
            _statement(actions, actions.list_models, ["*"])
            if actions.list_models
            else _statement(actions, actions.look, [actions.looks_at(arn) for arn in projects])
            for actions, projects in self._projects.items()
            if projects
        ]

    def find(self) -> list[PolicyStatement]:
        """Return what finding every model takes, beyond looking at one."""
        return [
            _statement(actions, action, ["*"])
            for actions, projects in self._projects.items()
            if projects
            for action in actions.list_without_resource
        ]

    def start(self) -> list[PolicyStatement]:
        """Return what asking for a start takes."""
        return self._change(lambda actions: actions.start)

    def stop(self) -> list[PolicyStatement]:
        """Return what asking for a stop takes."""
        return self._change(lambda actions: actions.stop)

    def _change(self, action: Callable[[Actions], str]) -> list[PolicyStatement]:
        return [
            _statement(actions, action(actions), [actions.changes(arn) for arn in projects])
            for actions, projects in self._projects.items()
            if projects
        ]


def _statement(of: Actions, action: str, resources: list[str]) -> PolicyStatement:
    return PolicyStatement(actions=[f"{of.namespace}:{action}"], resources=resources)


def describe_executions_of(*machines: Machine, names: Names) -> PolicyStatement:
    """Read how executions of machines are, by their names: the machines themselves depend on the function."""
    return _of_executions("DescribeExecution", machines, names)


def read_histories_of(*machines: Machine, names: Names) -> PolicyStatement:
    """Read what happened in executions of machines."""
    return _of_executions("GetExecutionHistory", machines, names)


def _of_executions(action: str, machines: Sequence[Machine], names: Names) -> PolicyStatement:
    return PolicyStatement(
        actions=[f"states:{action}"],
        resources=[*map(names.executions, machines)],
    )


def send_to(queue: IQueue) -> PolicyStatement:
    """Leave something in a queue by its ARN; the CDK would let it be looked at and looked up, too."""
    return PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])


def start_executions_of(machine: Machine, *, names: Names) -> PolicyStatement:
    """Start executions of one machine, by its name."""
    return PolicyStatement(actions=["states:StartExecution"], resources=[names.arn(machine)])


def run_executions_of(machine: Machine, *, names: Names) -> list[PolicyStatement]:
    """Start executions of one machine, hear of their ends, and stop them with the one that waits for that.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html#sync-async-iam-policies
    """
    rule = f"arn:{Aws.PARTITION}:events:{_HERE}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
    ends = ["states:DescribeExecution", "states:StopExecution"]
    return [
        start_executions_of(machine, names=names),
        PolicyStatement(actions=ends, resources=[names.executions(machine)]),
        PolicyStatement(actions=["events:PutTargets", "events:PutRule", "events:DescribeRule"], resources=[rule]),
    ]


def list_versions_of(functions: Sequence[IFunction]) -> PolicyStatement:
    """See which versions of functions there are."""
    arns = [function.function_arn for function in functions]
    return PolicyStatement(actions=["lambda:ListVersionsByFunction"], resources=arns)


def delete_versions_of(functions: Sequence[IFunction]) -> PolicyStatement:
    """Delete versions of functions, and never the functions themselves."""
    arns = [f"{function.function_arn}:*" for function in functions]
    return PolicyStatement(actions=["lambda:DeleteFunction"], resources=arns)


def read_definitions_of(*machines: Machine, names: Names) -> list[PolicyStatement]:
    """Read what machines, and each of their executions, are made of."""
    of_machines, of_executions = map(names.arn, machines), map(names.executions, machines)
    return [
        PolicyStatement(actions=["states:DescribeStateMachine", "states:ListExecutions"], resources=[*of_machines]),
        PolicyStatement(actions=["states:DescribeStateMachineForExecution"], resources=[*of_executions]),
    ]


def read_metrics() -> PolicyStatement:
    """Read CloudWatch's metrics; the action has no resource level."""
    return PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"])


def send_events(source: str) -> PolicyStatement:
    """Send events to the default bus, in that source's name only."""
    return PolicyStatement(
        actions=["events:PutEvents"],
        resources=[f"arn:{Aws.PARTITION}:events:{_HERE}:event-bus/default"],
        # The key is a list, which is empty, and then every "for all" is true, if an event names no source.
        conditions={"ForAllValues:StringEquals": {"events:source": source}, "Null": {"events:source": "false"}},
    )
