"""The local AWS: moto's services, and every adapter, behind one endpoint on loopback."""

import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from botocore.config import Config
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.exceptions import HTTPClientError
from botocore.session import Session
from moto import backends
from moto.backends import list_of_moto_modules
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.model_instances import reset_model_data
from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue
from werkzeug.serving import BaseWSGIServer

from local.account import EndingError
from local.clock.clock import Clock, WallClock
from local.clock.threads import Threads

if TYPE_CHECKING:
    from local.functions.functions import Functions
    from local.scenario.scenario import Scenario

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

_ADAPTERS = (
    "functions.functions",
    "step_functions.state_machines",
    "cloudformation.cloudformation",
    "vision.rekognition",
    "vision.lookoutvision",
    "cloudwatch.metrics",
    "event_bridge.events",
    "event_bridge.scheduler",
    "network.faults",
)
_OF_SCENARIOS = ("vision.rekognition", "vision.lookoutvision", "network.faults")
_MISSING = object()


class LocalAws:
    """One account of AWS on this machine, from `with LocalAws() as aws:` to the end of the block.

    Clients reach it through `aws.environment()` or `aws.endpoint_url` alone. Only one may be open in a process, since
    moto keeps what its services hold in module globals; each starts empty.
    """

    account_id = "123456789012"
    region = "us-east-1"
    functions: "Functions"
    """Lambda's processes."""
    opened: "ClassVar[LocalAws | None]" = None
    """The one that is open in this process."""
    _open = threading.Lock()

    def __init__(self, *, clock: Clock | None = None, port: int = 0) -> None:
        """Prepare; nothing runs before the block is entered.

        `clock` is closed with the block. `port` 0 takes a free one.
        """
        self.clock = clock or WallClock()
        self.port = port
        self._ends = ExitStack()
        self._closings = ExitStack()
        self._replacements = ExitStack()
        self._app: WsgiApp = DomainDispatcherApplication(create_backend_app)
        self.ending = threading.Event()
        """Set before anything of this AWS ends."""
        self._guard = threading.Lock()
        self._clients: dict[tuple[str, Config | None], Any] = {}
        self._session = _session()

    @property
    def endpoint_url(self) -> str:
        """The one endpoint of all services.

        By this host name, since moto's CloudFormation knows its own template addresses by it.
        """
        return f"http://localhost:{self.port}"

    def load(self, scenario: "Scenario") -> None:
        """Have only the scenario's models and faults from now on."""
        for adapter in _OF_SCENARIOS:
            import_module(f"local.{adapter}").load(scenario)

    def environment(self) -> dict[str, str]:
        """Give the environment of a client process: the caller's own, led to this AWS and to no other."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "CDK_", "MOTO_")) and name.lower() not in _PROXIES
        }
        return kept | {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, *, config: Config | None = None) -> Any:
        """Give a boto3 client of this AWS that knows nothing of the caller's own settings.

        The same one for the same service and `config`, for all threads.
        """
        with self._guard:
            if (service, config) not in self._clients:
                self._clients[service, config] = self._session.create_client(
                    service,
                    config=config,
                    region_name=self.region,
                    endpoint_url=self.endpoint_url,
                    aws_access_key_id="local",
                    aws_secret_access_key="local",  # noqa: S106
                )
            return self._clients[service, config]

    def __enter__(self) -> Self:
        if not self._open.acquire(blocking=False):
            raise RuntimeError("another LocalAws is open in this process")
        with ExitStack() as ends:
            ends.callback(self._open.release)
            _reset()
            ends.callback(_reset)
            self.folder = Path(tempfile.mkdtemp(prefix="local-aws-"))
            ends.callback(shutil.rmtree, self.folder)
            ends.push(self._replacements)
            self._configure()
            server = _Server(self.port, self._app, self.clock.threads)
            ends.callback(server.server_close)
            self.port = server.server_port
            self._replace_environment("MOTO_PORT", str(self.port))
            ends.callback(self.clock.close)
            ends.push(self._closings)
            for adapter in _ADAPTERS:
                import_module(f"local.{adapter}").install(self)
            server.app = self._watched(self._app)
            server.start()
            ends.callback(server.end)
            ends.callback(self.ending.set)
            LocalAws.opened = self
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End in this order: requests, processes and executions, waits and timers, threads, and then what they used.

        Raises an `ExceptionGroup` of what threads have raised.
        """
        LocalAws.opened = None
        self._ends.close()

    @contextmanager
    def until_it_ends(self) -> Iterator[None]:
        """Let a block be cut off by the end of this AWS: only then it is no error to get no answer from it."""
        try:
            yield
        except (HTTPClientError, NoConnectionError, EndingError):
            if not self.ending.is_set():
                raise

    def replace(self, target: object, name: str, value: object) -> None:
        """Set an attribute of a module or class of moto until this AWS ends."""
        before = target.__dict__.get(name, _MISSING) if hasattr(target, "__dict__") else getattr(target, name)
        setattr(target, name, value)
        if before is _MISSING:
            self.on_closed(partial(delattr, target, name))
        else:
            self.on_closed(partial(setattr, target, name, before))

    def replace_item(self, mapping: dict[Any, Any], key: object, value: object) -> None:
        """Set an item of a dictionary of moto until this AWS ends."""
        if key in mapping:
            self.on_closed(partial(mapping.__setitem__, key, mapping[key]))
        else:
            self.on_closed(partial(mapping.pop, key))
        mapping[key] = value

    def on_close(self, action: Callable[[], object]) -> None:
        """Run `action` when this AWS ends: what was installed last ends first, all before clock and server."""
        self._closings.callback(action)

    def on_closed(self, action: Callable[[], object]) -> None:
        """Run `action` when nothing of this AWS is at work any more."""
        self._replacements.callback(action)

    def wrap(self, layer: Callable[[WsgiApp], WsgiApp]) -> None:
        """Put a WSGI layer around every request; the last one is the outermost."""
        self._app = layer(self._app)

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
        # moto takes naive local times for UTC.
        self._replace_environment("TZ", "UTC")
        self.on_closed(time.tzset)
        time.tzset()

    def _polling(self, wait: Callable[[Queue, int], None]) -> Callable[[Queue, int], None]:
        def wait_for_messages(queue: Queue, seconds: int) -> None:
            if self.ending.is_set():
                raise SQSException("RequestThrottled", "The local AWS ends.")
            wait(queue, seconds)

        return wait_for_messages

    def _replace_environment(self, name: str, value: str) -> None:
        before = os.environ.get(name)
        os.environ[name] = value
        if before is None:
            self.on_closed(partial(os.environ.pop, name))
        else:
            self.on_closed(partial(os.environ.__setitem__, name, before))


class _Server(BaseWSGIServer):
    """Serves each connection in a thread that the account owns."""

    multithread = True

    def __init__(self, port: int, app: WsgiApp, threads: Threads) -> None:
        super().__init__("127.0.0.1", port, app, _QuietRequestHandler)
        self._threads = threads
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


class _QuietRequestHandler(MotoRequestHandler):  # type: ignore[misc]
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing: a request is not news."""


def _session() -> Session:
    """Make a session that reads no file and no variable of the caller's."""
    session = Session(session_vars={"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)})
    session.set_config_variable("credentials_file", os.devnull)
    return session


def _reset() -> None:
    BackendDict.reset()
    reset_model_data()


_PROXIES = {"http_proxy", "https_proxy", "all_proxy"}
