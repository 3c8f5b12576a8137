"""Answers to operations that the service does not know, or the local AWS does not have, or cannot read."""

import json
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from moto.core.responses import BaseResponse

from local.account import Account
from local.api import aws_api
from local.api.calls import Environ
from local.api.errors import AwsError, HttpAnswer, answer

NOT_IMPLEMENTED = 501
_OF_SIGNATURE = re.compile(r"Credential=[^/]*/[^/]*/[^/]*/([^/]*)/")


def install(aws: Account) -> None:
    """Let moto say in its answer that it does not have an operation, instead of ending in an error."""
    aws.replace(BaseResponse, "call_action", _saying_so(BaseResponse.call_action))


def _saying_so(call_action: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call_action)
    def said(response: Any) -> Any:
        try:
            return call_action(response)
        except NotImplementedError:
            return NOT_IMPLEMENTED, {"status": str(NOT_IMPLEMENTED)}, ""

    return said


def is_unknown(status: int, headers: Iterable[tuple[str, str]], *, recognized: bool) -> bool:
    """Tell whether an answer is moto's way of not knowing an operation: in HTML where it has no address for it."""
    html = any(name.lower() == "content-type" and value.startswith("text/html") for name, value in headers)
    return status == NOT_IMPLEMENTED or (html and (status == 404 or (status == 500 and not recognized)))


def is_malformed(environ: Environ, body: bytes) -> bool:
    """Tell whether a request to a service that speaks JSON has a body that is not a JSON object."""
    if not environ.get("HTTP_X_AMZ_TARGET"):
        return False
    try:
        return not isinstance(json.loads(body), dict)
    except ValueError:
        return True


def unknown(environ: Environ, body: bytes) -> HttpAnswer:
    """Return what the service answers whom the request is for, in its protocol."""
    signed = _OF_SIGNATURE.search(environ.get("HTTP_AUTHORIZATION", ""))
    model = aws_api.service_signing_as(signed[1] if signed else "")
    form = parse_qs(body.decode(errors="replace")) if b"Action=" in body else {}
    if is_malformed(environ, body):
        return answer(AwsError("SerializationException", ""), model, "json")
    if environ.get("HTTP_X_AMZ_TARGET"):
        return answer(AwsError("UnknownOperationException", ""), model, "json")
    if action := form.get("Action"):
        version = form.get("Version", [""])[0]
        words = f"Could not find operation {action[0]} for version {version}"
        return answer(AwsError("InvalidAction", words), model, "query")
    refused = answer(AwsError("UnknownOperationException", ""), model, "rest-json")
    return HttpAnswer(404, refused.headers, refused.body)
