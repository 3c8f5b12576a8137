"""What AWS answers a command, on one line: what happened, and what to do."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own: no connection came about
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from model_lifecycle.vocabulary.foreign import one_line, quoted, word
from model_lifecycle.vocabulary.wording import sentence

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_NOT_KNOWN = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"})
_BUSY = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown")
_PERFORMS = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
_SIGN_IN = "Sign in again, such as with `aws sso login`, or renew the keys in the environment."


class OperationsError(Exception):
    """A command cannot go on. The text is one line that says what to do."""


class NoCredentialsHereError(OperationsError):
    """The environment has no credentials."""


class NoRegionHereError(OperationsError):
    """The environment has no Region."""


class CredentialsRefusedError(OperationsError):
    """AWS does not take the credentials: they have expired, or it does not know them."""


class DeniedError(OperationsError):
    """The credentials are known, and may not make this call. `action`: what they lack, as IAM spells it."""

    def __init__(self, text: str, *, action: str) -> None:
        super().__init__(text)
        self.action = action


class UnreachableError(OperationsError):
    """No connection came about, or no answer came."""


class BusyError(OperationsError):
    """AWS answers too many callers at a time."""


class RefusedError(OperationsError):
    """AWS answered any other error. `code`: its name."""

    def __init__(self, text: str, *, code: str) -> None:
        super().__init__(text)
        self.code = code


@contextmanager
def on_one_line(called: str | Callable[[], str] = "AWS") -> Iterator[None]:
    """Raise what botocore raises inside as an OperationsError. `called`: what was called, for what names no operation.

    A ValueError of botocore is an endpoint's address that is none.
    """
    try:
        yield
    except ClientError as error:
        raise _answered(error) from error
    except BotoCoreError as error:
        raise _uncalled(called if isinstance(called, str) else called(), error) from error
    except (ResponseParserError, ValueError) as error:
        if isinstance(error, ValueError) and "Invalid endpoint" not in str(error):
            raise
        raise UnreachableError(
            sentence(f"AWS_ENDPOINT_URL, or endpoint_url in the profile, leads to no AWS: {quoted(str(error))}")
        ) from error


def _answered(error: ClientError) -> OperationsError:
    code = error.response["Error"].get("Code", "Unknown")
    words = error.response["Error"].get("Message") or ""
    said = f": {quoted(words)}" if words else ""
    if code in _EXPIRED:
        return CredentialsRefusedError(f"The AWS credentials have expired. {_SIGN_IN}")
    if code in _NOT_KNOWN:
        return CredentialsRefusedError(sentence(f"AWS does not accept the credentials ({word(code)}){said}"))
    if code in _DENIED:
        named = _PERFORMS.search(words)
        action = named[1] if named else error.operation_name
        return DeniedError(
            f"These credentials may not call {action}. Use others, or let an administrator allow it.", action=action
        )
    if _BUSY.search(code):
        return BusyError(
            f"AWS answered {error.operation_name} with {word(code)} again and again. Try again in a minute."
        )
    return RefusedError(sentence(f"AWS answered {error.operation_name} with {word(code)}{said}"), code=code)


def _uncalled(called: str, error: BotoCoreError) -> OperationsError:
    said = one_line(str(error))
    match error:
        case NoCredentialsError():
            return NoCredentialsHereError(
                "There are no AWS credentials in the environment. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY."
            )
        case NoRegionError():
            return NoRegionHereError("There is no AWS Region in the environment. Set AWS_REGION, such as to us-east-1.")
        case InvalidRegionError():
            return NoRegionHereError(sentence(f"The AWS Region is none: {quoted(str(error))}"))
        case ProfileNotFound() | PartialCredentialsError():
            return NoCredentialsHereError(sentence(f"The AWS credentials cannot be used: {said}"))
        case UnauthorizedSSOTokenError() | SSOError() | TokenRetrievalError() | CredentialRetrievalError():
            return CredentialsRefusedError(f"The AWS credentials cannot be used: {sentence(said)} {_SIGN_IN}")
        case ConnectionError() | HTTPClientError():
            return UnreachableError(
                f"{called} cannot be reached: {sentence(said)} Check the Region, the network and AWS_ENDPOINT_URL."
            )
    return OperationsError(sentence(f"{called} could not be called: {said}"))
