"""From a request to its model, and from projects to what there is in them: the clients of the services."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.session import Session

from model_lifecycle.aws.client_config import CLIENT_CONFIG, LIST_CONFIG
from model_lifecycle.aws.lookout_vision import LookoutVisionModel
from model_lifecycle.aws.lookout_vision_catalog import LookoutVisionCatalog
from model_lifecycle.aws.rekognition import RekognitionModel
from model_lifecycle.aws.rekognition_catalog import RekognitionCatalog
from model_lifecycle.model.catalog import Catalog
from model_lifecycle.model.model import Model
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION, SERVICE_MODELS
from model_lifecycle.services.rekognition import REKOGNITION

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient


def model_of(request: ModelRequest) -> Model:
    """The model that a request names."""
    return _MODELS[request.service.name](request)


def catalogs_of(project_arns: Sequence[str]) -> dict[str, Catalog]:
    """What there is in some projects, by the name of their service; of none named: in all of them."""
    rekognition = [arn for arn in project_arns if arn.split(":")[2] == "rekognition"]
    lookout_vision = [arn.rpartition("/")[2] for arn in project_arns if arn.split(":")[2] == "lookoutvision"]
    catalogs: dict[str, Catalog] = {}
    if rekognition or not project_arns:
        catalogs[REKOGNITION.name] = RekognitionCatalog(rekognition, boto3.client("rekognition", config=LIST_CONFIG))
    if lookout_vision or not project_arns:
        catalogs[LOOKOUT_VISION.name] = LookoutVisionCatalog(lookout_vision, _lookout_vision_client(LIST_CONFIG))
    return catalogs


@cache
def _rekognition() -> "RekognitionClient":
    return boto3.client("rekognition", config=CLIENT_CONFIG)


@cache
def _lookout_vision() -> Any:
    return _lookout_vision_client(CLIENT_CONFIG)


def _lookout_vision_client(config: Config) -> Any:
    # botocore no longer knows the service; its own loader finds the service model that ships with this package.
    session = Session()
    session.get_component("data_loader").search_paths.append(str(SERVICE_MODELS))
    return session.create_client("lookoutvision", config=config)


_MODELS: dict[str, Callable[[ModelRequest], Model]] = {
    LOOKOUT_VISION.name: lambda request: LookoutVisionModel(request, _lookout_vision()),
    REKOGNITION.name: lambda request: RekognitionModel(request, _rekognition()),
}
