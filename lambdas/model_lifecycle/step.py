"""One step of the state machine: from the state's payload to what the next state reads."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from model_lifecycle.errors import InvalidRequestError
from model_lifecycle.home import Home
from model_lifecycle.instant import from_instant
from model_lifecycle.model import Model
from model_lifecycle.phase import Phase
from model_lifecycle.progress import Progress, failure_json
from model_lifecycle.report import report
from model_lifecycle.request import Defaults, Request, parse_request


class Action(Protocol):
    """What a step does with a model: `start_model` or `check_model`."""

    def __call__(self, progress: Progress, model: Model, *, now: datetime) -> Progress: ...


def take_step(
    payload: dict[str, Any],
    action: Action,
    *,
    model_of: Callable[[Request], Model],
    defaults: Defaults,
    home: Home,
    now: datetime,
) -> dict[str, Any]:
    """Take one step.

    `payload`: `{"Input": <the execution's input>, "Execution": {"Arn", "StartTime"}, "Progress": null or <the last
    answer>}`. The answer is a `Progress` in JSON, with its `Report`; a request that is not valid has none.
    """
    try:
        progress = _progress(payload, defaults, home)
    except InvalidRequestError as error:
        return {"Phase": Phase.FAILED.value, "Failure": failure_json(error), "Report": None}
    progress = action(progress, model_of(progress.request), now=now)
    return {**progress.to_json(), "Report": report(progress, now=now)}


def _progress(payload: dict[str, Any], defaults: Defaults, home: Home) -> Progress:
    written = payload["Progress"]
    request = parse_request(written["Request"] if written else payload["Input"], defaults=defaults, home=home)
    if written:
        return Progress.from_json(written, request)
    execution = payload["Execution"]
    return Progress.begin(request, execution_arn=execution["Arn"], started_at=from_instant(execution["StartTime"]))
