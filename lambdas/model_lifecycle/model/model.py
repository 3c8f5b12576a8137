"""The seam to the services: what the domain asks of one model, whatever service it is of."""

from typing import Protocol

from model_lifecycle.services.service import InferenceUnits, ModelDescription


class Model(Protocol):
    """One model of one service.

    Every method raises the errors of `vocabulary.errors` that a call can end in: ModelNotFoundError, AccessDeniedError,
    QuotaExceededError, InvalidRequestError, ModelInUseError, ServiceUnavailableError, ServiceUnreachableError,
    ServiceRefusedError. "Raises as `Model` does" elsewhere means these.
    """

    def describe(self) -> ModelDescription:
        """Ask the service how the model is.

        What was looked up on the way is in the answer, so that it is looked up once an execution.
        """
        ...

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """Ask the service to start the model, once; the status that the service answers when it accepts.

        Where the service knows tokens, calls with the same one are one start.
        """
        ...

    def stop(self) -> str:
        """Ask the service to stop the model, once; the status that the service answers when it accepts."""
        ...
