"""An address at which a client can move the local AWS's time forward."""

import json
from collections.abc import Iterable
from datetime import timedelta

from local.account import Account
from local.api.calls import Environ, StartResponse, WsgiApp
from local.clock.passing import PassingClock

PATH = "/_local/later"
_MOST_HOURS = 24 * 366


def install(aws: Account) -> None:
    """Serve `POST /_local/later` with `{"Hours": number}` where the clock allows it; the answer has the time then."""
    clock = aws.clock
    if isinstance(clock, PassingClock):
        aws.wrap(lambda app: _serving(app, clock))


def _serving(app: WsgiApp, clock: PassingClock) -> WsgiApp:
    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return app(environ, start_response)
        hours = _hours(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if hours is None:
            return _answer(
                start_response, "400 Bad Request", {"Message": f"Hours must be more than 0, up to {_MOST_HOURS:,}."}
            )
        return _answer(start_response, "200 OK", {"Now": clock.let_pass(timedelta(hours=hours)).isoformat()})

    return serve


def _hours(body: bytes) -> float | None:
    try:
        hours = json.loads(body)["Hours"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_number = isinstance(hours, int | float) and not isinstance(hours, bool)
    return float(hours) if is_number and 0 < hours <= _MOST_HOURS else None


def _answer(start_response: StartResponse, status: str, document: dict[str, str]) -> Iterable[bytes]:
    body = json.dumps(document).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
