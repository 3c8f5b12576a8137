"""What the functions may do with models, and on which ARNs.

Actions and resource types are those of the Service Authorization Reference.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk.aws_iam import PolicyStatement

_HERE = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"


@dataclass(frozen=True, kw_only=True)
class ServiceActions:
    """The actions of one service, and the ARNs that they are checked against.

    `service`: its namespace in IAM and in ARNs. `looks_at` and `starts` turn a project ARN into the checked one.
    `look_without_resource`: actions that have no resource level.
    """

    service: str
    every_project: str
    look: str
    start: str
    looks_at: Callable[[str], str]
    starts: Callable[[str], str]
    look_without_resource: tuple[str, ...] = ()


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
    starts=_rekognition_versions,
    look_without_resource=("rekognition:DescribeProjects",),
)
LOOKOUT_VISION = ServiceActions(
    service="lookoutvision",
    every_project="project/*",
    look="lookoutvision:DescribeModel",
    looks_at=_lookout_models,
    start="lookoutvision:StartModel",
    starts=_lookout_models,
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

    def start(self) -> list[PolicyStatement]:
        """What asking for a start takes."""
        return [
            PolicyStatement(actions=[service.start], resources=[service.starts(arn) for arn in projects])
            for service, projects in self._projects.items()
            if projects
        ]


def executions_of(state_machine_name: str) -> PolicyStatement:
    """Read the executions of one machine, by its name: the machine itself depends on the function."""
    arn = f"arn:{Aws.PARTITION}:states:{_HERE}:execution:{state_machine_name}:*"
    return PolicyStatement(actions=["states:DescribeExecution", "states:GetExecutionHistory"], resources=[arn])
