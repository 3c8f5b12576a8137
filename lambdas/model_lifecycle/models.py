"""From a request to its model: the client of the service that the request names."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.session import Session

from model_lifecycle.client_config import CLIENT_CONFIG
from model_lifecycle.lookoutvision import LookoutVisionModel
from model_lifecycle.lookoutvision_models import LOOKOUT_VISION, SERVICE_MODELS
from model_lifecycle.model import Model
from model_lifecycle.rekognition import RekognitionModel
from model_lifecycle.rekognition_versions import REKOGNITION
from model_lifecycle.request import Request

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient


def model_of(request: Request) -> Model:
    """The model that a request names."""
    return _MODELS[request.service.name](request)


@cache
def _rekognition() -> "RekognitionClient":
    return boto3.client("rekognition", config=CLIENT_CONFIG)


@cache
def _lookout_vision() -> Any:
    # botocore no longer knows the service; its own loader finds the service model that ships with this package.
    session = Session()
    session.get_component("data_loader").search_paths.append(str(SERVICE_MODELS))
    return session.create_client("lookoutvision", config=CLIENT_CONFIG)


_MODELS: dict[str, Callable[[Request], Model]] = {
    LOOKOUT_VISION.name: lambda request: LookoutVisionModel(request, _lookout_vision()),
    REKOGNITION.name: lambda request: RekognitionModel(request, _rekognition()),
}
