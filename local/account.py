"""What each part may use of the local AWS: its clock and clients, its replacements in moto, and its end."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.exceptions import HTTPClientError
from botocore.session import Session

from local.api.aws_api import EXTRA_MODELS
from local.clock.clock import Clock
from local.scenario.scenario import ACCOUNT, REGION

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

_MISSING = object()
_PROXIES = {"http_proxy", "https_proxy", "all_proxy"}


class EndingError(Exception):
    """What was asked for cannot be had, since the local AWS is about to end."""


class Account:
    """One account of the local AWS, as its own parts may use and change it."""

    account_id = ACCOUNT
    region = REGION
    folder: Path
    """What is in it is removed at the end."""

    def __init__(self, app: WsgiApp, *, clock: Clock, port: int, processes: int) -> None:
        """`app` serves what no layer does. `processes`: so many at most run functions; more invocations wait."""
        self.processes = processes
        self.clock = clock
        self.port = port
        self.app = app
        self.addresses: dict[str, str] = {}
        """Variables of the environment that lead to services which are not where all others are."""
        self.ending = threading.Event()
        """Set before anything of this AWS ends."""
        self.closings = ExitStack()
        self.replacements = ExitStack()
        self._making = threading.Lock()
        self._listeners: list[Callable[[object], object]] = []
        self._clients: dict[tuple[str, Config | None, str], Any] = {}

    @property
    def endpoint_url(self) -> str:
        """The one endpoint of all services.

        By this host name, since moto's CloudFormation knows its own template addresses by it.
        """
        return f"http://localhost:{self.port}"

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
            **self.addresses,
        }

    def client(self, service: str, *, config: Config | None = None, key: str = "local") -> Any:
        """Give a client of this AWS that knows nothing of the caller's own settings, also for Lookout for Vision.

        `key`: the access key, by which it is known who calls; people are administrators. The same client for the same
        service, the same object `config` and the same key, for all threads.
        """
        with self._making:
            if (service, config, key) not in self._clients:
                self._clients[service, config, key] = _session().create_client(
                    service,
                    config=config,
                    region_name=self.region,
                    endpoint_url=self.endpoint_url,
                    aws_access_key_id=key,
                    aws_secret_access_key="local",  # noqa: S106
                )
            return self._clients[service, config, key]

    def listen(self, hear: Callable[[object], object]) -> None:
        """Have news told: refusals, e-mails, and what becomes of executions. In whichever thread they happen."""
        self._listeners.append(hear)

    def announce(self, news: object) -> None:
        """Tell news to all who listen."""
        for hear in self._listeners:
            hear(news)

    @contextmanager
    def until_it_ends(self) -> Iterator[None]:
        """Let a block be cut off by the end of this AWS: only then it is not an error to get no answer from it."""
        try:
            yield
        except (HTTPClientError, NoConnectionError, EndingError):
            if not self.ending.is_set():
                raise

    def on_close(self, action: Callable[[], object]) -> None:
        """Run `action` once no more requests come: what was installed last ends first, all before the clock."""
        self.closings.callback(action)

    def on_closed(self, action: Callable[[], object]) -> None:
        """Run `action` when nothing of this AWS is at work any more."""
        self.replacements.callback(action)

    def wrap(self, layer: Callable[[WsgiApp], WsgiApp]) -> None:
        """Put a WSGI layer around every request; the last one is the outermost."""
        self.app = layer(self.app)

    def replace(self, target: object, name: str, value: object) -> None:
        """Set an attribute of a module or class of moto until this AWS ends."""
        before = target.__dict__.get(name, _MISSING) if hasattr(target, "__dict__") else getattr(target, name)
        setattr(target, name, value)
        self.on_closed(partial(delattr, target, name) if before is _MISSING else partial(setattr, target, name, before))

    def replace_item(self, mapping: Any, key: object, value: object) -> None:
        """Set an item of a dictionary of moto, or a variable of the environment, until this AWS ends."""
        before = mapping.get(key, _MISSING)
        self.on_closed(partial(mapping.pop, key) if before is _MISSING else partial(mapping.__setitem__, key, before))
        mapping[key] = value

    def live_in_utc(self) -> None:
        """Let this process's local time be UTC until this AWS ends: moto takes naive local times for UTC."""
        self.on_closed(time.tzset)
        self.replace_item(os.environ, "TZ", "UTC")
        time.tzset()


@cache
def _session() -> Session:
    """Make a session that reads no file and no variable of the caller's; to read a service's model takes it long."""
    session = Session(session_vars={"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)})
    session.set_config_variable("credentials_file", os.devnull)
    session.get_component("data_loader").search_paths.append(str(EXTRA_MODELS))
    return session
