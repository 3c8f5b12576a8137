"""The clients of AWS that a process makes: each once, and some only when they are asked for something."""

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.session import Session

if TYPE_CHECKING:
    from botocore.config import Config

# Not boto3's: with it comes what uploads files take, a sixth of a cold start.
_session = Session()


@cache
def client(name: str, config: "Config") -> Any:
    """Return the client of a service with that configuration, always the same."""
    return _session.create_client(name, config=config)


class LazyClient:
    """The same client, for what a function seldom needs: to make one takes milliseconds of each cold start."""

    def __init__(self, name: str, config: "Config") -> None:
        self._asked = (name, config)

    def __getattr__(self, operation: str) -> Any:
        return getattr(client(*self._asked), operation)


def lazy_client(name: str, config: "Config") -> Any:
    """Return a client that is made when it is first asked for something."""
    return LazyClient(name, config)
