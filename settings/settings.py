"""Every setting of a deploy: flat context keys of `cdk.json`, or `-c key=value`."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from model_lifecycle.requests.model_request import MAX_TIMEOUT_SECONDS, Defaults
from model_lifecycle.requests.start_request import MAX_LEASE_SECONDS
from model_lifecycle.services.fields import shown
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.stage import STAGE
from settings.limits import addresses_that_fit, arns_that_fit, schedules_that_fit
from settings.schedules import FORMS, Schedule, named_once
from settings.time_zone import check_time_zone

LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922]
"""What CloudWatch Logs' PutRetentionPolicy accepts, up to eight years."""

_RETENTION_DAYS = "one of " + ", ".join(map(str, get_args(LogRetentionDays)))
_MINUTES = MAX_TIMEOUT_SECONDS // 60
_LEASE_HOURS = MAX_LEASE_SECONDS // 3_600
_HOURS = f"a number of hours, more than 0 and at most {_LEASE_HOURS:,}"
_HOURS_OR_NONE = f"{_HOURS}, or null for none"
# What `cdk acknowledge` and `cdk cli-telemetry` write into the context.
_OF_THE_CLI = frozenset({"acknowledged-issue-numbers", "cli-telemetry"})
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = rf"^{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+$"
_PROJECT_ARNS = " or ".join(service.project_arn.allowed.removeprefix("a project's ARN, ") for service in SERVICES)

_SERVICE_NAMES = ", ".join(service.name for service in SERVICES)


def in_seconds(hours: float | None) -> int | None:
    """Return the hours of a setting in whole seconds, at least one; None for None."""
    return None if hours is None else max(1, round(hours * 3_600))


class SettingsError(Exception):
    """A setting is wrong; the text is one line that names its key, its value and what is allowed."""


def _project_arn(value: str) -> str:
    if not any(service.project_arn.accepts(value) for service in SERVICES):
        raise ValueError(f"allowed is a project's ARN, {_PROJECT_ARNS}")
    return value


def _service(value: str) -> str:
    if value not in [service.name for service in SERVICES]:
        raise ValueError(f"allowed are {_SERVICE_NAMES}")
    return value


def _of_one_home(values: list[str]) -> list[str]:
    homes = {Home.of(value): value for value in values}
    if len(homes) > 1:
        one, other, *_ = homes.values()
        raise ValueError(f"allowed are projects of one account and Region, and {one} and {other} are of two")
    return values


def _number(value: object) -> object:
    """A value of `-c` is a string whatever it means."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _retention(value: int) -> int:
    # Of a Literal, pydantic takes true for 1.
    if value not in get_args(LogRetentionDays):
        raise ValueError(f"allowed is {_RETENTION_DAYS}")
    return value


def _list(value: object) -> object:
    """A list of `-c` is JSON, or its items with commas between."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except json.JSONDecodeError as error:
            raise ValueError(_broken(value, error)) from error
        except RecursionError as error:
            raise ValueError("allowed is JSON that is not nested so deeply") from error
    return [item.strip() for item in value.split(",") if item.strip()]


def _broken(value: str, error: json.JSONDecodeError) -> str:
    where = f"allowed is JSON, and this is broken at line {error.lineno}, column {error.colno}: {error.msg}"
    eaten = "; its quotation marks are missing: put it between single quotes, since the shell takes away double ones"
    return where if '"' in value else f"{where}{eaten}"


def _each_once(values: list[str]) -> list[str]:
    folded = [value.casefold() for value in values]
    twice = [value for place, value in enumerate(values) if folded[place] in folded[:place]]
    if twice:
        raise ValueError(f"allowed is each once, and {twice[0]} stands there again")
    return values


