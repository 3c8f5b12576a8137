"""What the functions may do with models, and on which ARNs.

Actions and resource types are those of the Service Authorization Reference.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk.aws_iam import PolicyStatement

from stacks.names import state_machine_arn

_HERE = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"


@dataclass(frozen=True, kw_only=True)
class ServiceActions:
    """The actions of one service, and the ARNs that they are checked against.

    `service`: its namespace in IAM and in ARNs. `looks_at` and `changes` turn a project ARN into the checked one.
    `look_without_resource`,
    `list_without_resource`: actions that have no resource level.
    """

    service: str
    every_project: str
    look: str
    start: str
    stop: str
    looks_at: Callable[[str], str]
    changes: Callable[[str], str]
    look_without_resource: tuple[str, ...] = ()
    list_without_resource: tuple[str, ...] = ()


def _rekognition_versions(project: str) -> str:
    """`project/NAME/EPOCH` -> `project/NAME/version/VERSION/EPOCH`."""
    return f"{project.rsplit('/', 1)[0]}/version/*/*"


def _lookout_models(project: str) -> str:
    """`project/NAME` -> `model/NAME/VERSION`."""
    head, name = project.rsplit(":project/", 1)
    return f"{head}:model/{name}/*"


REKOGNITION = ServiceActions(
    service="rekognition",
    every_project="project/*/*",
    look="rekognition:DescribeProjectVersions",
    looks_at=lambda project: project,
    start="rekognition:StartProjectVersion",
    stop="rekognition:StopProjectVersion",
    changes=_rekognition_versions,
    look_without_resource=("rekognition:DescribeProjects",),
)
LOOKOUT_VISION = ServiceActions(
    service="lookoutvision",
    every_project="project/*",
    look="lookoutvision:DescribeModel",
    looks_at=_lookout_models,
    start="lookoutvision:StartModel",
    stop="lookoutvision:StopModel",
    changes=_lookout_models,
    list_without_resource=("lookoutvision:ListModels", "lookoutvision:ListProjects"),
)
_SERVICES = (REKOGNITION, LOOKOUT_VISION)


class ModelPermissions:
    """Statements on the models of some projects; of none named: of all in this account and Region."""

    def __init__(self, project_arns: Sequence[str]) -> None:
        self._projects = {
            service: [arn for arn in project_arns if arn.split(":")[2] == service.service]
            if project_arns
            else [f"arn:{Aws.PARTITION}:{service.service}:{_HERE}:{service.every_project}"]
            for service in _SERVICES
        }

    def look(self) -> list[PolicyStatement]:
        """What telling a model's status takes."""
        return [
            statement
            for service, projects in self._projects.items()
            if projects
            for statement in (
                PolicyStatement(actions=[service.look], resources=[service.looks_at(arn) for arn in projects]),
                *(PolicyStatement(actions=[action], resources=["*"]) for action in service.look_without_resource),
            )
        ]

    def find(self) -> list[PolicyStatement]:
        """What finding every model takes, beyond looking at one."""
        return [
            PolicyStatement(actions=[action], resources=["*"])
            for service, projects in self._projects.items()
            if projects
            for action in service.list_without_resource
        ]

    def start(self) -> list[PolicyStatement]:
        """What asking for a start takes."""
        return self._change(lambda service: service.start)

    def stop(self) -> list[PolicyStatement]:
        """What asking for a stop takes."""
        return self._change(lambda service: service.stop)

    def _change(self, action: Callable[[ServiceActions], str]) -> list[PolicyStatement]:
        return [
            PolicyStatement(actions=[action(service)], resources=[service.changes(arn) for arn in projects])
            for service, projects in self._projects.items()
            if projects
        ]


def executions_of(*state_machine_names: str) -> PolicyStatement:
    """Read the executions of machines, by their names: the machines themselves depend on the function."""
    return PolicyStatement(
        actions=["states:DescribeExecution", "states:GetExecutionHistory"],
        resources=[f"arn:{Aws.PARTITION}:states:{_HERE}:execution:{name}:*" for name in state_machine_names],
    )


def start_executions_of(state_machine_name: str) -> PolicyStatement:
    """Start executions of one machine, by its name."""
    return PolicyStatement(actions=["states:StartExecution"], resources=[state_machine_arn(state_machine_name)])


def read_metrics() -> PolicyStatement:
    """Read CloudWatch's metrics; the action has no resource level."""
    return PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"])


def send_events(source: str) -> PolicyStatement:
    """Send events to the default bus, in that source's name only."""
    return PolicyStatement(
        actions=["events:PutEvents"],
        resources=[f"arn:{Aws.PARTITION}:events:{_HERE}:event-bus/default"],
        conditions={"StringEquals": {"events:source": source}},
    )
