"""One family of errors. A class name is the error name that the state machine shows; its text is one plain sentence."""

from typing import Self

from model_lifecycle.vocabulary.foreign import shortened

MAX_CAUSE_CHARACTERS = 1_000


class ModelLifecycleError(Exception):
    """Whatever keeps a model from running or from being stopped, in words for the person who reads them."""

    perhaps_gone = False
    """Whether AWS may have ended the service, and nothing in the answer shows that it is still there."""

    @property
    def name(self) -> str:
        """The `Error` of the execution."""
        return type(self).__name__

    @property
    def cause(self) -> str:
        """The `Cause` of the execution: at most 1,000 characters, so that the console shows it whole."""
        return shortened(str(self), MAX_CAUSE_CHARACTERS)

    def saying(self, text: str) -> Self:
        """Return the same error in other words."""
        return type(self)(text)

    def to_json(self) -> dict[str, str]:
        """Write it as the execution's Fail state reads it: `{"Error": ..., "Cause": ...}`."""
        return {"Error": self.name, "Cause": self.cause}


class InvalidRequestError(ModelLifecycleError):
    """The execution's input breaks the contract, or the service refused a value of it.

    `violations`: what is wrong, a clause each; none where it was the service that refused.
    """

    violations: tuple[str, ...] = ()

    @classmethod
    def of(cls, violations: list[str]) -> Self:
        """Return the error of an input with these violations, all in one sentence."""
        error = cls(f"The execution input is not valid: {'; '.join(violations)}.")
        error.violations = tuple(violations)
        return error


class ModelNotFoundError(ModelLifecycleError):
    """The service knows no such model version or no such project."""


class AccessDeniedError(ModelLifecycleError):
    """The function's role may not make the call."""


class QuotaExceededError(ModelLifecycleError):
    """The account runs as many models or inference units as it may."""


class BudgetExceededError(ModelLifecycleError):
    """What may be spent in this day or month is spent, so the model was not started."""


class ModelFailedError(ModelLifecycleError):
    """The model has a status from which this execution cannot bring it further."""


class StartTimedOutError(ModelLifecycleError):
    """The model did not run by the deadline of its start."""


class FleetIncompleteError(ModelLifecycleError):
    """Some of many models are not running, or not stopped."""


class StopTimedOutError(ModelLifecycleError):
    """The model was not stopped by the deadline of its stop."""


class StopNotArmedError(ModelLifecycleError):
    """The stop at the lease's end could not be armed, so the model was not started."""


class LeaseOverError(ModelLifecycleError):
    """The lease ended before the model could be started."""


class ModelStoppedError(ModelLifecycleError):
    """Someone asked to stop the model while its start was still waiting."""


class ServiceRefusedError(ModelLifecycleError):
    """The service answered an error that has no meaning of its own here; the text says its name."""


class RecordChangedError(ModelLifecycleError):
    """Someone else has changed the model's record in between: look again."""


class ServiceUnreachableError(ModelLifecycleError):
    """The service has no endpoint here any more."""


class FunctionFailedError(ModelLifecycleError):
    """A Lambda function of the state machine did not answer, whatever was retried."""


class ModelInUseError(ModelLifecycleError):
    """The service says that the model is not in a status for that call: look again."""


class ServiceUnavailableError(ModelLifecycleError):
    """The service cannot answer now: look again later.

    `perhaps_done` tells whether the call may have been carried out although no answer came.
    """

    def __init__(self, text: str, *, perhaps_done: bool) -> None:
        super().__init__(text)
        self.perhaps_done = perhaps_done

    def saying(self, text: str) -> Self:
        return type(self)(text, perhaps_done=self.perhaps_done)


OUR_ERRORS = frozenset(error.__name__ for error in ModelLifecycleError.__subclasses__())
"""The errors with which the state machines end an execution themselves."""
