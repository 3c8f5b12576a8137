"""The Lambda Runtime API, as one function instance sees it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import selectors
import socket
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import TCPServer
from types import MappingProxyType


@dataclass(frozen=True)
class Invocation:
    """What the runtime is asked to do."""

    request_id: str
    payload: bytes
    function_arn: str
    deadline: datetime
    trace_id: str


@dataclass(frozen=True)
class Outcome:
    """What came of an invocation: JSON, and whether the function failed."""

    payload: bytes
    failed: bool = False

    @classmethod
    def failure(cls, error_type: str, message: str) -> "Outcome":
        """Make the outcome that Lambda itself reports when the runtime cannot."""
        return cls(json.dumps({"errorType": error_type, "errorMessage": message}).encode(), failed=True)


class RuntimeApi:
    """Serves one runtime process, which calls one thing after the other, on a loopback port of its own."""

    def __init__(self) -> None:
        """Listen; nothing is answered before `serve`."""
        self.ready: Future[Outcome | None] = Future()
        """Done when the runtime asks for its first invocation, or says why it cannot."""
        self._invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._current: tuple[str, Future[Outcome]] | None = None
        self._guard = threading.Lock()
        self._server = _Server(self)
        self._end_seen, self._end = socket.socketpair()

    def serve(self) -> None:
        """Answer until the end."""
        with self._server as server, self._end_seen, selectors.DefaultSelector() as selector:
            selector.register(server, selectors.EVENT_READ)
            selector.register(self._end_seen, selectors.EVENT_READ)
            while self._end_seen not in [key.fileobj for key, _ in selector.select()]:
                server.handle_request()

    @property
    def address(self) -> str:
        """What the runtime finds in `AWS_LAMBDA_RUNTIME_API`."""
        return f"127.0.0.1:{self._server.server_port}"

    def invoke(self, invocation: Invocation) -> Future[Outcome]:
        """Hand an invocation to the runtime, which must have done the one before."""
        outcome: Future[Outcome] = Future()
        with self._guard:
            self._current = (invocation.request_id, outcome)
        self._invocations.put(invocation)
        return outcome

    def close(self) -> None:
        """End; whether the runtime process has ended, and how it left its connections, does not matter."""
        self._invocations.put(None)
        self._end.close()

    def next(self) -> Invocation | None:
        """Wait for the next invocation; `None` says that there will be none."""
        if not self.ready.done():
            self.ready.set_result(None)
        return self._invocations.get()

    def cannot_start(self, outcome: Outcome) -> None:
        """Take the runtime's report that the function's code cannot be loaded."""
        if not self.ready.done():
            self.ready.set_result(outcome)

    def finish(self, request_id: str, outcome: Outcome) -> bool:
        """Take what the runtime reports; `False` for an invocation that is not the current one."""
        with self._guard:
            if self._current is None or self._current[0] != request_id:
                return False
            future, self._current = self._current[1], None
        future.set_result(outcome)
        return True


class _Server(HTTPServer):
    timeout = 0
    """It is asked for a request only when there is one."""

    def __init__(self, api: RuntimeApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer's own looks the host's name up, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        # A runtime process that was killed does not wait for its answer.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path != f"{_ROOT}/invocation/next":
            self._answer(HTTPStatus.NOT_FOUND)
            return
        invocation = self.server.api.next()
        if invocation is None:
            self._answer(HTTPStatus.GONE)
            return
        self._answer(
            HTTPStatus.OK,
            invocation.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(round(invocation.deadline.timestamp() * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError("the runtime process ended while it reported")
        match self.path.removeprefix(f"{_ROOT}/").split("/"):
            case ["init", "error"]:
                self.server.api.cannot_start(Outcome(body, failed=True))
                known = True
            case ["invocation", request_id, "response"]:
                known = self.server.api.finish(request_id, Outcome(body))
            case ["invocation", request_id, "error"]:
                known = self.server.api.finish(request_id, Outcome(body, failed=True))
            case _:
                known = False
        self._answer(HTTPStatus.ACCEPTED if known else HTTPStatus.BAD_REQUEST)

    def _answer(self, status: HTTPStatus, body: bytes = b"", headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a request is not news."""


_ROOT = "/2018-06-01/runtime"
