"""One model of one service, asked for through the service's client."""

from dataclasses import replace

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.service import InferenceUnits, ModelDescription


class ServiceModel:
    """The `Model` of a request. What is looked up to find it is looked up once."""

    def __init__(self, request: ModelRequest, calls: ServiceCalls) -> None:
        self._service = request.service
        self._identity = request.identity
        self._calls = calls

    def describe(self) -> ModelDescription:
        """Return what the service says of the model, and what was looked up to find it."""
        with self._calls.errors():
            self._identity = self._service.located(self._identity, self._calls)
            return replace(self._service.describe(self._identity, self._calls), identity=self._identity)

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """Ask for the start."""
        with self._calls.errors():
            return self._service.start(self._identity, units, client_token, self._calls)

    def stop(self) -> str:
        """Ask for the stop."""
        with self._calls.errors():
            return self._service.stop(self._identity, self._calls)
