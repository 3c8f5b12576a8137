"""Rekognition behind botocore's real client, without a network."""

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.model import ServiceModel, StringShape
from botocore.session import Session
from urllib3.response import HTTPResponse

_SERVER_FAULTS = {"InternalServerError": 500, "ThrottlingException": 500}
"""Rekognition's errors that do not come with HTTP 400: the HTTP status of each in its API reference."""


@cache
def _session() -> Session:
    # Nobody's own configuration has a say.
    return Session(session_vars={"profile": (None, None, None, None), "config_file": (None, None, None, None)})


@cache
def service_model(service: str) -> ServiceModel:
    """Return what botocore knows of a service."""
    return _session().get_service_model(service)


def enum_of(service: str, shape_name: str) -> frozenset[str]:
    """Every value that botocore knows of an enumeration."""
    shape = service_model(service).shape_for(shape_name)
    assert isinstance(shape, StringShape)
    return frozenset(shape.enum)


class Endpoint:
    """Rekognition. `answers` has what each operation answers: a body, a list of bodies in turn, or an exception.

    A body that is a string is the name of an error.
    """

    def __init__(self, **answers: Any) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._answers = {name: answer if isinstance(answer, list) else [answer] for name, answer in answers.items()}
        self.client: Any = _session().create_client(
            "rekognition",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106 - there is no secret
            config=Config(retries={"total_max_attempts": 1}),
        )
        self.client.meta.events.register("before-send.rekognition", self._answer)

    def asked(self, operation: str) -> list[dict[str, Any]]:
        """Return the parameters of each call of that operation."""
        return [parameters for name, parameters in self.requests if name == operation]

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> Any:
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).split(".")[1]
        self.requests.append((operation, json.loads(_sent(request.body))))
        answers = self._answers[operation]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            body = {"__type": answer, "Message": f"{answer} in the service's words."}
            return _response(_SERVER_FAULTS.get(answer, 400), json.dumps(body).encode())
        return _response(200, answer if isinstance(answer, bytes) else _json(answer))


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _response(status: int, body: bytes) -> AWSResponse:
    raw = HTTPResponse(BytesIO(body), status=status, preload_content=False)
    return AWSResponse("https://rekognition.us-east-1.amazonaws.com/", status, HTTPHeaders(), raw)


def _sent(body: object) -> bytes:
    assert isinstance(body, bytes)
    return body
