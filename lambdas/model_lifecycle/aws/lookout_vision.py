"""The only caller of Amazon Lookout for Vision."""

from typing import Any

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.model import InferenceUnits, ModelDescription
from model_lifecycle.requests.model_request import ModelRequest

ENDED = "AWS ended Amazon Lookout for Vision on 2025-10-31; only an endpoint that speaks its API can be reached."


class LookoutVisionModel:
    """A model of a Lookout for Vision project. Its client is botocore's, from the service model in this package."""

    def __init__(self, request: ModelRequest, client: Any) -> None:
        self.request = request
        self._client = client
        self._name = {name: request.identity[name] for name in ("ProjectName", "ModelVersion")}

    def describe(self) -> ModelDescription:
        """DescribeModel."""
        with service_errors("DescribeModel", where_unreachable=ENDED):
            model = self._client.describe_model(**self._name)["ModelDescription"]
        return ModelDescription(
            status=model["Status"],
            status_message=model.get("StatusMessage", ""),
            min_inference_units=model.get("MinInferenceUnits"),
            max_inference_units=model.get("MaxInferenceUnits"),
        )

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """StartModel."""
        with service_errors("StartModel", where_unreachable=ENDED):
            return str(self._client.start_model(**self._name, **units, ClientToken=client_token)["Status"])

    def stop(self) -> str:
        """StopModel."""
        # Without a token: one would make a later stop of the same model repeat this one's answer.
        with service_errors("StopModel", where_unreachable=ENDED):
            return str(self._client.stop_model(**self._name)["Status"])
