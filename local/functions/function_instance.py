"""One process that runs one invocation of a function at a time."""

import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.clock.threads import Threads
from local.functions.launched import Launcher
from local.functions.runtime_api import Invocation, Outcome, RuntimeApi

_INIT_SECONDS = 120
"""How long a function may take to load before its first invocation.

Lambda's 10 seconds are meant for a machine that the function has to itself, and loading is work: here it takes as
long as the others leave it. Only code that never loads comes to this limit.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
"""


@dataclass(frozen=True)
class Program:
    """What a process needs to run a function."""

    handler: str
    timeout: float
    """Seconds an invocation may take."""
    environment: dict[str, str]
    task_root: Path
    """The unpacked zip."""
    launch: dict[str, Any]
    """What else `launcher.main` takes."""


class FunctionInstance:
    """A process of a function, from its cold start to its end."""

    def __init__(self, program: Program, launcher: Launcher, *, log: Callable[[str], None], threads: Threads) -> None:
        """Start the process; `log` gets each line that it writes."""
        self.id = uuid.uuid4().hex
        """Stands as `app/<id>` in the User-Agent of every request that this process makes with botocore."""
        self._program = program
        self._log = log
        self._api = RuntimeApi()
        self._exited: Future[str] = Future()
        arguments = {"handler": program.handler, "timeout": program.timeout, **program.launch}
        threads.start(self._api.serve, name="runtime-api")
        own = {"AWS_LAMBDA_RUNTIME_API": self._api.address, "AWS_SDK_UA_APP_ID": self.id}
        try:
            self._process = launcher.start(arguments, folder=program.task_root, environment=program.environment | own)
        except OSError:
            self._api.close()
            raise
        threads.start(self._watch, name="function-instance")

    @property
    def alive(self) -> bool:
        """Whether it can take another invocation."""
        return not self._exited.done()

    def invoke(self, invocation: Invocation) -> Outcome:
        """Run the function's handler once.

        What the function raises is an outcome. So is, in Lambda's own words, that its process ended or took too long:
        then the instance is of no more use.
        """
        request_id = invocation.request_id
        started = self._first(self._api.ready, seconds=_INIT_SECONDS)
        if started is not None:
            self.kill()
            return started
        if not self.alive:
            return self._ended(request_id)
        outcome = self._first(self._api.invoke(invocation), seconds=self._program.timeout)
        if outcome is not None:
            return outcome
        if not self.alive:
            return self._ended(request_id)
        self.kill()
        seconds = f"{self._program.timeout:.2f}"
        return Outcome.failure(
            "Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds} seconds"
        )

    def kill(self) -> None:
        """End the process at once, and return when it has ended."""
        self._signal_end()
        wait([self._exited])

    def _signal_end(self) -> None:
        if self.alive:
            self._process.kill()

    def _first(self, outcome: Future[Outcome] | Future[Outcome | None], *, seconds: float) -> Outcome | None:
        """Wait for an outcome, the process's end or the time's, and return the outcome if that came."""
        either: list[Future[Any]] = [outcome, self._exited]
        wait(either, timeout=seconds, return_when=FIRST_COMPLETED)
        return outcome.result() if outcome.done() else None

    def _ended(self, request_id: str) -> Outcome:
        message = f"RequestId: {request_id} Error: {self._exited.result()}"
        return Outcome.failure("Runtime.ExitError", message)

    def _watch(self) -> None:
        """Log what the process writes, until it has ended."""
        code = 1
        try:
            self._process.begin()
            for line in self._process.output:
                self._log(line.rstrip("\n"))
        except BaseException:
            self._signal_end()
            raise
        finally:
            try:
                code = self._process.wait()
            finally:
                self._api.close()
                self._exited.set_result(_reason(code))


def _reason(code: int) -> str:
    if code == 0:
        return "Runtime exited without providing a reason"
    if code < 0:
        return f"Runtime exited with error: signal: {'killed' if code == -9 else -code}"
    return f"Runtime exited with error: exit status {code}"
