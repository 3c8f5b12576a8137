"""What the services' errors mean, in the words of `vocabulary.errors`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own: no connection came about
    HTTPClientError,
)
from botocore.parsers import ResponseParserError

from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    InvalidRequestError,
    ModelInUseError,
    ModelLifecycleError,
    ModelNotFoundError,
    QuotaExceededError,
    RecordChangedError,
    ServiceRefusedError,
    ServiceUnavailableError,
    ServiceUnreachableError,
)
from model_lifecycle.vocabulary.foreign import quoted, word

_MEANINGS: dict[str, type[ModelLifecycleError]] = {
    "AccessDeniedException": AccessDeniedError,
    "ConditionalCheckFailedException": RecordChangedError,
    "ConflictException": ModelInUseError,
    "InvalidParameterException": InvalidRequestError,
    "LimitExceededException": QuotaExceededError,
    "ResourceInUseException": ModelInUseError,
    "ResourceNotFoundException": ModelNotFoundError,
    "ServiceQuotaExceededException": QuotaExceededError,
    "ValidationException": InvalidRequestError,
}
_NOT_NOW = frozenset(
    {
        # What botocore's own retries take for throttling, too.
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "TransactionConflictException",
        # A page's token can run out between two pages.
        "InvalidPaginationTokenException",
    }
)
_PERHAPS_DONE = frozenset(
    {"InternalServerError", "InternalServerException", "RequestTimeout", "RequestTimeoutException"}
)
_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500


@contextmanager
def service_errors(called: str | Callable[[], str], *, where_unreachable: str = "") -> Iterator[None]:
    """Raise what botocore raises inside as one of `vocabulary.errors`, which says the operation and the words.

    `called`: the operation, or what tells it once something has gone wrong, of a block that calls more than one.
    `where_unreachable`: what people should know when no connection comes about; of a service whose endpoint may be gone
    for good, so that a host name without an address ends the start at once.
    """
    try:
        yield
    except (BotoCoreError, ClientError, KeyError) as error:
        operation = called if isinstance(called, str) else called()
        raise _meant(operation, error, where_unreachable) from error


def _meant(operation: str, error: Exception, where_unreachable: str) -> ModelLifecycleError:
    if isinstance(error, ClientError):
        return _answered(operation, error)
    if isinstance(error, ConnectionError):
        words = f"{operation} found no connection: {quoted(str(error))} {where_unreachable}".strip()
        # By its name: which urllib3 there is, Lambda's runtime decides.
        if where_unreachable and type(error.kwargs.get("error")).__name__ == "NameResolutionError":
            return ServiceUnreachableError(words)
        return ServiceUnavailableError(words, perhaps_done=False)
    if isinstance(error, HTTPClientError | ResponseParserError):
        return ServiceUnavailableError(f"{operation} got no answer: {quoted(str(error))}", perhaps_done=True)
    if isinstance(error, KeyError):
        # botocore passes on whatever comes with HTTP 200, such as a proxy's page: the service's own answer is lost.
        return ServiceUnavailableError(f"{operation} got an answer without {quoted(str(error))}", perhaps_done=True)
    return ServiceRefusedError(f"{operation} could not be called: {quoted(str(error))}")


def _answered(operation: str, error: ClientError) -> ModelLifecycleError:
    code = error.response["Error"].get("Code", "Unknown")
    message = error.response["Error"].get("Message")
    words = f"{operation} answered {word(code)}: {quoted(message) if message else 'no message'}"
    if code in _MEANINGS:
        return _MEANINGS[code](words)
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in _NOT_NOW or status == _TOO_MANY_REQUESTS:
        return ServiceUnavailableError(words, perhaps_done=False)
    if code in _PERHAPS_DONE or status >= _SERVER_FAULT:
        return ServiceUnavailableError(words, perhaps_done=True)
    return ServiceRefusedError(words)
