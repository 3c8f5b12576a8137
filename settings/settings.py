"""Every setting of a deploy: flat context keys of `cdk.json`, or `-c key=value`."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from model_lifecycle.model.budget import Budget, Per
from model_lifecycle.requests.fleet_request import MOST_AT_ONCE
from model_lifecycle.requests.model_request import MAX_TIMEOUT_SECONDS, Defaults
from model_lifecycle.requests.ready_by import LONGEST_LEAD_SECONDS
from model_lifecycle.requests.start_request import MAX_LEASE_SECONDS
from model_lifecycle.services.fields import shown
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.stage import STAGE
from settings.budget import MOST_USD, USD, projects_that_fit
from settings.limits import (
    MOST_RESOURCES,
    addresses_that_fit,
    arns_that_fit,
    schedules_that_fit,
    schedules_within_units,
)
from settings.refusals import ITEMS, named, refusal
from settings.schedules import CDK_TOKEN, Schedule, named_once
from settings.time_zone import check_time_zone
from settings.values import by_name, listed, name, number, objects

LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922]
"""What PutRetentionPolicy of CloudWatch Logs accepts, up to eight years."""

Encryption = Literal["aws", "customer", "returning"]
"""With whose key data is encrypted; "returning": with AWS's again, after it was the customer's."""

_RETENTION_DAYS = "one of " + ", ".join(map(str, get_args(LogRetentionDays)))
_MOST_UNITS = 100_000
_MOST_CONCURRENT = 1_000
# What a tag's value may be, in ASCII: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_OWNER = r"^[A-Za-z0-9_.:/=+@-]([A-Za-z0-9 _.:/=+@-]{0,254}[A-Za-z0-9_.:/=+@-])?$"
_MINUTES = MAX_TIMEOUT_SECONDS // 60
_LEAD_MINUTES = LONGEST_LEAD_SECONDS // 60
_LEASE_HOURS = MAX_LEASE_SECONDS // 3_600
_HOURS = f"a number of hours, more than 0 and at most {_LEASE_HOURS:,}"
_HOURS_OR_NONE = f"{_HOURS}, or null for none"
# What `cdk acknowledge` and `cdk cli-telemetry` write into the context.
_OF_THE_CLI = frozenset({"acknowledged-issue-numbers", "cli-telemetry"})
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,254}}$)(?=.{{1,64}}@){_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+")


# CloudWatch publishes to no FIFO topic, whose name has a dot.
_TOPIC_ARN = "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"


def in_seconds(hours: float | None) -> int | None:
    """Return the hours of a setting in whole seconds, at least one; None for None."""
    return None if hours is None else max(1, round(hours * 3_600))


class SettingsError(Exception):
    """Settings are wrong. The text is one line: for each, a sentence with its key, what it must be, and what it is."""


def _address(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError(f"must be {ITEMS['notification_emails']}, got {shown(value)}")
    return value


def _project_arn(value: str) -> str:
    if not any(service.project_arn.accepts(value) for service in SERVICES):
        raise ValueError(f"must be {ITEMS['project_arns']}, got {shown(value)}")
    return value


def _service(value: str) -> str:
    if value not in [service.name for service in SERVICES]:
        raise ValueError(f"must be {ITEMS['watched_services']}, got {shown(value)}")
    return value


def _of_one_home(values: list[str]) -> list[str]:
    homes = {Home.of(value): value for value in values}
    if len(homes) > 1:
        one, other, *_ = homes.values()
        raise ValueError(f"must be of one account and Region, got {one} and {other}")
    return values


def _retention(value: int) -> int:
    # Of a Literal, pydantic takes true for 1.
    if value not in get_args(LogRetentionDays):
        raise ValueError(f"must be {_RETENTION_DAYS}, got {value}")
    return value


def _each_once(values: list[str]) -> list[str]:
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"must name each once, got {shown(value)} again")
    return values


def _each_address_once(addresses: list[str]) -> list[str]:
    # Mailboxes do not tell capitals apart.
    _each_once([address.casefold() for address in addresses])
    return addresses


class Settings(BaseModel):
    """The settings, checked. A field's description ends the sentence "it must be ..."."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notification_emails: Annotated[
        list[Annotated[str, AfterValidator(_address)]],
        BeforeValidator(listed),
        AfterValidator(_each_address_once),
        AfterValidator(addresses_that_fit),
    ] = Field(default=[], description="a list of e-mail addresses")
    alarm_emails: Annotated[
        list[Annotated[str, AfterValidator(_address)]],
        BeforeValidator(listed),
        AfterValidator(_each_address_once),
        AfterValidator(addresses_that_fit),
    ] = Field(default=[], description="a list of e-mail addresses")
    alarm_topic_arn: Annotated[Annotated[str, Field(pattern=_TOPIC_ARN)] | None, BeforeValidator(name)] = Field(
        default=None,
        description="the ARN of a standard SNS topic, such as arn:aws:sns:us-east-1:123456789012:operators",
    )
    project_arns: Annotated[
        list[Annotated[str, AfterValidator(_project_arn)]],
        BeforeValidator(listed),
        AfterValidator(_each_once),
        AfterValidator(_of_one_home),
        AfterValidator(arns_that_fit),
    ] = Field(default=[], description="a list of project ARNs")
    watched_services: Annotated[
        list[Annotated[str, AfterValidator(_service)]], BeforeValidator(listed), AfterValidator(_each_once)
    ] = Field(
        default_factory=lambda: [service.name for service in SERVICES if service.watched_by_default],
        description="a list of services",
    )
    # Before the schedules, whose starts it limits.
    max_inference_units: Annotated[int, BeforeValidator(number)] = Field(
        default=5, ge=1, le=_MOST_UNITS, description=f"a whole number from 1 to {_MOST_UNITS:,}"
    )
    max_concurrency: Annotated[int, BeforeValidator(number)] = Field(
        default=MOST_AT_ONCE, ge=1, le=MOST_AT_ONCE, description=f"a whole number from 1 to {MOST_AT_ONCE}"
    )
    schedules: Annotated[
        list[Schedule],
        BeforeValidator(objects),
        AfterValidator(named_once),
        AfterValidator(schedules_that_fit),
        AfterValidator(schedules_within_units),
    ] = Field(default=[], description='a JSON list of schedules, [{"name": ...}, ...]')
    start_timeout_minutes: Annotated[int, BeforeValidator(number)] = Field(
        default=60, ge=1, le=_MINUTES, description=f"a whole number from 1 to {_MINUTES:,}"
    )
    stop_timeout_minutes: Annotated[int, BeforeValidator(number)] = Field(
        default=60, ge=1, le=_MINUTES, description=f"a whole number from 1 to {_MINUTES:,}"
    )
    ready_lead_minutes: Annotated[int, BeforeValidator(number)] = Field(
        default=25, ge=1, le=_LEAD_MINUTES, description=f"a whole number from 1 to {_LEAD_MINUTES}"
    )
    default_stop_after_hours: Annotated[float | None, BeforeValidator(number)] = Field(
        default=None, gt=0, le=_LEASE_HOURS, allow_inf_nan=False, description=_HOURS_OR_NONE
    )
    warn_after_hours: Annotated[float, BeforeValidator(number)] = Field(
        default=24.0, gt=0, le=_LEASE_HOURS, allow_inf_nan=False, description=_HOURS
    )
    stop_after_hours_unleased: Annotated[float | None, BeforeValidator(number)] = Field(
        default=None, gt=0, le=_LEASE_HOURS, allow_inf_nan=False, description=_HOURS_OR_NONE
    )
    stop_aborted_starts: Annotated[bool, BeforeValidator(number)] = Field(default=False, description="true or false")
    time_zone: Annotated[str, BeforeValidator(name), AfterValidator(check_time_zone)] = Field(
        default="UTC", description="the IANA name of a time zone, such as Europe/Berlin"
    )
    price_per_inference_unit_hour: Annotated[float, BeforeValidator(number)] = Field(
        default=4.0, ge=0, le=10_000, allow_inf_nan=False, description="a number of USD from 0 to 10,000"
    )
    budget_usd: Annotated[float | None, BeforeValidator(number)] = Field(
        default=None, gt=0, le=MOST_USD, allow_inf_nan=False, description=f"{USD}, or null for no limit"
    )
    budget_usd_by_project: Annotated[
        dict[str, Annotated[float, Field(gt=0, le=MOST_USD, allow_inf_nan=False)]],
        BeforeValidator(by_name),
        AfterValidator(projects_that_fit),
    ] = Field(default={}, description='a JSON object of USD by the names of projects, {"boards": 300}')
    budget_per: Annotated[Literal["day", "month"], BeforeValidator(name)] = Field(
        default="month", description="day or month"
    )
    budget_action: Annotated[Literal["refuse", "stop"], BeforeValidator(name)] = Field(
        default="refuse", description="refuse or stop"
    )
    log_retention_days: Annotated[int, BeforeValidator(number), AfterValidator(_retention)] = Field(
        default=90, description=_RETENTION_DAYS
    )
    log_execution_data: Annotated[bool, BeforeValidator(number)] = Field(default=True, description="true or false")
    reserved_concurrency: Annotated[int | None, BeforeValidator(number)] = Field(
        default=None, ge=1, le=_MOST_CONCURRENT, description=f"a whole number from 1 to {_MOST_CONCURRENT:,}, or null"
    )
    encryption: Annotated[Encryption, BeforeValidator(name)] = Field(
        default="aws", description="aws, customer or returning"
    )
    owner: Annotated[Annotated[str, Field(pattern=_OWNER)] | None, BeforeValidator(name)] = Field(
        default=None, description="1 to 256 letters, digits, spaces or any of _.:/=+-@, and no space at an end"
    )
    termination_protection: Annotated[bool, BeforeValidator(number)] = Field(default=True, description="true or false")
    stage: Annotated[Annotated[str, Field(pattern=f"^{STAGE}$")] | None, BeforeValidator(name)] = Field(
        default=None, description="1 to 20 lower-case letters, digits or '-', and no '-' at an end"
    )

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> "Settings":
        """Return the settings among the context keys. Keys with `:`, `/` or `@` belong to the CDK.

        A setting that is `null` has its default, wherever it stands: the CDK passes on no `null` of `cdk.json`.

        Raises SettingsError.
        """
        given = {key: value for key, value in context.items() if value is not None and value != "null"}
        ours = {key: value for key, value in given.items() if not set(key) & set(":/@") and key not in _OF_THE_CLI}
        _check_text(ours)
        try:
            return cls.model_validate(ours)
        except ValidationError as error:
            raise SettingsError("\n".join(refusal(detail, cls) for detail in error.errors())) from error

    @property
    def told_of_alarms(self) -> list[str]:
        """Who gets the alarms by e-mail: those who are notified, as many as fit, unless anybody is named for it."""
        if self.alarm_emails or self.alarm_topic_arn:
            return self.alarm_emails
        executions = sum(len(schedule.executions) for schedule in self.schedules)
        return self.notification_emails[: MOST_RESOURCES - len(self.notification_emails) - executions]

    @property
    def budget(self) -> Budget | None:
        """What may be spent; None without a limit."""
        if self.budget_usd is None and not self.budget_usd_by_project:
            return None
        return Budget(
            usd=self.budget_usd,
            per=Per(self.budget_per),
            by_project=self.budget_usd_by_project,
            stops=self.budget_action == "stop",
        )

    @property
    def input_defaults(self) -> Defaults:
        """The values of fields that an execution's input leaves out."""
        return Defaults(
            start_timeout_seconds=self.start_timeout_minutes * 60,
            stop_timeout_seconds=self.stop_timeout_minutes * 60,
            stop_after_seconds=in_seconds(self.default_stop_after_hours),
            max_inference_units=self.max_inference_units,
            ready_lead_seconds=self.ready_lead_minutes * 60,
        )

    def check_home(self, account: str | None, region: str | None) -> None:
        """Raise SettingsError for what is not of the account and Region of the deploy, if these are known.

        A Region without an account is what the CDK takes where there are no credentials: it says nothing.
        """
        ours = {f"project_arns[{place}]": arn for place, arn in enumerate(self.project_arns)}
        if self.alarm_topic_arn:
            ours["alarm_topic_arn"] = self.alarm_topic_arn
        for key, arn in ours.items():
            home = Home.of(arn)
            if account and (home.account != account or (region and home.region != region)):
                raise SettingsError(
                    f"Setting {key} must be of the account and Region of the deploy "
                    f"(account {account}, Region {region or 'any'}), got {arn}."
                )


def _check_text(context: Mapping[str, Any]) -> None:
    """Raise SettingsError for what neither pydantic nor the CDK can report.

    Half a surrogate pair, which JSON may have, is in no UTF-8. What looks like a token of the CDK, it would replace.
    """
    for key, value in context.items():
        try:
            text = json.dumps([key, value], ensure_ascii=False, default=repr)
            text.encode()
        except UnicodeEncodeError as error:
            raise SettingsError(f"Setting {named(key)} must be of whole characters, got {shown(value)}.") from error
        except RecursionError as error:
            raise SettingsError(f"Setting {named(key)} is nested too deeply.") from error
        if found := CDK_TOKEN.search(text):
            raise SettingsError(f"Setting {named(key)} must not contain {found[0]}, which the CDK would replace.")
