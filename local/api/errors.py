"""AWS errors, as each protocol sends them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import responses
from uuid import uuid4
from xml.sax.saxutils import escape

from botocore.model import ServiceModel

from local.api import aws_api


class AwsError(Exception):
    """An error that a service answers: a code, as `ResourceInUseException`, and a sentence."""

    def __init__(self, code: str, message: str, **members: str) -> None:
        """`members` are what else the error's shape has, as `ResourceId`."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.members = members


@dataclass(frozen=True)
class HttpAnswer:
    """Status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return f"{self.status} {responses.get(self.status, 'Unknown')}"

    def send(self, start_response: Callable[..., object]) -> list[bytes]:
        """Answer a WSGI request with it."""
        start_response(self.status_line, [*self.headers.items(), ("Content-Length", str(len(self.body)))])
        return [self.body]


def answer(error: AwsError, model: ServiceModel, protocol: str) -> HttpAnswer:
    """Put an error into the form of a protocol: json, rest-json, query, ec2 or rest-xml.

    Source: https://smithy.io/2.0/aws/protocols, "Error responses" of each.
    """
    request_id = str(uuid4())
    headers = {"x-amzn-requestid": request_id}
    status = aws_api.http_status(model, error.code)
    code = aws_api.code_on_the_wire(model, error.code, protocol)
    if protocol in ("json", "rest-json"):
        document = {**error.members, "message": error.message, "Message": error.message}
        if protocol == "json":
            document = {"__type": code, **document}
            headers["Content-Type"] = f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.1')}"
            if "awsQueryCompatible" in model.metadata:
                headers["x-amzn-query-error"] = (
                    f"{aws_api.code_on_the_wire(model, error.code, 'query')};{_fault(status)}"
                )
        else:
            headers["Content-Type"] = "application/json"
            headers["x-amzn-ErrorType"] = code
        return HttpAnswer(status, headers, json.dumps(document).encode())
    headers["Content-Type"] = "text/xml"
    code, message = escape(code), escape(error.message)
    if protocol == "rest-xml" and model.service_name == "s3":
        xml = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
    elif protocol == "ec2":
        xml = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    else:
        xml = (
            f"<ErrorResponse><Error><Type>{_fault(status)}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return HttpAnswer(status, headers, f'<?xml version="1.0"?>{xml}'.encode())


def _fault(status: int) -> str:
    return "Receiver" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Sender"
