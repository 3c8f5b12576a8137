"""A service that AWS has ended, in each way that this can look to a caller."""

import socket
from collections.abc import Mapping
from types import MappingProxyType

from local.account import Account
from local.api.errors import HttpAnswer
from local.scenario.scenario import End, Scenario

_ADDRESS = "AWS_ENDPOINT_URL_LOOKOUTVISION"
_JSON, _HTML = {"Content-Type": "application/json"}, {"Content-Type": "text/html"}
_ANSWERS: Mapping[End, HttpAnswer] = MappingProxyType(
    {
        403: HttpAnswer(
            403, {**_JSON, "x-amzn-ErrorType": "AccessDeniedException"}, b'{"Message": "The service has ended."}'
        ),
        404: HttpAnswer(404, {**_JSON, "x-amzn-ErrorType": "UnknownOperationException"}, b"{}"),
        410: HttpAnswer(410, _JSON, b'{"message": "Gone"}'),
        503: HttpAnswer(503, _HTML, b"<html><body><h1>503 Service Unavailable</h1></body></html>"),
    }
)


class DeadService:
    """Amazon Lookout for Vision after its end, or alive: as the scenario has it.

    A name that no server knows, and an address where nobody listens, are the client's to find out: they stand in the
    environment of functions and clients. Who comes to this AWS all the same gets no answer.
    """

    def __init__(self, aws: Account) -> None:
        self._aws = aws
        # Bound and not listening: whoever connects is refused, and nobody else can take the port.
        self._closed = socket.socket()
        self._closed.bind(("127.0.0.1", 0))
        aws.on_closed(self._closed.close)
        self.end: End | None = None

    def load(self, scenario: Scenario) -> None:
        """Let it be alive or dead from now on."""
        self.end = scenario.lookout_vision_end
        addresses = {
            "NoSuchHost": f"http://lookoutvision.{self._aws.region}.invalid",
            "ConnectionRefused": f"http://localhost:{self._closed.getsockname()[1]}",
        }
        self._aws.addresses.pop(_ADDRESS, None)
        if isinstance(self.end, str) and self.end in addresses:
            self._aws.addresses[_ADDRESS] = addresses[self.end]

    def answer(self) -> HttpAnswer | None:
        """Return what a call gets; None for no answer at all."""
        return _ANSWERS.get(self.end) if self.end is not None else None
