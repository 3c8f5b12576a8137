"""One step of a state machine: from the state's payload to what the next state reads."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from model_lifecycle.model.model import Model
from model_lifecycle.model.pace import Pace
from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.requests.named import readable
from model_lifecycle.steps.newest import ListVersions, with_newest
from model_lifecycle.steps.pacing import in_turn
from model_lifecycle.steps.payload import asked_of, checked, of_a_state
from model_lifecycle.steps.progress import Progress
from model_lifecycle.steps.report import report_json
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import from_instant
from model_lifecycle.vocabulary.phase import Goal, Phase

PROGRESS: Mapping[Goal, type[Progress[Any]]] = {
    Goal.RUNNING: StartProgress,
    Goal.STOPPED: StopProgress,
}
"""What is known of an execution, by what it wants."""


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
    pace: Pace | None = None,
    versions: ListVersions | None = None,
) -> dict[str, Any]:
    """Take one step once its calls have their turn, and give what `answer_of` makes of it. Without a pace, that is now.

    `versions`: what lists the versions of a project, where an execution's first step is taken.

    `payload`: `{"Goal": what the machine's executions want, "Execution": {"Arn", "StartTime"}, "Progress": the last
    answer, or {"Request": <the execution's input>}}`. A request that is not valid has no
    report, and the model that it names, if any, or at least the project, for its request.

    Raises InvalidRequestError for what no state of the machines sends.
    """
    payload = checked(payload, of_a_state(home))
    goal = Goal(payload["Goal"])
    try:
        progress = _progress(PROGRESS[goal], payload, defaults, home)
    except InvalidRequestError as error:
        return {
            "Phase": Phase.FAILED.value,
            "Failure": error.to_json(),
            "CleansUp": False,
            "Report": None,
            "Request": readable(asked_of(payload), home),
        }

    def take(progress: Progress[Any]) -> Progress[Any]:
        if versions is not None and progress.request.is_open:
            return with_newest(progress, versions, now=now)
        return actions[goal](progress, model_of(progress.request), now=now)

    return answer_of(take(progress) if pace is None else in_turn(progress, take, pace, now=now), now=now)


def answer_of(progress: Progress[Any], *, now: datetime) -> dict[str, Any]:
    """Return what a step leaves to the next: a `Progress` in JSON while the execution goes on, and whether it is told.

    The last step leaves `{"Phase", "Failure", "CleansUp", "Report"}`: whether what was asked for is to be cleaned up,
    and how it went, with the request.
    """
    if progress.goes_on:
        return {**progress.told().to_json(), "CleansUp": False, "Tells": progress.tells}
    return {
        "Phase": progress.phase.value,
        "Failure": progress.failure and progress.failure.to_json(),
        "CleansUp": progress.cleans_up,
        "Report": report_json(progress.request, progress.report(now=now)),
    }


def _progress(kind: type[Progress[Any]], payload: dict[str, Any], defaults: Defaults, home: Home) -> Progress[Any]:
    goes_on = "Phase" in payload["Progress"]
    request = kind.parse(asked_of(payload), defaults=defaults, home=home, ours=goes_on)
    if goes_on:
        return kind.from_json(payload["Progress"], request)
    execution = payload["Execution"]
    started_at = from_instant(execution["StartTime"])
    return kind.begin(request, execution_arn=execution["Arn"], started_at=started_at).checked()
