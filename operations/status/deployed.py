"""How the app is deployed, as its functions know it: the settings of then, and the names of what it keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from model_lifecycle.model.budget import Budget
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Service
from model_lifecycle.vocabulary import environment as names
from model_lifecycle.vocabulary.folding import unfold
from model_lifecycle.vocabulary.stage import lease_group
from operations.deployment import Deployment
from operations.errors import OperationsError
from settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """`price`: USD of an inference unit for an hour. `project_arns`: the watched projects; none means all.

    `defaults`: what an input leaves to the settings, with the time zone of people. `budget`: None without one.
    """

    zone: ZoneInfo
    defaults: Defaults
    price: float
    services: Sequence[Service]
    project_arns: Sequence[str]
    lease_group: str
    record_table: str
    budget: Budget | None = None


def deployed(deployment: Deployment) -> Deployed:
    """GetFunctionConfiguration of the watch, which knows most. Raises OperationsError and botocore's errors."""
    name = deployment.output("WatchModelsFunctionName")
    answer = deployment.aws.client("lambda").get_function_configuration(FunctionName=name)
    variables: Mapping[str, str] | None = answer.get("Environment", {}).get("Variables")
    if variables is None:
        raise OperationsError(f"The environment of the function {name} cannot be read: its key may not be used.")
    watched = variables[names.WATCHED_SERVICES].split(",")
    zone = ZoneInfo(variables[names.TIME_ZONE])
    return Deployed(
        zone=zone,
        defaults=Defaults(
            start_timeout_seconds=int(variables[names.START_TIMEOUT_SECONDS]),
            stop_timeout_seconds=int(variables[names.STOP_TIMEOUT_SECONDS]),
            zone=zone,
            # Not there before there was ready_by.
            ready_lead_seconds=int(variables.get(names.READY_LEAD_SECONDS, Defaults.ready_lead_seconds)),
        ),
        price=float(variables[names.PRICE_PER_INFERENCE_UNIT_HOUR]),
        services=[service for service in SERVICES if service.name in watched],
        project_arns=unfold(variables[names.PROJECT_ARNS]),
        lease_group=variables[names.LEASE_GROUP_NAME],
        record_table=variables[names.RECORD_TABLE_NAME],
        budget=Budget.from_json(variables.get(names.BUDGET, "")),
    )


def as_in(settings: Settings, deployment: Deployment) -> Deployed:
    """Return the same by the settings of this checkout, for those who may not read what is deployed.

    Raises OperationsError.
    """
    return by_settings(settings, record_table=deployment.physical_id("AWS::DynamoDB::Table", "FunctionsModelRecords"))


def by_settings(settings: Settings, *, record_table: str = "") -> Deployed:
    """Return how a deploy of these settings is known to its functions."""
    zone = ZoneInfo(settings.time_zone)
    return Deployed(
        zone=zone,
        defaults=replace(settings.input_defaults, zone=zone),
        price=settings.price_per_inference_unit_hour,
        services=[service for service in SERVICES if service.name in settings.watched_services],
        project_arns=settings.project_arns,
        lease_group=lease_group(settings.stage or ""),
        record_table=record_table,
        budget=settings.budget,
    )
