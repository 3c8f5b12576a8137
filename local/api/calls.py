"""The calls that reach the local AWS: operation, caller, parameters and outcome."""

import io
import itertools
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import OperationModel
from moto.core.model import ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import ServiceOperationRouter
from moto.core.utils import service_name_from_moto_package_name
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException

from local.api import aws_api

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

CALL = "local.call"
"""The name in a request's environment of what it was recognized as."""
_APP_ID = re.compile(r"(?:^|\s)app/(\S+)")
_BOTO3_NAMES = {"awslambda": "lambda"}
_LONGEST = 2048


@dataclass(frozen=True)
class ApiCall:
    """One call.

    `parameters` has long strings and bytes cut short. `caller` is the app id of the client's User-Agent, "" if it has
    none. `outcome` is "" while the call is under way, "OK", an error code, a status of HTTP or a fault's effect.
    """

    moment: datetime
    service: str
    operation: str
    parameters: dict[str, Any]
    caller: str
    outcome: str = ""


@dataclass(frozen=True)
class Recognized:
    """What a request asks for, and the protocol in which it does."""

    operation: OperationModel
    protocol: str
    parameters: dict[str, Any]
    caller: str

    @property
    def service(self) -> str:
        """The service by boto3's word."""
        return self.operation.service_model.service_name


class Recognizer:
    """Tells the service and operation of a request in the way in which moto itself does."""

    def __init__(self) -> None:
        self._dispatcher = DomainDispatcherApplication(create_backend_app)

    def recognize(self, environ: Environ) -> Recognized | None:
        """Return what a request asks for, or `None` if it is not a call of a modelled service.

        The request's body can be read again afterwards.
        """
        body = _read_body(environ)
        address_unsigned(environ)
        service = self._service(environ)
        environ["wsgi.input"] = io.BytesIO(body)
        if service not in aws_api.SERVICES:
            return None
        request = Request({**environ, "wsgi.input": io.BytesIO(body)})
        model, router = _routed(service)
        try:
            protocol = determine_request_protocol(model, request.content_type)
            operation, in_path = router.match(request)
        except (HTTPException, NotImplementedError):
            return None
        parameters = _parsed(request, body, operation, protocol, in_path) or in_path
        caller = _APP_ID.search(environ.get("HTTP_USER_AGENT", ""))
        return Recognized(
            aws_api.operation_model(service, operation.name),
            protocol,
            parameters,
            caller[1] if caller else "",
        )

    def _service(self, environ: Environ) -> str:
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith("/moto-api") or path == "/favicon.ico":
            return ""
        host = self._dispatcher.infer_service_region_host(environ, path)
        if host is None:
            return "s3"
        backend = str(self._dispatcher.get_backend_for_host(host))
        return _BOTO3_NAMES.get(backend) or str(service_name_from_moto_package_name(backend))


class CallLog:
    """The calls since the log was cleared, oldest first; for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._calls: dict[int, ApiCall] = {}

    def begin(self, call: ApiCall) -> int:
        """Add a call, and return the number by which `end` knows it."""
        with self._lock:
            number = next(self._numbers)
            self._calls[number] = call
            return number

    def end(self, number: int, outcome: str) -> None:
        """Say how a call ended."""
        with self._lock:
            # It may have begun before the log was cleared.
            if number in self._calls:
                self._calls[number] = replace(self._calls[number], outcome=outcome)

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()

    def calls(self, operation: str | None = None) -> list[ApiCall]:
        """List the calls of an operation, or all."""
        with self._lock:
            return [call for call in self._calls.values() if operation in (None, call.operation)]


def address_unsigned(environ: Environ) -> None:
    """Give a request without a signature the address that a signature would have.

    moto tells services apart by the signature's scope alone, and takes what has none for S3.
    """
    if environ.get("HTTP_AUTHORIZATION") or "X-Amz-Credential" in environ.get("QUERY_STRING", ""):
        return
    service = _service_of_target(environ) or _service_of_path(environ)
    if service:
        metadata = aws_api.service_model(service).metadata
        scope = f"local/20000101/us-east-1/{metadata.get('signingName', metadata['endpointPrefix'])}/aws4_request"
        environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"


def _service_of_target(environ: Environ) -> str | None:
    target = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[0]
    if not target:
        return None
    prefixes = ((service, aws_api.service_model(service).metadata.get("targetPrefix")) for service in aws_api.SERVICES)
    return next((service for service, prefix in prefixes if prefix == target), None)


def _service_of_path(environ: Environ) -> str | None:
    """Most REST services have paths that say nothing; this one's begin with its version."""
    version = aws_api.service_model("lookoutvision").metadata["apiVersion"]
    return "lookoutvision" if environ.get("PATH_INFO", "").startswith(f"/{version}/") else None


@cache
def _routed(service: str) -> tuple[Any, Any]:
    """Give moto's view of a service, also of one that moto does not know."""
    model = ServiceModel(aws_api.description(service), service)
    return model, ServiceOperationRouter(model)


def outcome_of(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> str:
    """Name how a call ended, by its answer."""
    if status < 400:
        return "OK"
    by_header = next((value for name, value in headers if name.lower() == "x-amzn-errortype"), None)
    by_body = re.search(rb'"__type"\s*:\s*"([^"]+)"|<Code>([^<]+)</Code>', body)
    if by_header:
        return by_header.partition(":")[0]
    if by_body:
        return (by_body[1] or by_body[2]).decode().rpartition("#")[2]
    return str(status)


def _read_body(environ: Environ) -> bytes:
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        body: bytes = stream.read()
        environ["CONTENT_LENGTH"] = str(len(body))
    else:
        body = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _parsed(request: Request, body: bytes, operation: Any, protocol: str, in_path: dict[str, Any]) -> dict[str, Any]:
    if operation.service_model.service_name == "s3":
        return {}
    parser = PROTOCOL_PARSERS[protocol](operation, map_type=dict)
    try:
        parsed = parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": body,
                "url_path": request.path,
                "url_params": in_path,
            }
        )
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        return {"": f"cannot be parsed: {error!r}"}
    return dict(parsed or {})


def short(value: Any) -> Any:
    """Cut what is long in parameters."""
    match value:
        case str() if len(value) > _LONGEST:
            return f"{value[:_LONGEST]}..."
        case bytes():
            return value if len(value) <= _LONGEST else value[:_LONGEST] + b"..."
        case dict():
            return {name: short(inner) for name, inner in value.items()}
        case list():
            return [short(inner) for inner in value]
    return value
