"""The meaning of the services' errors, whichever call meets them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from botocore import xform_name

from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.aws.in_service_units import InServiceUnits
from model_lifecycle.aws.lease_schedules import LeaseSchedules, StopTarget
from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_catalog import ServiceCatalog
from model_lifecycle.aws.service_model import ServiceModel
from model_lifecycle.model.lease import Lease
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import Service
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    InvalidRequestError,
    ModelInUseError,
    ModelLifecycleError,
    ModelNotFoundError,
    QuotaExceededError,
    RecordChangedError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from tests.fakes.given import EXECUTION, PROJECT, TOKEN, after, request, stop_request
from tests.fakes.stubbed import client_of, stubbed


class Meaning(NamedTuple):
    """The error that it becomes; of an unavailable service, whether the call may have been carried out."""

    error: type[ModelLifecycleError]
    perhaps_done: bool | None = None
    http_status: int = 400


NOT_NOW = Meaning(ServiceUnavailableError, perhaps_done=False)
PERHAPS_DONE = Meaning(ServiceUnavailableError, perhaps_done=True)
REFUSED = Meaning(ServiceRefusedError)
MEANINGS = {
    "AccessDeniedException": Meaning(AccessDeniedError),
    "ConditionalCheckFailedException": Meaning(RecordChangedError),
    "ConflictException": Meaning(ModelInUseError),
    "InternalServerError": PERHAPS_DONE,
    "InternalServerException": PERHAPS_DONE,
    "InternalServiceFault": PERHAPS_DONE._replace(http_status=500),
    "InvalidPaginationTokenException": NOT_NOW,
    "InvalidParameterException": Meaning(InvalidRequestError),
    "InvalidParameterValue": REFUSED,
    "ItemCollectionSizeLimitExceededException": REFUSED,
    "LimitExceededException": Meaning(QuotaExceededError),
    "NovelException": REFUSED,
    "NovelThrottling": NOT_NOW._replace(http_status=429),
    "ProvisionedThroughputExceededException": NOT_NOW,
    "ReplicatedWriteConflictException": NOT_NOW,
    "RequestLimitExceeded": NOT_NOW,
    "ResourceInUseException": Meaning(ModelInUseError),
    "ResourceNotFoundException": Meaning(ModelNotFoundError),
    "ServiceQuotaExceededException": Meaning(QuotaExceededError),
    "Throttling": NOT_NOW,
    # It is a status of the server's fault that Rekognition throttles with.
    "ThrottlingException": NOT_NOW._replace(http_status=500),
    "TransactionConflictException": NOT_NOW,
    "ValidationException": Meaning(InvalidRequestError),
}


def parts(client: Any) -> ServiceModel:
    """Return a model version of Rekognition, of a project whose ARN is known."""
    return ServiceModel(request(ProjectArn=PROJECT), ServiceCalls(client))


def boards(client: Any) -> ServiceModel:
    """Return a model of Lookout for Vision."""
    return ServiceModel(request(ProjectVersionArn=None, ProjectName="boards", ModelVersion="1"), ServiceCalls(client))


def catalog(service: Service, client: Any) -> ServiceCatalog:
    """All models of a service."""
    return ServiceCatalog(service, [], ServiceCalls(client))


def leases(client: Any) -> LeaseSchedules:
    """Return the schedules of leases."""
    target = StopTarget(
        group_name="group",
        state_machine_arn="arn:of:the:machine",
        role_arn="arn:of:the:role",
        dead_letter_arn="arn:of:the:queue",
    )
    return LeaseSchedules(target, client)


LEASE = Lease(ends_at=after(3_600), leased_by=EXECUTION)
UNITS = {"MinInferenceUnits": 1}
CALLS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("rekognition", "StartProjectVersion"): lambda client: parts(client).start(UNITS, client_token=TOKEN),
    ("rekognition", "StopProjectVersion"): lambda client: parts(client).stop(),
    ("rekognition", "DescribeProjectVersions"): lambda client: parts(client).describe(),
    ("rekognition", "DescribeProjects"): lambda client: catalog(REKOGNITION, client).projects(),
    ("lookoutvision", "StartModel"): lambda client: boards(client).start(UNITS, client_token=TOKEN),
    ("lookoutvision", "StopModel"): lambda client: boards(client).stop(),
    ("lookoutvision", "DescribeModel"): lambda client: boards(client).describe(),
    ("lookoutvision", "ListProjects"): lambda client: catalog(LOOKOUT_VISION, client).projects(),
    ("lookoutvision", "ListModels"): lambda client: catalog(LOOKOUT_VISION, client).models("boards"),
    ("scheduler", "CreateSchedule"): lambda client: leases(client).arm(request(), LEASE),
    ("scheduler", "DeleteSchedule"): lambda client: leases(client).disarm(request(), LEASE),
    ("cloudwatch", "GetMetricData"): lambda c: InServiceUnits(c).units_in_service(request(), until=after(0)),
    ("dynamodb", "GetItem"): lambda client: RecordTable("records", client).read(request()),
    ("dynamodb", "PutItem"): lambda c: RecordTable("records", c).replace(request(), ModelRecord(), ModelRecord()),
    ("stepfunctions", "StartExecution"): lambda c: StopExecutions("arn:machine", c).start(stop_request(), once="x"),
    ("stepfunctions", "DescribeExecution"): lambda c: StopExecutions("arn:machine", c).is_under_way(EXECUTION),
}
OTHERWISE: dict[tuple[str, str], Meaning | None] = {
    # What is armed already is as good as armed, and what is not armed as good as disarmed.
    ("CreateSchedule", "ConflictException"): None,
    ("CreateSchedule", "ResourceInUseException"): None,
    ("DeleteSchedule", "ResourceNotFoundException"): None,
    # Of two writers one wins, and the other sees it.
    ("PutItem", "ConditionalCheckFailedException"): None,
    # A table or a group of schedules that is not there is not a model that is not there.
    ("CreateSchedule", "ResourceNotFoundException"): REFUSED,
    ("GetItem", "ResourceNotFoundException"): REFUSED,
    ("PutItem", "ResourceNotFoundException"): REFUSED,
}


@pytest.mark.parametrize(("service", "operation"), CALLS)
@pytest.mark.parametrize("code", MEANINGS)
def test_an_error_says_the_operation_and_the_service_s_own_words(service: str, operation: str, code: str) -> None:
    meaning = OTHERWISE.get((operation, code), MEANINGS[code])
    call = CALLS[service, operation]
    with stubbed(service) as (client, stub):
        http_status = MEANINGS[code].http_status
        stub.add_client_error(xform_name(operation), code, "In its words.", http_status_code=http_status)

        if meaning is None:
            assert call(client) is None
        else:
            with pytest.raises(meaning.error) as caught:
                call(client)
            assert str(caught.value) == f'AWS answered {operation} with {code}: "In its words."'
            assert getattr(caught.value, "perhaps_done", None) == meaning.perhaps_done


@pytest.mark.parametrize(
    ("service", "operation"), [call for call in CALLS if call[0] not in ("stepfunctions", "cloudwatch")]
)
def test_every_error_that_a_service_documents_has_a_meaning(service: str, operation: str) -> None:
    shapes = client_of(service).meta.service_model.operation_model(operation).error_shapes

    assert {shape.name for shape in shapes} <= set(MEANINGS)
