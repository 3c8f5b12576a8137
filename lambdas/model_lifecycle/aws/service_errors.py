"""What the services' errors mean, in the words of `vocabulary.errors`."""

import socket
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
from model_lifecycle.vocabulary.wording import sentence

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
_NO_SUCH_HOST = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
"""Not EAI_AGAIN: a name server that does not answer says nothing about the name."""
_FORBIDDEN, _NOT_FOUND, _GONE, _TOO_MANY_REQUESTS, _SERVER_FAULT = 403, 404, 410, 429, 500


@contextmanager
def service_errors(called: str | Callable[[], str], *, where_unreachable: str = "") -> Iterator[None]:
    """Raise what botocore raises inside as one of `vocabulary.errors`, which says the operation and the words.

    `called`: the operation, or what tells it once something has gone wrong, of a block that calls more than one.
    `where_unreachable`: what people should know of a service that may be gone for good. It is said of every error that
    an ended service may make, and such an error is marked as `perhaps_gone`. What is certain (no such host, HTTP 410,
    an address that is not there) is a ServiceUnreachableError, which ends an execution at once.
    """
    try:
        yield
    except (BotoCoreError, ClientError, KeyError) as error:
        operation = called if isinstance(called, str) else called()
        meant = _meant(operation, error)
        if where_unreachable and _as_of_an_ended_service(error):
            if not isinstance(meant, ModelNotFoundError):
                words = f"{meant} {where_unreachable}"
                meant = ServiceUnreachableError(words) if _is_gone_for_certain(error) else meant.saying(words)
            meant.perhaps_gone = True
        raise meant from error


def _meant(operation: str, error: Exception) -> ModelLifecycleError:
    if isinstance(error, ClientError):
        return _answered(operation, error)
    if isinstance(error, ConnectionError):
        return ServiceUnavailableError(
            sentence(f"{operation} could not connect: {quoted(str(error))}"), perhaps_done=False
        )
    if isinstance(error, HTTPClientError | ResponseParserError):
        return ServiceUnavailableError(sentence(f"{operation} got no answer: {quoted(str(error))}"), perhaps_done=True)
    if isinstance(error, KeyError):
        # botocore passes on whatever comes with HTTP 200, such as a proxy's page: the service's own answer is lost.
        return ServiceUnavailableError(f"{operation} got an answer without {quoted(str(error))}.", perhaps_done=True)
    return ServiceRefusedError(sentence(f"{operation} could not be called: {quoted(str(error))}"))


def _as_of_an_ended_service(error: Exception) -> bool:
    """Tell whether nothing in it shows that the service is there."""
    if not isinstance(error, ClientError):
        return isinstance(error, ConnectionError | HTTPClientError | ResponseParserError)
    status = _status(error)
    return status in (_FORBIDDEN, _NOT_FOUND, _GONE) or status >= _SERVER_FAULT or not _has_a_code(error)


def _is_gone_for_certain(error: Exception) -> bool:
    """Tell whether waiting is of no use: what refuses, fails or is silent today may answer tomorrow."""
    if isinstance(error, ClientError):
        return _status(error) == _GONE or (
            _status(error) == _NOT_FOUND and error.response["Error"].get("Code") not in _MEANINGS
        )
    reason: BaseException | None = error.kwargs.get("error") if isinstance(error, ConnectionError) else None
    by_name = type(reason).__name__ == "NameResolutionError"
    # Only urllib3 2 has that error, and Lambda's runtime decides which one there is. Either tells it with its cause.
    while reason is not None:
        if isinstance(reason, socket.gaierror):
            return reason.errno in _NO_SUCH_HOST
        reason = reason.__cause__ or reason.__context__
    return by_name


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


def _has_a_code(error: ClientError) -> bool:
    """Tell whether AWS itself refused: its refusals have a code, where botocore else puts the HTTP status."""
    code = error.response["Error"].get("Code", "")
    return bool(code) and not code.isdecimal()


def _answered(operation: str, error: ClientError) -> ModelLifecycleError:
    code = error.response["Error"].get("Code", "Unknown")
    message = error.response["Error"].get("Message")
    words = sentence(f"AWS answered {operation} with {word(code)}{f': {quoted(message)}' if message else ''}")
    if code in _MEANINGS:
        return _MEANINGS[code](words)
    status = _status(error)
    if code in _NOT_NOW or status == _TOO_MANY_REQUESTS:
        return ServiceUnavailableError(words, perhaps_done=False)
    if code in _PERHAPS_DONE or status >= _SERVER_FAULT:
        return ServiceUnavailableError(words, perhaps_done=True)
    return ServiceRefusedError(words)