class Settings(BaseModel):
    """The settings, checked. A field's description is what its error says is allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notification_emails: Annotated[
        list[Annotated[str, Field(pattern=_EMAIL)]],
        BeforeValidator(_list),
        AfterValidator(_each_once),
        AfterValidator(addresses_that_fit),
    ] = Field(default=[], description="a list of e-mail addresses")
    project_arns: Annotated[
        list[Annotated[str, AfterValidator(_project_arn)]],
        BeforeValidator(_list),
        AfterValidator(_each_once),
        AfterValidator(_of_one_home),
        AfterValidator(arns_that_fit),
    ] = Field(
        default=[],
        description=f"a list of project ARNs, {_PROJECT_ARNS}; empty means all projects of this account and Region",
    )
    watched_services: Annotated[
        list[Annotated[str, AfterValidator(_service)]], BeforeValidator(_list), AfterValidator(_each_once)
    ] = Field(
        default_factory=lambda: [service.name for service in SERVICES if service.watched_by_default],
        description=f"a list of services, of {_SERVICE_NAMES}",
    )
    schedules: Annotated[
        list[Schedule], BeforeValidator(_list), AfterValidator(named_once), AfterValidator(schedules_that_fit)
    ] = Field(
        default=[], description="a list of objects with name, expression and input, or with name, start, stop and model"
    )
    start_timeout_minutes: Annotated[int, BeforeValidator(_number)] = Field(
        default=60, ge=1, le=_MINUTES, description=f"a whole number from 1 to {_MINUTES:,}"
    )
    stop_timeout_minutes: Annotated[int, BeforeValidator(_number)] = Field(
        default=60, ge=1, le=_MINUTES, description=f"a whole number from 1 to {_MINUTES:,}"
    )
    default_stop_after_hours: Annotated[float | None, BeforeValidator(_number)] = Field(
        default=None, gt=0, le=_LEASE_HOURS, allow_inf_nan=False, description=_HOURS_OR_NONE
    )
    warn_after_hours: Annotated[float, BeforeValidator(_number)] = Field(
        default=24.0, gt=0, le=_LEASE_HOURS, allow_inf_nan=False, description=_HOURS
    )
    stop_after_hours_unleased: Annotated[float | None, BeforeValidator(_number)] = Field(
        default=None, gt=0, le=_LEASE_HOURS, allow_inf_nan=False, description=_HOURS_OR_NONE
    )
    stop_aborted_starts: Annotated[bool, BeforeValidator(_number)] = Field(default=False, description="true or false")
    time_zone: Annotated[str, AfterValidator(check_time_zone)] = Field(
        default="UTC", description="the IANA name of a time zone, as Europe/Berlin"
    )
    price_per_inference_unit_hour: Annotated[float, BeforeValidator(_number)] = Field(
        default=4.0, ge=0, le=10_000, allow_inf_nan=False, description="a number of USD from 0 to 10,000"
    )
    log_retention_days: Annotated[int, BeforeValidator(_number), AfterValidator(_retention)] = Field(
        default=90, description=_RETENTION_DAYS
    )
    stage: Annotated[str, Field(pattern=f"^{STAGE}$")] | None = Field(
        default=None, description="1 to 20 lower-case letters, digits or '-', and no '-' at an end"
    )

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> "Settings":
        """The settings among the context keys. Keys with `:`, `/` or `@` belong to the CDK.

        A setting that is `null` has its default, wherever it stands: the CDK passes on no `null` of `cdk.json`.

        Raises SettingsError with one line.
        """
        given = {key: value for key, value in context.items() if value is not None and value != "null"}
        ours = {key: value for key, value in given.items() if not set(key) & set(":/@") and key not in _OF_THE_CLI}
        _check_characters(ours)
        try:
            return cls.model_validate(ours)
        except ValidationError as error:
            raise SettingsError(_printable("; ".join(_violation(detail) for detail in error.errors()))) from error

    @property
    def input_defaults(self) -> Defaults:
        """What an execution's input has where it says nothing."""
        return Defaults(
            start_timeout_seconds=self.start_timeout_minutes * 60,
            stop_timeout_seconds=self.stop_timeout_minutes * 60,
            stop_after_seconds=in_seconds(self.default_stop_after_hours),
        )

    def check_home(self, account: str | None, region: str | None) -> None:
        """Raise SettingsError for a project that is not of the account and Region of the deploy, if these are known.

        A Region without an account is what the CDK takes where there are no credentials: it says nothing.
        """
        for place, arn in enumerate(self.project_arns):
            home = Home.of(arn)
            if account and (home.account != account or (region and home.region != region)):
                raise SettingsError(
                    f"project_arns[{place}] is {arn}; allowed are projects of the account and Region of the deploy, "
                    f"account {account}, Region {region or 'any'}"
                )


def _check_characters(context: Mapping[str, Any]) -> None:
    """Half a surrogate pair, which JSON may have, is in no UTF-8: neither pydantic nor the CDK can tell of it."""
    for key, value in context.items():
        try:
            json.dumps([key, value], ensure_ascii=False, default=repr).encode()
        except UnicodeEncodeError as error:
            raise SettingsError(f"{shown(key)} is {shown(value)}; allowed are whole characters") from error
        except RecursionError as error:
            raise SettingsError(f"{shown(key)} is nested too deeply to be read") from error


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _violation(detail: ErrorDetails) -> str:
    path = _path(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return _unknown(path, detail)
    if detail["type"] == "missing":
        return f"{path} is missing; allowed is {_allowed(detail['loc'])}"
    if detail["type"] == "value_error":
        return f"{path} is {shown(detail['input'])}; {detail['ctx']['error']}"
    return f"{path} is {shown(detail['input'])}; allowed is {_allowed(detail['loc'])}"


def _unknown(path: str, detail: ErrorDetails) -> str:
    model = _model(detail["loc"])
    meant = get_close_matches(str(detail["loc"][-1]), model.model_fields, n=1)
    hint = f"perhaps {meant[0]} is meant" if meant else f"allowed are {', '.join(model.model_fields)}"
    return f"{path} is {shown(detail['input'])}, but there is no such setting; {hint}"


def _path(location: tuple[int | str, ...]) -> str:
    # Of a schedule, pydantic names the form after its place.
    written = (*location[:2], *location[3:]) if _form(location) else location
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in written).removeprefix(".")


def _form(location: tuple[int | str, ...]) -> str | None:
    return str(location[2]) if location[0] == "schedules" and len(location) > 2 else None


def _model(location: tuple[int | str, ...]) -> type[BaseModel]:
    form = _form(location)
    return FORMS[form] if form else Settings


def _allowed(location: tuple[int | str, ...]) -> str:
    form, key = _form(location), location[0]
    if form is None or len(location) == 3:
        return Settings.model_fields[str(key)].description or "another type of value"
    return FORMS[form].model_fields[str(location[3])].description or "another type of value"
