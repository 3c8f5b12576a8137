"""AWS's errors, on one line for the person at the terminal."""

import re
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    UnauthorizedSSOTokenError,
)

from operations.errors import (
    BusyError,
    CredentialsRefusedError,
    DeniedError,
    NoCredentialsHereError,
    NoRegionHereError,
    OperationsError,
    RefusedError,
    UnreachableError,
    on_one_line,
)

DENIED = "User: arn:aws:iam::123456789012:user/eve is not authorized to perform: states:ListExecutions on resource: x"


def answered(code: str, message: str = "no\nway") -> ClientError:
    """AWS's answer with a code."""
    error: Any = {"Error": {"Code": code, "Message": message}}
    return ClientError(error, "ListExecutions")


def told(error: Exception) -> OperationsError:
    """Return what becomes of an error."""
    with pytest.raises(OperationsError) as caught, on_one_line("Step Functions"):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (NoCredentialsError(), NoCredentialsHereError, "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID"),
        (ProfileNotFound(profile="ops"), NoCredentialsHereError, "(ops) could not be found"),
        (NoRegionError(), NoRegionHereError, "Set AWS_REGION"),
        (UnauthorizedSSOTokenError(), CredentialsRefusedError, "aws sso login"),
        (answered("ExpiredToken"), CredentialsRefusedError, "have expired"),
        (answered("ExpiredTokenException"), CredentialsRefusedError, "have expired"),
        (answered("UnrecognizedClientException"), CredentialsRefusedError, "does not accept the credentials"),
        (answered("AccessDeniedException", DENIED), DeniedError, "may not call states:ListExecutions."),
        (answered("AccessDenied", "Access Denied"), DeniedError, "may not call ListExecutions."),
        (answered("ThrottlingException"), BusyError, "Try again in a minute"),
        (EndpointConnectionError(endpoint_url="http://x"), UnreachableError, "Step Functions cannot be reached"),
        (ValueError("Invalid endpoint: nonsense"), UnreachableError, "AWS_ENDPOINT_URL"),
        (answered("ValidationError"), RefusedError, 'AWS answered ListExecutions with ValidationError: "no way"'),
        (BotoCoreError(), OperationsError, "Step Functions could not be called"),
    ],
)
def test_each_error_says_on_one_line_what_to_do(error: Exception, kind: type[OperationsError], said: str) -> None:
    line = told(error)

    assert type(line) is kind
    assert said in str(line)
    assert re.fullmatch(r"[^\n]+\.\"?", str(line))


def test_an_error_of_our_own_is_not_taken_for_one_of_aws() -> None:
    with pytest.raises(ValueError, match="ours"), on_one_line():
        raise ValueError("ours")
