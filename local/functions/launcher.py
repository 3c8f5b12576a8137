"""The process that all processes of one deployed zip are forked from, and what each of them does then.

Started as `python -I -S launcher.py <socket> <JSON: import path>`, so nothing of the parent's environment is in reach.
For each process that is wanted, the socket brings four bytes with the length of what follows, two files with them
(`output`, `status`), and the JSON of `main`'s arguments. `status` gets the process's id on a line and, when that has
ended, its exit code on another, negative for a signal.
"""

import gc
import json
import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any


def next_process(connection: socket.socket) -> dict[str, Any] | None:
    """Fork a process each time that one is wanted: return its arguments in that, and `None` here, after the last."""
    # Who keeps a process is waited for by nobody.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    forked = 0
    while True:
        length, files, *_ = socket.recv_fds(connection, 4, 2)
        if not length:
            return None
        output, status = files
        arguments: dict[str, Any] = json.loads(_read(connection, int.from_bytes(length)))
        if forked == 1:
            _load_what_lambda_brings(arguments)
        forked += 1
        if os.fork() == 0:
            connection.close()
            _keep_another(output, status)
            os.chdir(arguments["folder"])
            os.environ.clear()
            os.environ.update(arguments["environment"])
            time.tzset()
            return arguments
        os.close(output)
        os.close(status)


def _load_what_lambda_brings(arguments: dict[str, Any]) -> None:
    """Do once what takes most of the time of a cold start; what is started only once may never want it."""
    import boto3

    # What is imported late comes with a first client; without credentials it would look for some on the network.
    boto3.Session("none", "none", region_name="us-east-1").client("sts")
    if "now" in arguments:
        _import_time_machine(arguments)
    # No process need look through what all of them share, nor copy the memory by looking.
    gc.freeze()


def _read(connection: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        more = connection.recv(length - len(read))
        if not more:
            raise EOFError
        read += more
    return read


def _keep_another(output: int, status: int) -> None:
    """Fork again, return in that process, and here end when that has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    process = os.fork()
    if process == 0:
        # What it starts itself ends with it, or would keep its output open.
        os.setpgid(0, 0)
        os.dup2(output, sys.stdout.fileno())
        os.dup2(output, sys.stderr.fileno())
        os.close(output)
        os.close(status)
        return
    os.close(output)
    # Whoever knows the id kills the group, which the process itself may not have made by then.
    os.setpgid(process, process)
    os.write(status, b"%d\n" % process)
    _, code = os.waitpid(process, 0)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(code))
    os._exit(0)


def main(arguments: dict[str, Any]) -> None:
    """Run the function until its Runtime API has no more work.

    `handler` is the function's; `now`, if there, makes the process see the time that the Runtime API tells (deadline
    less `timeout` seconds) instead of the machine's.
    """
    sys.argv[:] = ["bootstrap"]
    _know_no_invalid_host()
    from awslambdaric import bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient

    client = LambdaRuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    if "now" in arguments:
        _follow(client, arguments)
    bootstrap.run(arguments["handler"], client)


def _know_no_invalid_host() -> None:
    """Answer for names that end in `.invalid` at once, and as every name server should; some ask far and wide first.

    https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    """
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *more: Any, **named: Any) -> Any:
        if isinstance(host, str) and host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *more, **named)

    socket.getaddrinfo = getaddrinfo


def _follow(client: Any, arguments: dict[str, Any]) -> None:
    """Let time stand still at each invocation's begin, or go on from there if it `ticks`."""
    time_machine = _import_time_machine(arguments)
    timeout = timedelta(seconds=arguments["timeout"])
    journey = time_machine.travel(datetime.fromisoformat(arguments["now"]), tick=arguments["ticks"]).start()
    wait_next_invocation = client.wait_next_invocation

    def follow() -> Any:
        invocation = wait_next_invocation()
        deadline = datetime.fromtimestamp(int(invocation.deadline_time_in_ms) / 1000, UTC)
        journey.move_to(deadline - timeout)
        return invocation

    client.wait_next_invocation = follow


def _import_time_machine(arguments: dict[str, Any]) -> Any:
    sys.path.append(arguments["time_machine"])
    import time_machine

    sys.path.remove(arguments["time_machine"])
    return time_machine


if __name__ == "__main__":
    sys.path[:0] = json.loads(sys.argv[2])
    wanted = next_process(socket.socket(fileno=int(sys.argv[1])))
    if wanted is not None:
        main(wanted)
