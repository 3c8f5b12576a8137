"""What each function may do with the models of a service, and on which ARNs.

The resource types are those of the Service Authorization Reference.
"""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk.aws_iam import PolicyStatement


class RekognitionPermissions:
    """Statements on the model versions of some projects; of none named: of all in this account and Region."""

    def __init__(self, project_arns: Sequence[str]) -> None:
        every = f"arn:{Aws.PARTITION}:rekognition:{Aws.REGION}:{Aws.ACCOUNT_ID}:project/*"
        self._projects = [*project_arns] or [f"{every}/*"]
        self._versions = [_versions_of(arn) for arn in project_arns] or [f"{every}/version/*/*"]

    def look(self) -> list[PolicyStatement]:
        """DescribeProjectVersions is checked against the project; DescribeProjects has no resource level."""
        return [
            PolicyStatement(actions=["rekognition:DescribeProjectVersions"], resources=self._projects),
            PolicyStatement(actions=["rekognition:DescribeProjects"], resources=["*"]),
        ]

    def start(self) -> list[PolicyStatement]:
        """StartProjectVersion is checked against the version."""
        return [PolicyStatement(actions=["rekognition:StartProjectVersion"], resources=self._versions)]


def _versions_of(project_arn: str) -> str:
    project, _ = project_arn.rsplit("/", 1)
    return f"{project}/version/*/*"


def executions_of(state_machine_name: str) -> PolicyStatement:
    """DescribeExecution on the executions of one machine, by its name: the machine itself depends on the function."""
    arn = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution:{state_machine_name}:*"
    return PolicyStatement(actions=["states:DescribeExecution"], resources=[arn])
