"""The local AWS: moto's services, and every adapter, behind one endpoint on loopback."""

import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from functools import cache
from os import environ as process_environment
from pathlib import Path
from typing import Any, Self

from moto import backends
from moto.backends import list_of_moto_modules
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.model_instances import reset_model_data
from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue
from werkzeug.serving import BaseWSGIServer

from local.account import Account, WsgiApp
from local.clock.clock import Clock, WallClock
from local.cloudformation import cloudformation
from local.cloudwatch import embedded_metrics, metrics
from local.event_bridge import events, scheduler
from local.event_bridge.deliveries import Deliveries
from local.functions import functions
from local.functions.functions import Functions
from local.iam import iam
from local.iam.evaluator import Evaluator
from local.iam.iam import Iam
from local.limits import constraints, limits
from local.logs import encryption
from local.network import faults, later
from local.network.faults import FaultyNetwork
from local.scenario.scenario import Scenario
from local.sns import confirmations, subscriptions
from local.sqs import in_flight, queues
from local.step_functions import state_machines
from local.vision import lookoutvision, rekognition, service_quotas

_SETS_ITS_CLOCK = "aws-sdk-js"


class LocalAws(Account):
    """One account of the local AWS, from `with LocalAws() as aws:` to the end of the block.

    Clients reach it through `aws.environment()` or `aws.endpoint_url` alone. Only one may be open in a process, since
    moto keeps what its services hold in module globals; each starts empty.
    """

    iam: Iam
    """Who may do what."""
    functions: Functions
    """Lambda's processes."""
    network: FaultyNetwork
    """What all calls go through."""
    _open = threading.Lock()

    def __init__(
        self, *, clock: Clock | None = None, port: int = 0, processes: int = 8, evaluator: Evaluator | None = None
    ) -> None:
        """Prepare; nothing runs before the block is entered.

        `clock` is closed with the block. `port` 0 takes a free one. `processes`: how many run functions at most, of 100
        MB each; more invocations wait for one. `evaluator`: one of policies that goes on after the block.
        """
        app = DomainDispatcherApplication(create_backend_app)
        super().__init__(app, clock=clock or WallClock(), port=port, processes=processes)
        self._evaluator = evaluator
        self._ends = ExitStack()

    def load(self, scenario: Scenario) -> None:
        """Have only the scenario's models and faults from now on."""
        for player in (*self._vision, self.functions, self.network):
            player.load(scenario)

    def __enter__(self) -> Self:
        if not self._open.acquire(blocking=False):
            raise RuntimeError("another LocalAws is open in this process")
        with ExitStack() as ends:
            ends.callback(self._open.release)
            _reset()
            ends.callback(_reset)
            self.folder = Path(tempfile.mkdtemp(prefix="local-aws-"))
            ends.callback(shutil.rmtree, self.folder)
            ends.push(self.replacements)
            self._configure()
            server = _Server(self.port, self.app, self.clock)
            ends.callback(server.server_close)
            self.port = server.server_port
            self.replace_item(process_environment, "MOTO_PORT", str(self.port))
            ends.callback(self.clock.close)
            ends.push(self.closings)
            self._install()
            server.app = self._watched(self.app)
            server.start()
            ends.callback(server.end)
            ends.callback(self.ending.set)
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End in this order: requests, processes and executions, waits and timers, threads, and then what they used.

        Raises an `ExceptionGroup` of what threads have raised.
        """
        self._ends.close()

    def _install(self) -> None:
        self.iam = iam.install(self, self._evaluator)
        queues.install(self)
        self.functions = functions.install(self, self.iam)
        state_machines.install(self, self.iam)
        cloudformation.install(self)
        self._vision = (rekognition.install(self), lookoutvision.install(self), service_quotas.install(self))
        metrics.install(self, self.iam)
        embedded_metrics.install(self)
        subscriptions.install(self, self.iam)
        confirmations.install(self)
        in_flight.install(self)
        deliveries = Deliveries(self, self.iam)
        events.install(self, deliveries)
        scheduler.install(self, deliveries)
        encryption.install(self)
        limits.install(self)
        constraints.install(self)
        self.network = faults.install(self, lambda: self.functions)
        later.install(self)

    def _watched(self, app: WsgiApp) -> WsgiApp:
        """Keep what no service makes an answer of; its client gets status 500."""

        def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            try:
                return app(environ, start_response)
            except ConnectionError:
                raise
            except Exception as error:
                self.clock.threads.keep(error)
                raise

        return serve

    def _configure(self) -> None:
        for service, setting, value in (
            ("stepfunctions", "execute_state_machine", True),
            ("lambda", "use_docker", False),
        ):
            self.replace_item(default_user_config[service], setting, value)
        # moto looks through its folders for each request.
        self.replace(backends, "list_of_moto_modules", cache(lambda: frozenset(list_of_moto_modules())))
        # A long poll asks again each second.
        self.replace(Queue, "wait_for_messages", self._polling(Queue.wait_for_messages))
        self.live_in_utc()

    def _polling(self, wait: Callable[[Queue, int], None]) -> Callable[[Queue, int], None]:
        def wait_for_messages(queue: Queue, seconds: int) -> None:
            if self.ending.is_set():
                raise SQSException("RequestThrottled", "The local AWS ends.")
            wait(queue, seconds)

        return wait_for_messages


class _Server(BaseWSGIServer):
    """Serves each connection in a thread that the account owns."""

    multithread = True

    def __init__(self, port: int, app: WsgiApp, clock: Clock) -> None:
        super().__init__("127.0.0.1", port, app, _RequestHandler)
        self.clock = clock
        self._threads = clock.threads
        self._connections: set[socket.socket] = set()

    def start(self) -> None:
        """Take connections from now on."""
        self._threads.start(lambda: self.serve_forever(0.05), name="local-aws")

    def end(self) -> None:
        """Take no more connections, and no more requests from those that there are."""
        self.shutdown()
        self.server_close()
        for connection in self._connections.copy():
            with suppress(OSError):  # Its client may have been faster.
                connection.shutdown(socket.SHUT_RD)

    def process_request(self, request: Any, client_address: Any) -> None:
        def serve() -> None:
            try:
                self.finish_request(request, client_address)
            except Exception:  # noqa: BLE001 - which `handle_error` keeps
                self.handle_error(request, client_address)
            finally:
                self.shutdown_request(request)
                self._connections.discard(request)

        self._connections.add(request)
        self._threads.start(serve, name="request")

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        # A client that was killed does not wait for its answer.
        error = sys.exception()
        if error and not isinstance(error, ConnectionError):
            self._threads.keep(error)


class _RequestHandler(MotoRequestHandler):  # type: ignore[misc]
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing: a request is not news."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Write the moment of an answer, by the clock of the local AWS.

        The CDK's client would set its own clock by it, take its credentials for expired, and wait for minutes.
        """
        if timestamp is None and _SETS_ITS_CLOCK not in getattr(self, "headers", {}).get("User-Agent", ""):
            timestamp = self.server.clock.now().timestamp()
        return str(super().date_time_string(timestamp))


def _reset() -> None:
    BackendDict.reset()
    reset_model_data()
