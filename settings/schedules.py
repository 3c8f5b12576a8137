"""The schedules of the settings: what starts and stops models at set times."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationInfo

from model_lifecycle.requests.model_request import ANY_DEFAULTS, POLL_INTERVAL, STOP_TIMEOUT, ModelRequest
from model_lifecycle.requests.ready_by import READY_BY, of_schedule
from model_lifecycle.requests.start_request import IGNORE_BUDGET, Request, parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.fields import shown
from model_lifecycle.vocabulary.errors import InvalidRequestError
from schedule_expressions.earlier import earlier
from schedule_expressions.errors import ScheduleExpressionError
from schedule_expressions.parsing import parse
from settings.time_zone import check_time_zone

Action: TypeAlias = Literal["start", "stop"]

CDK_TOKEN = re.compile(r"[$#]\{Token\[|-1\.\d{10,16}e\+289")
"""How the CDK writes texts, lists and numbers that it does not know yet."""
_MOST_LEVELS = 50
"""The CDK resolves about 200 levels of a template."""
_MOST_BYTES = 256 * 1_024
"""What StartExecution takes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
_EXPRESSION = '"cron(...)", "rate(...)" or "at(yyyy-mm-ddThh:mm:ss)", as in EventBridge Scheduler'
_PARSERS: dict[Action, Callable[..., ModelRequest]] = {"start": parse_request, "stop": parse_stop_request}


@dataclass(frozen=True, kw_only=True)
class ScheduledExecution:
    """The execution of start-model or stop-model that an expression starts, again and again.

    Without a `time_zone` the expression is meant in UTC. `ready`: whether it says when the model is to be running, and
    not when it is started.
    """

    schedule: str
    action: Action
    expression: str
    time_zone: str | None
    input: dict[str, Any]
    ready: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """Where the expression is meant."""
        return ZoneInfo(self.time_zone or "UTC")

    @property
    def fires(self) -> str:
        """The expression at which EventBridge Scheduler starts it: early enough for its model to be running in time."""
        return earlier(self.expression, self.zone)[0] if self.ready else self.expression

    @property
    def hours_early(self) -> int:
        """How many hours of the local clock that is before the expression."""
        return earlier(self.expression, self.zone)[1] if self.ready else 0

    @property
    def deployed_input(self) -> dict[str, Any]:
        """The input that EventBridge Scheduler gives it."""
        if not self.ready:
            return self.input
        return {**self.input, READY_BY.name: of_schedule(hours_later=self.hours_early, time_zone=self.zone.key)}

    @property
    def model(self) -> str:
        """Its model's project and version, as people read them."""
        request = _PARSERS[self.action](self.input, defaults=ANY_DEFAULTS, home=None)
        return f"{request.project}/{request.version}"


def _expression(value: str) -> str:
    try:
        parse(value, one_time=True)
    except ScheduleExpressionError as error:
        raise ValueError(f"is {shown(value)}, which is not valid: {error}") from error
    return value


def _another_expression(value: str, info: ValidationInfo) -> str:
    for begin in ("ready_by", "start"):
        if value == info.data.get(begin):
            raise ValueError(f"must be another time than {begin}, got {value} for both")
    return value


def _ready_by(value: str | None, info: ValidationInfo) -> str | None:
    if value is not None:
        try:
            earlier(value, ZoneInfo(info.data.get("time_zone") or "UTC"))
        except ScheduleExpressionError as error:
            raise ValueError(f"is {shown(value)}, which is not possible here: {error}") from error
    return value


def _one_begin(value: str | None, info: ValidationInfo) -> str | None:
    # One that is not valid is not there.
    ready_by = info.data.get("ready_by", "")
    if value is None and ready_by is None:
        raise ValueError(f"is missing: it must be {_EXPRESSION}, or give ready_by")
    if value is not None and ready_by:
        raise ValueError("and ready_by both say when the model starts, give one of them")
    return value


