"""Processes of functions, forked from a process that has loaded Lambda's packages."""

import json
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import Any

_PROGRAM = Path(__file__).with_name("launcher.py")


class Process:
    """A process with no input, in a group of its own.

    One thread reads `output` to its end and then waits; others may kill it meanwhile.
    """

    def __init__(self, output: int, status: int) -> None:
        self.output = open(output, encoding="utf-8", errors="replace")  # noqa: SIM115 - closed by `wait`
        self._status = open(status, encoding="ascii")  # noqa: SIM115 - the same
        self._id: Future[int] = Future()

    def begin(self) -> None:
        """Wait until it is there.

        Raises `ChildProcessError` if it will never be.
        """
        try:
            self._id.set_result(self._line())
        except ChildProcessError as error:
            self._id.set_exception(error)
            raise

    def wait(self) -> int:
        """Return its exit code once it has ended, negative for a signal.

        Raises `ChildProcessError` if nobody will ever know.
        """
        with self.output, self._status:
            return self._line()

    def kill(self) -> None:
        """End it and what it has started itself at once."""
        # It may have ended just now; some systems refuse a signal to what has ended and was not waited for.
        with suppress(ProcessLookupError, PermissionError, ChildProcessError):
            os.killpg(self._id.result(), SIGKILL)

    def _line(self) -> int:
        line = self._status.readline()
        if not line:
            raise ChildProcessError("what starts the processes of functions has ended")
        return int(line)


class Launcher:
    """Starts processes that have the same import path. What it has started outlives it."""

    def __init__(self, python: Path, path: Sequence[str]) -> None:
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [python, "-I", "-S", _PROGRAM, str(theirs.fileno()), json.dumps(path)],
                env={"LANG": "en_US.UTF-8", "PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )

    def start(self, arguments: Mapping[str, Any], *, folder: Path, environment: Mapping[str, str]) -> Process:
        """Start a process that does `launcher.main` with these arguments. Only one thread may do so at a time.

        Raises `OSError`.
        """
        wanted = json.dumps({**arguments, "folder": str(folder), "environment": environment}).encode()
        output, their_output = os.pipe()
        status, their_status = os.pipe()
        try:
            socket.send_fds(self._connection, [len(wanted).to_bytes(4)], [their_output, their_status])
            self._connection.sendall(wanted)
        except OSError:
            os.close(output)
            os.close(status)
            raise
        finally:
            os.close(their_output)
            os.close(their_status)
        return Process(output, status)

    def close(self) -> None:
        """Start no more."""
        self._connection.close()
        self._process.wait()
