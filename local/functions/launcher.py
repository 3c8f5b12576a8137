"""The child process of a function: Lambda's own runtime client, what else Lambda brings, and the deployed zip.

Started as `python -I -S launcher.py <JSON>`, so nothing of the parent's environment is in reach.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any


def main(arguments: dict[str, Any]) -> None:
    """Run the function until its Runtime API has no more work.

    `path` is the import path; `handler` the function's; `now`, if there, makes the process see the time that the
    Runtime API tells (deadline less `timeout` seconds) instead of the machine's.
    """
    sys.argv[:] = ["bootstrap"]
    sys.path[:0] = arguments["path"]
    _know_no_invalid_host()
    from awslambdaric import bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient

    client = LambdaRuntimeClient(_runtime_api_address())
    if "now" in arguments:
        _follow(client, arguments)
    bootstrap.run(arguments["handler"], client)


def _know_no_invalid_host() -> None:
    """Answer for names that end in `.invalid` at once, and as every name server should; some ask far and wide first.

    https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    """
    import socket

    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *more: Any, **named: Any) -> Any:
        if isinstance(host, str) and host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *more, **named)

    socket.getaddrinfo = getaddrinfo


def _runtime_api_address() -> str:
    import os

    return os.environ["AWS_LAMBDA_RUNTIME_API"]


def _follow(client: Any, arguments: dict[str, Any]) -> None:
    """Let time stand still at each invocation's begin, or go on from there if it `ticks`."""
    sys.path.append(arguments["time_machine"])
    import time_machine

    sys.path.remove(arguments["time_machine"])
    timeout = timedelta(seconds=arguments["timeout"])
    time = time_machine.travel(datetime.fromisoformat(arguments["now"]), tick=arguments["ticks"]).start()
    wait_next_invocation = client.wait_next_invocation

    def follow() -> Any:
        invocation = wait_next_invocation()
        deadline = datetime.fromtimestamp(int(invocation.deadline_time_in_ms) / 1000, UTC)
        time.move_to(deadline - timeout)
        return invocation

    client.wait_next_invocation = follow


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
