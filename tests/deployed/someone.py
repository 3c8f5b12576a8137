"""Another person in the account, who describes, starts and stops models with their own client."""

from typing import Any

from botocore.exceptions import ClientError

from local.server import LocalAws
from tests.deployed.services import LOOKOUT_VISION, ServiceWords


class Someone:
    """A person, and the one model of a service that they care about."""

    def __init__(self, aws: LocalAws, service: ServiceWords) -> None:
        self._model = service.model
        self._is_lookout = service.name == LOOKOUT_VISION.name
        self._client = aws.client("lookoutvision" if self._is_lookout else "rekognition")

    def sees(self) -> str:
        """Return the model's status, as the service says it now."""
        if self._is_lookout:
            return str(self._client.describe_model(**self._model)["ModelDescription"]["Status"])
        _, project, _, version, _ = self._model["ProjectVersionArn"].split("/")
        [found] = self._client.describe_projects(ProjectNames=[project])["ProjectDescriptions"]
        asked = {"ProjectArn": found["ProjectArn"], "VersionNames": [version]}
        [described] = self._client.describe_project_versions(**asked)["ProjectVersionDescriptions"]
        return str(described["Status"])

    def starts(self) -> bool:
        """Ask the service for a start; whether it was accepted."""
        call = self._client.start_model if self._is_lookout else self._client.start_project_version
        return _accepted(call, **self._model, MinInferenceUnits=1)

    def stops(self) -> bool:
        """Ask the service for a stop; whether it was accepted."""
        call = self._client.stop_model if self._is_lookout else self._client.stop_project_version
        return _accepted(call, **self._model)


def _accepted(call: Any, **asked: Any) -> bool:
    try:
        call(**asked)
    except ClientError:
        return False
    return True