def _execution_input(value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    if _depth(value) > _MOST_LEVELS:
        raise ValueError(f"must be nested at most {_MOST_LEVELS} levels deep, and is nested deeper")
    written = json.dumps(value, ensure_ascii=False)
    if (size := len(written.encode("utf-8", "surrogatepass"))) > _MOST_BYTES:
        raise ValueError(f"must be at most {_MOST_BYTES:,} bytes, got {size:,}")
    if found := CDK_TOKEN.search(written):
        raise ValueError(f"must not contain {found[0]}, which the CDK would replace")
    if info.data.get("ready_by") and READY_BY.name in value:
        raise ValueError(f"must not have {READY_BY.name}: the schedule says it")
    try:
        request = _PARSERS[info.data.get("action", "start")](value, defaults=ANY_DEFAULTS, home=None)
    except InvalidRequestError as error:
        raise ValueError(f"is not valid: {'; '.join(error.violations)}") from error
    if isinstance(request, Request) and request.ignore_budget is not None:
        raise ValueError(f"must not have {IGNORE_BUDGET.name}, which is for one start: raise the budget instead")
    return value


_Expression: TypeAlias = Annotated[str, AfterValidator(_expression)]
_ExecutionInput: TypeAlias = Annotated[dict[str, Any], AfterValidator(_execution_input)]


class _Scheduled(BaseModel):
    """What all forms have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=r"^[A-Za-z0-9_.\-]{1,40}$", description="1 to 40 letters, digits, '_', '.' or '-'")
    time_zone: Annotated[str, AfterValidator(check_time_zone)] | None = Field(
        default=None, description="the IANA name of a time zone, such as Europe/Berlin"
    )


class ScheduledAction(_Scheduled):
    """A single start or, with that `action`, a single stop, again and again."""

    action: Action = Field(default="start", description="start or stop")
    expression: _Expression = Field(description=_EXPRESSION)
    input: _ExecutionInput = Field(description="the execution input, a JSON object")

    @property
    def executions(self) -> tuple[ScheduledExecution, ...]:
        """Its only one."""
        return (
            ScheduledExecution(
                schedule=self.name,
                action=self.action,
                expression=self.expression,
                time_zone=self.time_zone,
                input=self.input,
            ),
        )


class ScheduledRun(_Scheduled):
    """A model that is started and stopped again and again. It is to be running by `ready_by`, or starts at `start`."""

    ready_by: Annotated[_Expression | None, AfterValidator(_ready_by)] = Field(
        default=None, description='"cron(...)" or "at(yyyy-mm-ddThh:mm:ss)", as in EventBridge Scheduler'
    )
    start: Annotated[_Expression | None, AfterValidator(_one_begin)] = Field(
        default=None, validate_default=True, description=_EXPRESSION
    )
    stop: Annotated[_Expression, AfterValidator(_another_expression)] = Field(description=_EXPRESSION)
    model: _ExecutionInput = Field(description="the input of the start, a JSON object")

    @property
    def executions(self) -> tuple[ScheduledExecution, ...]:
        """The start, and the stop of the same model."""
        named = parse_request(self.model, defaults=ANY_DEFAULTS, home=None).naming_fields
        waits = {name: self.model.get(name) for name in (STOP_TIMEOUT.name, POLL_INTERVAL.name)}
        chosen = {name: seconds for name, seconds in waits.items() if seconds is not None}
        stop = {**named, **chosen, "Reason": f"Stopped by the schedule {self.name}"}
        return (
            ScheduledExecution(
                schedule=self.name,
                action="start",
                expression=self.ready_by or self.start or "",
                time_zone=self.time_zone,
                input=self.model,
                ready=self.ready_by is not None,
            ),
            ScheduledExecution(
                schedule=self.name, action="stop", expression=self.stop, time_zone=self.time_zone, input=stop
            ),
        )


FORMS: dict[str, type[_Scheduled]] = {form.__name__: form for form in (ScheduledAction, ScheduledRun)}
"""The forms of a schedule. Pydantic puts their names into the location of an error."""


def _depth(value: object) -> int:
    """Return how many lists and objects are within each other: at most one more than are possible."""
    depth, level = 0, [value]
    while depth <= _MOST_LEVELS and (level := [inner for each in level for inner in _inner(each)]):
        depth += 1
    return depth


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _without_null(value: object) -> object:
    """Drop what is `null`, which counts as absent everywhere."""
    return {key: field for key, field in value.items() if field is not None} if isinstance(value, dict) else value


def _form(value: object) -> str:
    only_of_a_run = ScheduledRun.model_fields.keys() - ScheduledAction.model_fields.keys()
    if isinstance(value, ScheduledRun) or (isinstance(value, dict) and only_of_a_run & value.keys()):
        return ScheduledRun.__name__
    return ScheduledAction.__name__


Schedule: TypeAlias = Annotated[
    Annotated[ScheduledAction, Tag(ScheduledAction.__name__)] | Annotated[ScheduledRun, Tag(ScheduledRun.__name__)],
    Discriminator(_form),
    BeforeValidator(_without_null),
]


def named_once(schedules: list[ScheduledAction | ScheduledRun]) -> list[ScheduledAction | ScheduledRun]:
    """Return the schedules. Raises ValueError if two have one name."""
    names = [schedule.name for schedule in schedules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"must have different names, got {', '.join(map(shown, twice))} twice")
    return schedules
