"""One cold start, in a process that does nothing else: run as a file, it writes what it found as JSON.

`alone CLIENT...`: what boto3 takes to make these clients. `cold HANDLER CLIENT...`: what the handler takes with all
that it imports, and to make those of its clients which it makes later. `clients HANDLER`: the names of both kinds.
"""

import json
import resource
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Do what the arguments say, and write the seconds of user CPU time, or the names."""
    what, *names = sys.argv[1:]
    if what == "clients":
        print(json.dumps(_clients_of(*names)))
        return
    if what == "alone":
        boto3: Any = import_module("boto3")
        for name in names:
            boto3.client(name)
    else:
        import_module(names[0])
        from botocore.config import Config

        from model_lifecycle.aws.shared_clients import client

        for name in names[1:]:
            client(name, Config())
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_utime))


def _clients_of(handler: str) -> dict[str, list[str]]:
    from model_lifecycle.aws import shared_clients
    from model_lifecycle.services.registry import SERVICES

    at_once: list[str] = []
    later: list[str] = []
    make, begin = shared_clients.client, shared_clients.LazyClient.__init__

    def noting(name: str, config: Any) -> Any:
        at_once.append(name)
        return make(name, config)

    def noting_later(lazy: Any, name: str, config: Any) -> None:
        later.append(name)
        begin(lazy, name, config)

    shared_clients.client = noting  # type: ignore[assignment]
    shared_clients.LazyClient.__init__ = noting_later  # type: ignore[assignment, method-assign]
    import_module(handler)
    if "model_lifecycle.aws.clients" in sys.modules:
        # The client of a model's service is made when the first model of it is asked for.
        later.append(SERVICES[0].client)
    return {"at once": sorted(set(at_once)), "later": sorted(set(later) - set(at_once))}


if __name__ == "__main__":
    main()
