"""What Service Quotas says of the vision services: the quotas of the scenario, as the account's own or AWS's defaults.

https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
"""

import json
from typing import Any

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from local.account import Account
from local.scenario.scenario import Quotas, Scenario

_QUOTAS = {
    ("rekognition", "L-5E225387"): (
        "running_models",
        "Concurrently running Amazon Rekognition Custom Labels models per account",
    ),
    ("rekognition", "L-4FA65ECB"): (
        "inference_units",
        "Maximum inference units per running Amazon Rekognition Custom Labels model.",
    ),
    ("lookoutvision", "L-82DA2ABD"): ("running_models", "Maximum number of running models"),
    ("lookoutvision", "L-84E8C9F8"): ("inference_units", "Maximum number of inference units per started model"),
}
_DEFAULTS = Quotas()


class ServiceQuotas:
    """Knows the quotas of the last scenario."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._now = _DEFAULTS

    def load(self, scenario: Scenario) -> None:
        """Have these quotas from now on."""
        self._now = scenario.quotas

    def applied(self, service: str, code: str) -> dict[str, Any]:
        """Return the account's own quota. Raises NoSuchResource where only AWS's default is in force."""
        field = self._field(service, code)
        if getattr(self._now, field) == getattr(_DEFAULTS, field):
            raise NoSuchResource
        return self._quota(service, code, self._now)

    def default(self, service: str, code: str) -> dict[str, Any]:
        """Return AWS's default. Raises NoSuchResource."""
        self._field(service, code)
        return self._quota(service, code, _DEFAULTS)

    def _field(self, service: str, code: str) -> str:
        if (service, code) not in _QUOTAS:
            raise NoSuchResource
        return _QUOTAS[service, code][0]

    def _quota(self, service: str, code: str, quotas: Quotas) -> dict[str, Any]:
        field, name = _QUOTAS[service, code]
        return {
            "ServiceCode": service,
            "QuotaArn": f"arn:aws:servicequotas:{self._region}::{service}/{code}",
            "QuotaCode": code,
            "QuotaName": name,
            "Value": float(getattr(quotas, field)),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }


def install(aws: Account) -> ServiceQuotas:
    """Let a local AWS tell its quotas; AWS's before `load`."""
    quotas = ServiceQuotas(aws.region)
    of_moto = ServiceQuotasBackend.get_service_quota

    def get(self: ServiceQuotasBackend, service_code: str, quota_code: str) -> dict[str, Any]:
        if service_code in {service for service, _ in _QUOTAS}:
            return quotas.applied(service_code, quota_code)
        found: dict[str, Any] = of_moto(self, service_code, quota_code)
        return found

    def get_default(self: ServiceQuotasResponse) -> str:
        asked = json.loads(self.body)
        return json.dumps({"Quota": quotas.default(asked["ServiceCode"], asked["QuotaCode"])})

    aws.replace(ServiceQuotasBackend, "get_service_quota", get)
    aws.replace(ServiceQuotasResponse, "get_aws_default_service_quota", get_default)
    return quotas
