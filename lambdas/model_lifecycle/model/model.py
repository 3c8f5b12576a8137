"""The seam to the services: what the domain asks of one model, whatever service it is of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from model_lifecycle.requests.model_request import ModelRequest

InferenceUnits: TypeAlias = Mapping[str, int]
"""`MinInferenceUnits` and `MaxInferenceUnits`, as both services' start calls take them."""


@dataclass(frozen=True, kw_only=True)
class ModelDescription:
    """What the service says of a model. Units are None where it says nothing of them."""

    status: str
    status_message: str
    min_inference_units: int | None
    max_inference_units: int | None


class Model(Protocol):
    """One model of one service.

    Every method raises the errors of `vocabulary.errors`: ModelNotFoundError, AccessDeniedError,
    QuotaExceededError, InvalidRequestError, ModelInUseError, ServiceUnavailableError, ServiceRefusedError.
    """

    @property
    def request(self) -> ModelRequest:
        """The request, with what was looked up on the way, so that it is looked up once an execution."""
        ...

    def describe(self) -> ModelDescription:
        """Ask the service how the model is."""
        ...

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """Ask the service to start the model, once; the status that the service answers when it accepts.

        Where the service knows tokens, calls with the same one are one start.
        """
        ...

    def stop(self) -> str:
        """Ask the service to stop the model, once; the status that the service answers when it accepts."""
        ...
