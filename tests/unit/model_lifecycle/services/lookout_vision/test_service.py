"""Lookout for Vision: how its models are named, the calls to it, and the meaning of its answers."""

import socket
from typing import Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError
from urllib3.exceptions import NameResolutionError, NewConnectionError

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_model import ServiceModel
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceRefusedError,
    ServiceUnavailableError,
    ServiceUnreachableError,
)
from tests.fakes.given import DEFAULTS, HOME, TOKEN, request
from tests.fakes.refusals import BY_EITHER, Parse, refusal
from tests.fakes.stubbed import client_of, stubbed

SAYS = "AWS ended Amazon Lookout for Vision on 2025-10-31"
BOARDS = {"ProjectName": "boards", "ModelVersion": "1"}


@BY_EITHER
@pytest.mark.parametrize("project", ["b", "0", "x" * 255, "A-b_9"], ids=lambda name: name[:10])
def test_a_model_is_named_by_project_and_version(parse: Parse, project: str) -> None:
    named = {"ProjectName": project, "ModelVersion": "12"}

    assert dict(parse(named, defaults=DEFAULTS, home=HOME).identity) == named


@BY_EITHER
@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        *(
            ("ProjectName", value, "a name of letters, digits, _ and -, a string of 1 to 255 characters")
            for value in ["", "x" * 256, "-b", "a b", "b\n", "bo\u0430rds", 5]
        ),
        *(
            ("ModelVersion", value, 'a version\'s number, such as "1", a string of 1 to 10 characters')
            for value in ["", "0", "01", "1" * 11, "1\n", "\uff11", 1]
        ),
    ],
)
def test_what_is_not_its_name_is_refused(parse: Parse, field: str, value: Any, allowed: str) -> None:
    said = refusal({**BOARDS, field: value}, parse)

    assert f"{field} must be {allowed}, got " in said


@BY_EITHER
@pytest.mark.parametrize("field", BOARDS)
def test_half_a_name_is_not_enough(parse: Parse, field: str) -> None:
    assert f"{field} is missing" in refusal({name: value for name, value in BOARDS.items() if name != field}, parse)


@BY_EITHER
def test_the_latest_version_is_another_one_tomorrow(parse: Parse) -> None:
    assert 'ModelVersion must be the number of a version, got "latest"' in refusal(
        {**BOARDS, "ModelVersion": "latest"}, parse
    )


def test_a_token_is_letters_and_digits_and_hyphens() -> None:
    assert "ClientToken must be " in refusal({**BOARDS, "ClientToken": "two words"})


def model_of(client: Any) -> ServiceModel:
    """Return the model behind that client."""
    calls = ServiceCalls(client, where_unreachable=LOOKOUT_VISION.where_unreachable)
    return ServiceModel(request(ProjectVersionArn=None, **BOARDS), calls)


def test_a_start_asks_for_the_model_and_the_units_with_a_token() -> None:
    units = {"MinInferenceUnits": 2, "MaxInferenceUnits": 5}
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("start_model", {"Status": "STARTING_HOSTING"}, {**BOARDS, **units, "ClientToken": TOKEN})

        assert model_of(client).start(units, client_token=TOKEN) == "STARTING_HOSTING"


def test_a_stop_asks_for_the_model_without_a_token() -> None:
    with stubbed("lookoutvision") as (client, stub):
        stub.add_response("stop_model", {"Status": "STOPPING_HOSTING"}, BOARDS)

        assert model_of(client).stop() == "STOPPING_HOSTING"


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
        stub.add_response("describe_model", {"ModelDescription": {"Status": "HOSTED", **more}}, BOARDS)

        seen = model_of(client).describe()

    assert seen == ModelDescription(
        status="HOSTED",
        status_message=message,
        min_inference_units=units[0],
        max_inference_units=units[1],
        identity=BOARDS,
    )


def unresolved(errno: int, *, urllib3: int) -> Exception:
    """Return what either urllib3 raises of a host name without an address, with what it raises that in."""
    reason = socket.gaierror(errno, "Name or service not known")
    if urllib3 == 1:
        error: Exception = NewConnectionError(cast("Any", None), f"Failed to establish a new connection: {reason}")
        error.__context__ = reason
    else:
        error = NameResolutionError("host", cast("Any", None), reason)
        error.__cause__ = reason
    return error


@pytest.mark.parametrize(
    ("cause", "error"),
    [
        (unresolved(socket.EAI_NONAME, urllib3=1), ServiceUnreachableError),
        (unresolved(socket.EAI_NONAME, urllib3=2), ServiceUnreachableError),
        (unresolved(socket.EAI_AGAIN, urllib3=1), ServiceUnavailableError),
        (unresolved(socket.EAI_AGAIN, urllib3=2), ServiceUnavailableError),
        (ConnectionRefusedError(), ServiceUnavailableError),
    ],
    ids=repr,
)
def test_a_host_name_without_an_address_is_of_a_service_that_has_ended(
    cause: Exception, error: type[ModelLifecycleError]
) -> None:
    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://lookoutvision/", error=cause)

    client = client_of("lookoutvision")
    client.meta.events.register("before-send.lookoutvision", fail)
    try:
        with pytest.raises(error, match=f"DescribeModel could not connect: .* {SAYS}") as caught:
            model_of(client).describe()
        assert caught.value.perhaps_gone
    finally:
        client.meta.events.unregister("before-send.lookoutvision", fail)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, "AccessDeniedException", AccessDeniedError),
        (403, "403", ServiceRefusedError),
        (404, "404", ServiceUnreachableError),
        (404, "UnknownOperationException", ServiceUnreachableError),
        (410, "410", ServiceUnreachableError),
        (503, "503", ServiceUnavailableError),
        (302, "302", ServiceRefusedError),
    ],
)
def test_an_ended_service_may_answer_so(status: int, code: str, error: type[ModelLifecycleError]) -> None:
    with stubbed("lookoutvision") as (client, stub):
        stub.add_client_error("describe_model", code, "No.", http_status_code=status)

        with pytest.raises(error, match=rf'AWS answered DescribeModel with {code}: "No\." {SAYS}') as caught:
            model_of(client).describe()
    assert caught.value.perhaps_gone


@pytest.mark.parametrize(
    ("status", "code"), [(429, "ThrottlingException"), (400, "ValidationException"), (409, "ConflictException")]
)
def test_what_a_living_service_answers_says_nothing_of_an_end(status: int, code: str) -> None:
    with stubbed("lookoutvision") as (client, stub):
        stub.add_client_error("describe_model", code, "No.", http_status_code=status)

        with pytest.raises(ModelLifecycleError, match=rf'AWS answered DescribeModel with {code}: "No\."$') as caught:
            model_of(client).describe()
    assert not caught.value.perhaps_gone


def test_a_model_that_is_not_found_is_told_of_as_such() -> None:
    with stubbed("lookoutvision") as (client, stub):
        stub.add_client_error("describe_model", "ResourceNotFoundException", "No.", http_status_code=404)

        with pytest.raises(ModelNotFoundError, match=r'"No\."$'):
            model_of(client).describe()
