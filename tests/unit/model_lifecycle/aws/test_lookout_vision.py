"""What is asked of Lookout for Vision, and what its answers mean."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from urllib3.exceptions import NameResolutionError

from model_lifecycle.aws.lookout_vision import LookoutVisionModel
from model_lifecycle.model.model import ModelDescription
from model_lifecycle.vocabulary.errors import ModelLifecycleError, ServiceUnavailableError, ServiceUnreachableError
from tests.fakes.given import TOKEN, request
from tests.fakes.stubbed import client_of, stubbed

NAMED = {"ProjectName": "boards", "ModelVersion": "1"}
BOARDS = request(ProjectVersionArn=None, **NAMED)


def test_a_start_asks_for_the_model_and_the_units_with_a_token() -> None:
    units = {"MinInferenceUnits": 2, "MaxInferenceUnits": 5}
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("start_model", {"Status": "STARTING_HOSTING"}, {**NAMED, **units, "ClientToken": TOKEN})

        assert LookoutVisionModel(BOARDS, client).start(units, client_token=TOKEN) == "STARTING_HOSTING"


def test_a_stop_asks_for_the_model_without_a_token() -> None:
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("stop_model", {"Status": "STOPPING_HOSTING"}, NAMED)

        assert LookoutVisionModel(BOARDS, client).stop() == "STOPPING_HOSTING"


@pytest.mark.parametrize(
    ("more", "message", "units"),
    [
        ({"StatusMessage": "Fine.", "MinInferenceUnits": 2, "MaxInferenceUnits": 4}, "Fine.", (2, 4)),
        ({}, "", (None, None)),
    ],
)
def test_a_look_tells_status_message_and_units(
    more: dict[str, Any], message: str, units: tuple[int | None, int | None]
) -> None:
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("describe_model", {"ModelDescription": {"Status": "HOSTED", **more}}, NAMED)

        seen = LookoutVisionModel(BOARDS, client).describe()

    assert seen == ModelDescription(
        status="HOSTED", status_message=message, min_inference_units=units[0], max_inference_units=units[1]
    )


@pytest.mark.parametrize(
    ("cause", "error"),
    [(NameResolutionError, ServiceUnreachableError), (ConnectionRefusedError, ServiceUnavailableError)],
)
def test_a_host_name_without_an_address_is_of_a_service_that_has_ended(
    cause: Any, error: type[ModelLifecycleError]
) -> None:
    def fail(**_: Any) -> None:
        reason = cause("host", None, OSError()) if cause is NameResolutionError else cause()  # type: ignore[arg-type]
        raise EndpointConnectionError(endpoint_url="https://lookoutvision/", error=reason)

    client = client_of("lookoutvision")
    client.meta.events.register("before-send.lookoutvision", fail)
    try:
        with pytest.raises(error, match=r"DescribeModel found no connection: .* AWS ended Amazon Lookout for Vision"):
            LookoutVisionModel(BOARDS, client).describe()
    finally:
        client.meta.events.unregister("before-send.lookoutvision", fail)
