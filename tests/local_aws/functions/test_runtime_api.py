"""The end of the Runtime API: its threads end, however a process has left its connections."""

import socket
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from local.clock.threads import Threads
from local.functions.runtime_api import Invocation, RuntimeApi
from tests.local_aws.conftest import until

INVOCATION = Invocation("it", b"{}", "arn", datetime(2026, 1, 5, tzinfo=UTC), "Root=1")
NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.0\r\n\r\n"
REPORT = b'POST /2018-06-01/runtime/invocation/it/response HTTP/1.0\r\nContent-Length: 9\r\n\r\n"half'


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    """Serve; what the thread raises is raised at the end, which does not come if it hangs."""
    threads = Threads()
    api = RuntimeApi()
    threads.start(api.serve, name="runtime-api")
    yield api
    api.close()
    threads.join()
    threads.raise_errors()


def connect(api: RuntimeApi) -> socket.socket:
    host, port = api.address.split(":")
    return socket.create_connection((host, int(port)))


def reset(connection: socket.socket) -> None:
    """Leave a connection as a killed process does that had not read everything."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("leave", [reset, socket.socket.close], ids=["reset", "closed"])
@pytest.mark.parametrize(
    "sent", [b"", b"GET /20", NEXT, REPORT], ids=["nothing", "half a line", "next", "half a report"]
)
def test_a_connection_that_a_dead_process_leaves_holds_up_no_end(
    api: RuntimeApi, sent: bytes, leave: Callable[[socket.socket], None]
) -> None:
    connection = connect(api)
    connection.sendall(sent)
    if sent == NEXT:
        until(api.ready.done)
    leave(connection)


def test_a_process_that_never_called_holds_up_no_end(api: RuntimeApi) -> None:
    assert not api.ready.done()


def test_half_a_report_of_a_killed_process_is_no_outcome(api: RuntimeApi) -> None:
    outcome = api.invoke(INVOCATION)
    with connect(api) as connection:
        connection.sendall(REPORT)
    with connect(api) as connection:
        connection.sendall(NEXT)
        assert connection.recv(12) == b"HTTP/1.0 200"
    assert not outcome.done()


def test_a_second_word_about_the_start_changes_nothing(api: RuntimeApi) -> None:
    with connect(api) as connection:
        connection.sendall(NEXT)
        until(api.ready.done)
    api.invoke(INVOCATION)
    with connect(api) as connection:
        connection.sendall(b"POST /2018-06-01/runtime/init/error HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")
        assert connection.recv(12) == b"HTTP/1.0 202"
    assert api.ready.result() is None
