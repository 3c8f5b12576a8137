"""What an execution of start-models or stop-models does first: it says which execution to start for each model."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from model_lifecycle.requests.fleet_request import MOST_MODELS, FleetRequest, parse_fleet_request
from model_lifecycle.requests.model_request import PARENT, TOLD_BY, Defaults
from model_lifecycle.requests.parsers import PARSERS
from model_lifecycle.services.service import Listed, Service
from model_lifecycle.steps.payload import checked, of_a_state
from model_lifecycle.vocabulary.errors import InvalidRequestError, ModelLifecycleError, ServiceUnavailableError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import FLEET_OF_GOAL
from model_lifecycle.vocabulary.phase import Goal, Phase, meaning_of
from model_lifecycle.vocabulary.values import dataclass

READY, DONE, FAILED = "READY", "DONE", "FAILED"
"""What the state machine does next: start an execution for each model, tell that all is well, or tell what is not."""

MOST_BYTES = 200_000
"""Of what a step leaves. A state has room for 256 KB, and how each model ended is added to its input."""
_TO_START = (Phase.STARTABLE, Phase.STARTING, Phase.RUNNING)

ListModels = Callable[[Service, str], Sequence[Listed]]
"""Returns the models of a project, as its service names it. Raises as `Model` does."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """Which models an execution is to start or to stop: what each says in the input, beside what all have in common.

    `left_out`: of all models of a project, those about which there is nothing to do, by status.
    """

    request: FleetRequest
    models: list[dict[str, Any]]
    left_out: dict[str, int]


def fleet_of(
    asked: object, goal: Goal, *, list_models: ListModels, defaults: Defaults, home: Home, at_once: int
) -> Fleet:
    """Return the models that the input of an execution means. `at_once`: the setting `max_concurrency`.

    Raises InvalidRequestError, and as `Model` does where a project is listed.
    """
    parse = partial(PARSERS[goal], defaults=defaults, home=home)
    request = parse_fleet_request(asked, parse=parse, at_once=at_once)
    if request.project is None:
        return Fleet(request=request, models=[dict(model) for model in request.models], left_out={})
    service, project = request.project
    found: list[dict[str, Any]] = []
    left_out: dict[str, int] = {}
    for listed in list_models(service, project):
        if _is_wanted(listed.status, service, goal):
            found.append(dict(listed.identity))
        else:
            left_out[listed.status] = left_out.get(listed.status, 0) + 1
    if len(found) > MOST_MODELS:
        verb, most = FLEET_OF_GOAL[goal].verb, f"at most {MOST_MODELS:,} fit"
        raise InvalidRequestError.of([f"{project} has {len(found):,} models to {verb}, {most}, name some in Models"])
    return Fleet(request=request, models=found, left_out=left_out)


def plan_fleet(
    payload: dict[str, Any], *, list_models: ListModels, defaults: Defaults, home: Home, at_once: int
) -> dict[str, Any]:
    """Return what the state machine reads: `{"Phase", "Failure", "Models", "Common", "MaxConcurrency", "LeftOut"}`.

    `payload`: `{"Goal", "Execution": {"Arn", "StartTime"}, "Fleet": {"Request": <the execution's input>}}`.

    Raises InvalidRequestError for what no state of the machines sends, and ServiceUnavailableError for a project that
    cannot be listed now: the state machine tries again.
    """
    payload = checked(payload, of_a_state(home, holds="Fleet"))
    asked, arn = payload["Fleet"].get("Request"), payload["Execution"]["Arn"]
    try:
        fleet = fleet_of(
            asked, Goal(payload["Goal"]), list_models=list_models, defaults=defaults, home=home, at_once=at_once
        )
        told = {} if fleet.request.notify_each else {TOLD_BY.name: arn}
        planned = {
            "Phase": READY,
            "Failure": None,
            "Models": fleet.models,
            "Common": {**fleet.request.common, PARENT.name: arn, **told},
            "MaxConcurrency": fleet.request.at_once,
            "LeftOut": fleet.left_out,
        }
        if (size := size_of(planned)) > MOST_BYTES:
            words = f"the models take {size:,} bytes, at most {MOST_BYTES:,} fit, start several executions"
            raise InvalidRequestError.of([words])
    except ServiceUnavailableError:
        raise
    except ModelLifecycleError as error:
        return {"Phase": FAILED, "Failure": error.to_json(), "Request": asked, "Report": None}
    return planned


def size_of(value: object) -> int:
    """Return how many bytes it takes in a state."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"))


def fitting(rows: Sequence[dict[str, Any]], *, most_bytes: int) -> list[dict[str, Any]]:
    """Return as many of the first rows as fit."""
    room, fit = most_bytes, []
    for row in rows:
        room -= size_of(row) + 1
        if room < 0:
            break
        fit.append(row)
    return fit


def _is_wanted(status: str, service: Service, goal: Goal) -> bool:
    """Tell whether there is something to do about a model: most of a project's may never have been trained well."""
    meaning = meaning_of(status, service.statuses)
    if goal is Goal.STOPPED:
        return meaning.may_bill
    return meaning.before in _TO_START or meaning.is_stop
