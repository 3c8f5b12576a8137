"""From a request to its model: the client of the service that the request names."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from model_lifecycle.model import Model
from model_lifecycle.rekognition import RekognitionModel
from model_lifecycle.rekognition_versions import REKOGNITION
from model_lifecycle.request import Request

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

# One attempt: the state machine's own loop is what tries again, and it tells a lost answer from a refusal.
_CONFIG = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 1, "mode": "standard"})


def model_of(request: Request) -> Model:
    """The model that a request names."""
    return _MODELS[request.service.name](request)


@cache
def _rekognition() -> "RekognitionClient":
    return boto3.client("rekognition", config=_CONFIG)


_MODELS: dict[str, Callable[[Request], Model]] = {
    REKOGNITION.name: lambda request: RekognitionModel(request, _rekognition()),
}
