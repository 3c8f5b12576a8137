"""The only caller of Amazon Lookout for Vision."""

from typing import Any

from model_lifecycle.model import ModelDescription
from model_lifecycle.request import Request
from model_lifecycle.service_errors import service_errors

_ENDED = "AWS ended Amazon Lookout for Vision on 2025-10-31; only an endpoint that speaks its API can be reached."


class LookoutVisionModel:
    """A model of a Lookout for Vision project. Its client is botocore's, from the service model in this package."""

    def __init__(self, request: Request, client: Any) -> None:
        self.request = request
        self._client = client
        self._name = {name: request.identity[name] for name in ("ProjectName", "ModelVersion")}

    def describe(self) -> ModelDescription:
        """DescribeModel."""
        with service_errors("DescribeModel", where_unreachable=_ENDED):
            model = self._client.describe_model(**self._name)["ModelDescription"]
        return ModelDescription(
            status=model["Status"],
            status_message=model.get("StatusMessage", ""),
            min_inference_units=model.get("MinInferenceUnits"),
            max_inference_units=model.get("MaxInferenceUnits"),
        )

    def start(self, *, client_token: str) -> str:
        """StartModel."""
        with service_errors("StartModel", where_unreachable=_ENDED):
            answer = self._client.start_model(**self._name, **self.request.units, ClientToken=client_token)
        return str(answer["Status"])
