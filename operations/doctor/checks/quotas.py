"""What the account may run at a time, against what the schedules want."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Service
from operations.aws import Aws
from operations.doctor.checks.schedules import of_warning
from operations.doctor.finding import Answer, ok
from operations.errors import RefusedError, on_one_line
from plan.command import plan_of
from plan.plan import Plan
from plan.quota import DEFAULT_QUOTAS, QUOTA_KINDS, Quotas
from plan.warnings import warnings_of
from settings.settings import Settings

_GONE = ("NoSuchResourceException", "NoSuchServiceException")


class _Codes(NamedTuple):
    """The codes of a service's quotas: https://docs.aws.amazon.com/general/latest/gr/rekognition.html"""

    service: str
    running_models: str
    inference_units: str


_CODES = {
    "Rekognition": _Codes("rekognition", "L-5E225387", "L-4FA65ECB"),
    "LookoutVision": _Codes("lookoutvision", "L-82DA2ABD", "L-84E8C9F8"),
}


def look(settings: Settings, aws: Aws, *, now: datetime) -> Iterator[Answer]:
    """Read the quotas of each service whose models the schedules start."""
    plan = plan_of(settings, begin=now)
    used = {planned.model.service for planned in plan.models}
    services = [service for service in SERVICES if service.name in used] or list(SERVICES[:1])
    found = {service.name: quotas_of(service, aws) for service in services}
    yield from answers(plan, found, settings.stage or "")


def quotas_of(service: Service, aws: Aws) -> Quotas:
    """GetServiceQuota, and GetAWSDefaultServiceQuota where the account has none of its own. Raises OperationsError."""
    codes = _CODES[service.name]
    numbers = [_quota(aws, codes.service, code) for code in (codes.running_models, codes.inference_units)]
    if None in numbers:
        return DEFAULT_QUOTAS
    running, units = (round(number) for number in numbers if number is not None)
    return Quotas(running_models=running, inference_units=units, known=True)


def answers(plan: Plan, quotas: Mapping[str, Quotas], stage: str = "") -> Iterator[Answer]:
    """Say what the quotas are, and which starts they hold up or refuse."""
    for service, one in quotas.items():
        may = f"{one.running_models:,} running {service} models, {one.inference_units:,} inference units each"
        yield ok(may if one.known else f"{may} (AWS's defaults: Service Quotas does not say)")
    for each in warnings_of(plan, quotas):
        if each.kind in QUOTA_KINDS:
            yield of_warning(each, stage)


def _quota(aws: Aws, service: str, code: str) -> float | None:
    client = aws.client("service-quotas")
    asked = {"ServiceCode": service, "QuotaCode": code}
    for call in (client.get_service_quota, client.get_aws_default_service_quota):
        try:
            with on_one_line("Service Quotas"):
                return float(call(**asked)["Quota"]["Value"])
        except RefusedError as error:
            if error.code not in _GONE:
                raise
    return None
