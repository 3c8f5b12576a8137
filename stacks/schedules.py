"""The schedules of the settings: what starts executions at set times."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from model_lifecycle.errors import InvalidRequestError
from model_lifecycle.request import Defaults, parse_request
from schedule_expressions.parsing import parse


def _execution_input(value: object) -> object:
    try:
        parse_request(value, defaults=Defaults(start_timeout_seconds=1, stop_timeout_seconds=1), home=None)
    except InvalidRequestError as error:
        raise ValueError(str(error)) from error
    return value


def _expression(value: str) -> str:
    parse(value)
    return value


class Schedule(BaseModel):
    """A rule that starts one execution with one input, again and again. Times are UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=r"^[A-Za-z0-9_.\-]{1,40}$", description="1 to 40 letters, digits, '_', '.' or '-'")
    expression: Annotated[str, AfterValidator(_expression)] = Field(
        description='"cron(...)" or "rate(...)" as EventBridge writes it, in UTC'
    )
    input: Annotated[dict[str, Any], AfterValidator(_execution_input)] = Field(
        description="the execution input, as typed into the console"
    )


def named_once(schedules: list[Schedule]) -> list[Schedule]:
    """The schedules themselves. Raises ValueError if two have one name."""
    names = [schedule.name for schedule in schedules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"allowed is a name used once, and {', '.join(twice)} is used again")
    return schedules
