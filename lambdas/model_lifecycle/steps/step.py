"""One step of a state machine: from the state's payload to what the next state reads."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from model_lifecycle.model.model import Model
from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.steps.progress import failure_json
from model_lifecycle.steps.report import report
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import from_instant
from model_lifecycle.vocabulary.phase import Goal, Phase


class Action(Protocol):
    """What a step does with a model: `start_model`, `check_model`, `stop_model` or `check_stop`."""

    def __call__(self, progress: Any, model: Model, *, now: datetime) -> StartProgress | StopProgress: ...


def take_step(
    payload: dict[str, Any],
    actions: Mapping[Goal, Action],
    *,
    model_of: Callable[[ModelRequest], Model],
    defaults: Defaults,
    home: Home,
    now: datetime,
) -> dict[str, Any]:
    """Take one step.

    `payload`: `{"Goal": what the machine's executions want, "Input": <the execution's input>, "Execution": {"Arn",
    "StartTime"}, "Progress": null or <the last answer>}`. The answer is a `Progress` in JSON, with its `Report` and
    whether what was asked for is to be cleaned up; a request that is not valid has no report.
    """
    goal = Goal(payload["Goal"])
    try:
        progress = _PROGRESS[goal](payload, defaults, home)
    except InvalidRequestError as error:
        return {"Phase": Phase.FAILED.value, "Failure": failure_json(error), "Report": None, "CleansUp": False}
    progress = actions[goal](progress, model_of(progress.request), now=now)
    cleans_up = isinstance(progress, StartProgress) and progress.cleans_up
    return {**progress.to_json(), "Report": report(progress, now=now), "CleansUp": cleans_up}


def _start(payload: dict[str, Any], defaults: Defaults, home: Home) -> StartProgress:
    written = payload["Progress"]
    request = parse_request(written["Request"] if written else payload["Input"], defaults=defaults, home=home)
    if written:
        return StartProgress.from_json(written, request)
    return StartProgress.begin(request, **_execution(payload)).checked()


def _stop(payload: dict[str, Any], defaults: Defaults, home: Home) -> StopProgress:
    written = payload["Progress"]
    request = parse_stop_request(written["Request"] if written else payload["Input"], defaults=defaults, home=home)
    if written:
        return StopProgress.from_json(written, request)
    return StopProgress.begin(request, **_execution(payload))


def _execution(payload: dict[str, Any]) -> dict[str, Any]:
    execution = payload["Execution"]
    return {"execution_arn": execution["Arn"], "started_at": from_instant(execution["StartTime"])}


_PROGRESS: Mapping[Goal, Callable[[dict[str, Any], Defaults, Home], StartProgress | StopProgress]] = {
    Goal.RUNNING: _start,
    Goal.STOPPED: _stop,
}
