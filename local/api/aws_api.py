"""What botocore's service models say about the services that the local AWS speaks."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

EXTRA_MODELS = Path(__file__).parent / "data"
"""Models of services that botocore does not have, in the layout of its loader."""

SERVICES = (
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "ecr",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "lookoutvision",
    "rekognition",
    "s3",
    "scheduler",
    "service-quotas",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
    "xray",
)
"""The services whose operations a scenario may name, by boto3's words."""

COMMON_ERRORS = {
    "AccessDenied": 403,
    "AccessDeniedException": 400,
    "ExpiredToken": 403,
    "ExpiredTokenException": 400,
    "IncompleteSignature": 400,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "InternalServerException": 500,
    "InvalidClientTokenId": 403,
    "InvalidSignatureException": 403,
    "NotAuthorized": 400,
    "OptInRequired": 403,
    "RequestExpired": 400,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "SlowDown": 503,
    "Throttling": 400,
    "ThrottlingException": 400,
    "UnrecognizedClientException": 400,
    "ValidationError": 400,
    "ValidationException": 400,
}
"""Errors that any operation can answer though no model lists them, and their HTTP status.

Source: the "Common errors" page of the services' API references.
"""


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service by boto3's word for it.

    Raises `botocore.exceptions.UnknownServiceError`.
    """
    return ServiceModel(description(service), service)


@cache
def service_signing_as(name: str) -> ServiceModel:
    """Return the model of the service that signs its requests with a name; for none, any in JSON."""
    for service in SERVICES:
        metadata = service_model(service).metadata
        if name == metadata.get("signingName", metadata["endpointPrefix"]):
            return service_model(service)
    return service_model("dynamodb")


@cache
def operations() -> frozenset[str]:
    """Name every operation of every service here."""
    return frozenset(name for model in _models(SERVICES) for name in model.operation_names)


def http_status(model: ServiceModel, code: str) -> int:
    """Tell with which HTTP status a service answers an error.

    Models of the JSON protocols often leave the status out; there a fault of the service is 500, any other 400.
    """
    for shape in model.error_shapes:
        if code in _codes(shape):
            if status := shape.metadata.get("error", {}).get("httpStatusCode"):
                return int(status)
            is_fault = description(model.service_name)["shapes"][shape.name].get("fault", False)
            return 500 if is_fault else 400
    if code == "AccessDeniedException" and model.metadata["protocol"] == "rest-json":
        return 403
    return COMMON_ERRORS.get(code, 400)


def code_on_the_wire(model: ServiceModel, code: str, protocol: str) -> str:
    """Tell by which code a client learns of an error: in the XML protocols it can differ from its shape's name."""
    for shape in model.error_shapes:
        if code in _codes(shape):
            in_json = protocol in ("json", "rest-json")
            return shape.name if in_json else str(shape.metadata.get("error", {}).get("code", shape.name))
    return code


def operation_model(service: str, operation: str) -> OperationModel:
    """Return the model of one operation.

    Raises `botocore.exceptions.UnknownServiceError` and `botocore.model.OperationNotFoundError`.
    """
    return service_model(service).operation_model(operation)


@cache
def enum_of(service: str, shape: str) -> tuple[str, ...]:
    """List the values that a service knows for one of its string shapes."""
    values: Any = service_model(service).shape_for(shape).metadata["enum"]
    return tuple(values)


def _codes(shape: Shape) -> set[str]:
    """Return an error goes by its shape's name, and in the query protocol by a code of its own."""
    return {shape.name, shape.metadata.get("error", {}).get("code", shape.name)}


@cache
def description(service: str) -> dict[str, Any]:
    """Return a service's model as botocore's loader reads it.

    Raises `botocore.exceptions.UnknownServiceError`.
    """
    loader = Loader(extra_search_paths=[str(EXTRA_MODELS)])
    return dict(loader.load_service_model(service, "service-2"))


def _models(services: Iterable[str]) -> Iterator[ServiceModel]:
    return (service_model(service) for service in services)
