"""The scenario's faults, for any operation of any service."""

import select
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Protocol

from local.account import Account
from local.api.calls import (
    CALL,
    ApiCall,
    CallLog,
    Environ,
    Recognized,
    Recognizer,
    StartResponse,
    WsgiApp,
    outcome_of,
    short,
)
from local.api.errors import AwsError, answer
from local.clock.clock import Clock, Interrupt
from local.network import unknown_operations
from local.network.dead_service import DeadService
from local.network.unknown_operations import NOT_IMPLEMENTED, is_malformed, is_unknown, unknown
from local.scenario.scenario import Fault, Scenario


class FaultBook:
    """The faults in force, and how many calls each has seen; for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: tuple[Fault, ...] = ()
        self._seen: list[int] = []

    def load(self, faults: Iterable[Fault]) -> None:
        """Replace all faults; their calls are counted from here."""
        with self._lock:
            self._faults = tuple(faults)
            self._seen = [0] * len(self._faults)

    def next_for(
        self, operation: str, caller: str, parameters: Mapping[str, Any] = MappingProxyType({})
    ) -> Fault | None:
        """Count a call of an operation by a function, and tell the first fault that befalls it."""
        with self._lock:
            hits = []
            for place, fault in enumerate(self._faults):
                if not fault.is_about(operation, caller, parameters):
                    continue
                self._seen[place] += 1
                if fault.after < self._seen[place] <= fault.after + (fault.times or self._seen[place]):
                    hits.append(fault)
            return hits[0] if hits else None


class Processes(Protocol):
    """The processes of the functions, by the app id in their User-Agent."""

    def kill(self, instance_id: str) -> None:
        """End a process; an unknown one is as good as ended."""

    def name_of(self, instance_id: str) -> str:
        """Name its function."""


class FaultyNetwork:
    """A WSGI layer in front of all services: records every call, and lets faults befall them."""

    def __init__(self, app: WsgiApp, *, clock: Clock, processes: Callable[[], "Processes"], dead: DeadService) -> None:
        """Ask for `processes` when the first call comes."""
        self.faults = FaultBook()
        self.log = CallLog()
        self._app = app
        self._clock = clock
        self._processes = processes
        self._dead = dead
        self._recognizer = Recognizer()

    def load(self, scenario: Scenario) -> None:
        """Replace the faults by those of a scenario, and forget all calls so far."""
        self.log.clear()
        self.faults.load(scenario.faults)
        self._dead.load(scenario)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call = self._recognizer.recognize(environ)
        if call is None:
            return self._answer(environ, start_response, recognized=False)
        environ[CALL] = call
        operation = call.operation.name
        number = self.log.begin(
            ApiCall(self._clock.now(), call.service, operation, short(call.parameters), call.caller)
        )
        caller = self._processes().name_of(call.caller) if call.caller else ""
        fault = self.faults.next_for(operation, caller, call.parameters)
        if call.service == "lookoutvision" and self._dead.end is not None:
            self.log.end(number, str(self._dead.end))
            return self._after_its_end(call, environ, start_response)
        if fault is None:
            return self._served(environ, start_response, number)
        if fault.error is not None:
            self.log.end(number, fault.error)
            return _refused(fault.error, call, start_response)
        self.log.end(number, str(fault.effect))
        return self._befall(str(fault.effect), call, environ)

    def _served(self, environ: Environ, start_response: StartResponse, number: int) -> Iterable[bytes]:
        ended: list[str] = []
        try:
            return self._answer(environ, start_response, recognized=True, ended=ended.append)
        except Exception as error:
            ended.append(repr(error))
            raise
        finally:
            self.log.end(number, ended[0])

    def _answer(
        self,
        environ: Environ,
        start_response: StartResponse,
        *,
        recognized: bool,
        ended: Callable[[str], object] = lambda _: None,
    ) -> Iterable[bytes]:
        """Let the services answer; `ended` gets how that ended."""
        asked = environ["wsgi.input"].getvalue()
        try:
            status, headers, body = _run(self._app, environ)
        except Exception:
            if recognized and not is_malformed(environ, asked):
                raise
            # moto ends in all kinds of errors at what is not a call of any service.
            status, headers, body = f"{NOT_IMPLEMENTED} Unknown", [], b""
        code = int(status.split()[0])
        if is_unknown(code, headers, recognized=recognized):
            refused = unknown(environ, asked)
            ended(outcome_of(refused.status, refused.headers.items(), refused.body))
            return refused.send(start_response)
        ended(outcome_of(code, headers, body))
        start_response(status, headers)
        return [body]

    def _after_its_end(self, call: Recognized, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answered = self._dead.answer()
        if answered is not None:
            return answered.send(start_response)
        return self._befall("Timeout" if self._dead.end == "NoAnswer" else "Refuse", call, environ)

    def _befall(self, effect: str, call: Recognized, environ: Environ) -> Iterable[bytes]:
        connection: socket.socket = environ["werkzeug.socket"]
        if effect == "Timeout":
            self._hold(connection)
        if effect == "KillBefore":
            self._processes().kill(call.caller)
        if effect in ("LoseAnswer", "KillAfter"):
            _run(self._app, environ)
        if effect == "KillAfter":
            self._processes().kill(call.caller)
        _hang_up(connection)
        # werkzeug takes this error for a client that is gone, and writes no answer.
        raise ConnectionAbortedError(effect)

    def _hold(self, connection: socket.socket) -> None:
        """Give no answer until the client hangs up or the local AWS ends."""
        hung_up = Interrupt()

        def watch() -> None:
            select.select([connection], [], [])
            hung_up.set()

        watcher = self._clock.threads.start(watch, name="held-connection")
        self._clock.wait(None, hung_up)
        # Wakes the watcher if it was the clock that ended the wait.
        _hang_up(connection)
        watcher.join()


class _Open:
    """The network of the local AWS that is open."""

    network: FaultyNetwork | None = None


def install(aws: Account, processes: Callable[[], Processes]) -> FaultyNetwork:
    """Put the faulty network in front of everything that a local AWS serves."""
    network = FaultyNetwork(aws.app, clock=aws.clock, processes=processes, dead=DeadService(aws))
    aws.replace(_Open, "network", network)
    unknown_operations.install(aws)
    aws.wrap(lambda _: network)
    return network


def load(scenario: Scenario) -> None:
    """Load a scenario into the network of the local AWS that is open."""
    _open_network().load(scenario)


def calls(operation: str | None = None) -> list[ApiCall]:
    """List the calls that reached the local AWS that is open since the last `load`, of one operation or all."""
    return _open_network().log.calls(operation)


def _open_network() -> FaultyNetwork:
    if _Open.network is None:
        raise RuntimeError("no LocalAws is open")
    return _Open.network


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # The client may have been faster.
        connection.shutdown(socket.SHUT_RDWR)


def _refused(code: str, call: Recognized, start_response: StartResponse) -> Iterable[bytes]:
    error = AwsError(code, "The scenario says so.")
    return answer(error, call.operation.service_model, call.protocol).send(start_response)


def _run(app: WsgiApp, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
    """Let an application serve a request, and keep its answer."""
    kept: list[tuple[str, list[tuple[str, str]]]] = []

    def keep(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        kept.append((status, headers))
        return written.append

    written: list[bytes] = []
    chunks = app(environ, keep)
    try:
        written.extend(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = kept[-1]
    return status, headers, b"".join(written)
