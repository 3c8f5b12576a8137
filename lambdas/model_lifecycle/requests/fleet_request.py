"""The input of start-models and stop-models: which models, what is wanted of each, and who is told of it."""

from collections.abc import Callable, Mapping
from typing import Any

from model_lifecycle.requests.model_request import ModelRequest, is_reserved
from model_lifecycle.services.fields import Field, integer, shown
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Service
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.values import dataclass

MOST_MODELS = 1_000
MOST_AT_ONCE = 40
"""Step Functions runs no more iterations of such a Map at once.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
"""
_MODELS = Field(
    "Models", f"a list of 1 to {MOST_MODELS:,} models", lambda value: isinstance(value, list) and bool(value)
)
_ALL = Field("All", "true, or not there", lambda value: value is True)
_NOTIFY_EACH = Field("NotifyEach", "true or false", lambda value: isinstance(value, bool))
_ONLY_OF_FLEETS = (_MODELS.name, _ALL.name, _NOTIFY_EACH.name, "MaxConcurrency")
_MOST_VIOLATIONS = 10

Parse = Callable[[object], ModelRequest]
"""Return the request that the input of one model makes. Raises InvalidRequestError."""


@dataclass(frozen=True, kw_only=True)
class FleetRequest:
    """Which models to start or to stop: those of `models`, each an input of its own, or all of a `project`.

    `common`: the fields that all inputs have. `at_once`: how many executions are under way at once, at most.
    `notify_each`: whether people are notified of each model, beside the message about all.
    """

    common: Mapping[str, Any]
    models: tuple[Mapping[str, Any], ...] = ()
    project: tuple[Service, str] | None = None
    at_once: int
    notify_each: bool


def parse_fleet_request(execution_input: object, *, parse: Parse, at_once: int) -> FleetRequest:
    """Return the request that an input of start-models or stop-models makes. `at_once`: the setting.

    A model stands in `Models` as what the input of its own start or stop would have; a text is its ProjectVersionArn.
    What stands beside `Models` is for all of them, as long as a model says nothing else.

    Raises InvalidRequestError with one sentence that names every violation, or the first ten.
    """
    if not isinstance(execution_input, dict):
        raise InvalidRequestError(
            f"The execution input must be a JSON object with Models, or with a project and All, got "
            f"{shown(execution_input)}."
        )
    given = {name: value for name, value in execution_input.items() if value is not None and not is_reserved(name)}
    most = integer("MaxConcurrency", 1, at_once)
    own = (_MODELS, _ALL, _NOTIFY_EACH, most)
    wrong = [
        field.violation(given[field.name])
        for field in own
        if field.name in given and not field.accepts(given[field.name])
    ]
    models = given.get(_MODELS.name)
    if isinstance(models, list) and len(models) > MOST_MODELS:
        wrong.append(f"{_MODELS.name} must be {_MODELS.allowed}, got {len(models):,}")
    common = {name: value for name, value in given.items() if name not in _ONLY_OF_FLEETS}
    if (_MODELS.name in given) == (_ALL.name in given):
        ways = " and All, or ".join(_project_field(service) for service in SERVICES)
        wrong.append(f"give either Models, or {ways} and All")
    if wrong:
        raise InvalidRequestError.of(wrong)
    told = {"at_once": given.get(most.name, at_once), "notify_each": given.get(_NOTIFY_EACH.name, True)}
    if _ALL.name in given:
        return FleetRequest(**_all_of(common, parse), **told)
    return FleetRequest(common=common, models=_models(given[_MODELS.name], common, parse), **told)


def _models(listed: list[object], common: Mapping[str, Any], parse: Parse) -> tuple[Mapping[str, Any], ...]:
    found: dict[str, tuple[int, Mapping[str, Any]]] = {}
    wrong: list[str] = []
    for place, each in enumerate(listed):
        if isinstance(each, str):
            model = {"ProjectVersionArn": each}
        elif isinstance(each, dict):
            # What is null is not there, so that what all have in common stays in force.
            model = {name: value for name, value in each.items() if value is not None}
        else:
            wrong.append(
                f"Models[{place}] must be a JSON object with the fields of one model, or an ARN, got {shown(each)}"
            )
            continue
        try:
            request = parse({**common, **model})
        except InvalidRequestError as error:
            wrong += [f"Models[{place}]: {violation}" for violation in error.violations or [str(error)]]
            continue
        before, same = found.setdefault(request.model_id, (place, model))
        if same != model:
            wrong.append(f"Models[{place}] is the model of Models[{before}] with other fields")
    if wrong:
        more = [f"and {len(wrong) - _MOST_VIOLATIONS:,} more"] if len(wrong) > _MOST_VIOLATIONS else []
        raise InvalidRequestError.of([*wrong[:_MOST_VIOLATIONS], *more])
    return tuple(model for _, model in found.values())


def _all_of(common: Mapping[str, Any], parse: Parse) -> dict[str, Any]:
    """Return the project, and the fields for all its models, which are checked with a model that there need not be."""
    named = [service for service in SERVICES if _project_field(service) in common]
    if len(named) != 1:
        raise InvalidRequestError.of([f"name one project, with {' or '.join(map(_project_field, SERVICES))}"])
    [service] = named
    name = _project_field(service)
    project = common[name]
    rest = {each: value for each, value in common.items() if each != name}
    wrong = [] if service.project_field.accepts(project) else [service.project_field.violation(project)]
    if not wrong:
        try:
            parse({**rest, **service.any_model_of(project)})
        except InvalidRequestError as error:
            # Only what is wrong with the project itself shows in the model.
            wrong += [each.replace("ProjectVersionArn", name) for each in error.violations or [str(error)]]
    if wrong:
        raise InvalidRequestError.of(wrong)
    return {"project": (service, project), "common": rest}


def _project_field(service: Service) -> str:
    return service.project_field.name
