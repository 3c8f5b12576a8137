"""Every model version of Rekognition Custom Labels projects."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.catalog import Listed

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient


class RekognitionCatalog:
    """The model versions of some projects; of none named, of all in this account and Region."""

    def __init__(self, project_arns: Sequence[str], client: "RekognitionClient") -> None:
        self._project_arns = project_arns
        self._client = client

    def projects(self) -> Sequence[str]:
        """Project ARNs; what DescribeProjects says where none are named."""
        if self._project_arns:
            return self._project_arns
        with service_errors("DescribeProjects"):
            pages = list(self._client.get_paginator("describe_projects").paginate())
        return [project["ProjectArn"] for page in pages for project in page["ProjectDescriptions"]]

    def models(self, project: str) -> Sequence[Listed]:
        """What DescribeProjectVersions says."""
        with service_errors("DescribeProjectVersions"):
            pages = list(self._client.get_paginator("describe_project_versions").paginate(ProjectArn=project))
        return [
            Listed(
                {"ProjectVersionArn": version["ProjectVersionArn"], "ProjectArn": project},
                version["Status"],
            )
            for page in pages
            for version in page["ProjectVersionDescriptions"]
        ]
