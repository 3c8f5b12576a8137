"""The only caller of Amazon Rekognition."""

from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.model import InferenceUnits, ModelDescription
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.rekognition import project_name, version_name
from model_lifecycle.vocabulary.errors import ModelNotFoundError

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient
    from mypy_boto3_rekognition.type_defs import ProjectVersionDescriptionTypeDef


class RekognitionModel:
    """A model version of a Custom Labels project."""

    def __init__(self, request: ModelRequest, client: "RekognitionClient") -> None:
        self.request = request
        self._client = client

    def describe(self) -> ModelDescription:
        """What DescribeProjectVersions says; it wants the project's ARN, which DescribeProjects finds by name."""
        if "ProjectArn" not in self.request.identity:
            self.request = self.request.knowing("ProjectArn", self._project_arn())
        version = self._version(self.request.identity["ProjectArn"])
        return ModelDescription(
            status=version["Status"],
            status_message=version.get("StatusMessage", ""),
            min_inference_units=version.get("MinInferenceUnits"),
            max_inference_units=version.get("MaxInferenceUnits"),
        )

    def start(self, units: InferenceUnits, *, client_token: str) -> str:  # noqa: ARG002 - the service knows no token
        """StartProjectVersion."""
        with service_errors("StartProjectVersion"):
            return self._client.start_project_version(ProjectVersionArn=self._arn, **units)["Status"]

    def stop(self) -> str:
        """StopProjectVersion."""
        with service_errors("StopProjectVersion"):
            return self._client.stop_project_version(ProjectVersionArn=self._arn)["Status"]

    @property
    def _arn(self) -> str:
        return self.request.identity["ProjectVersionArn"]

    def _project_arn(self) -> str:
        name = project_name(self._arn)
        pages = self._client.get_paginator("describe_projects").paginate(ProjectNames=[name])
        with service_errors("DescribeProjects"):
            for page in pages:
                for project in page["ProjectDescriptions"]:
                    if project_name(project["ProjectArn"]) == name:
                        return project["ProjectArn"]
        raise ModelNotFoundError(f"Rekognition has no project {name}, which ProjectVersionArn {self._arn} names.")

    def _version(self, project_arn: str) -> "ProjectVersionDescriptionTypeDef":
        # No such version is an empty list, and a name may have been given again after a deletion.
        pages = self._client.get_paginator("describe_project_versions").paginate(
            ProjectArn=project_arn, VersionNames=[version_name(self._arn)]
        )
        with service_errors("DescribeProjectVersions"):
            for page in pages:
                for version in page["ProjectVersionDescriptions"]:
                    if version["ProjectVersionArn"] == self._arn:
                        return version
        raise ModelNotFoundError(f"Rekognition's project {project_arn} has no model version {self._arn}.")
