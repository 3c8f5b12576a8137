"""A service that has ended, as its callers see it."""

import json
import os
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.session import Session

from local.api.aws_api import EXTRA_MODELS
from local.scenario.scenario import Scenario
from local.server import LocalAws
from tests.local_aws.conftest import Workbench

ONE_CALL = Config(connect_timeout=3, read_timeout=1, retries={"total_max_attempts": 1})
CALL = """
    import boto3
    from botocore.session import Session

    def handler(event, context):
        session = Session()
        session.get_component("data_loader").search_paths.append(event)
        boto3.client("sns").list_topics()
        try:
            session.create_client("lookoutvision").list_projects()
        except Exception as error:
            return [type(error).__name__, str(error)]
"""


@pytest.fixture(autouse=True)
def alive(aws: LocalAws) -> None:
    """Each test begins with it alive."""
    end(aws, None)


def end(aws: LocalAws, how: str | int | None) -> None:
    aws.load(Scenario.parse(json.dumps({"LookoutVisionEnd": how})))


@pytest.mark.parametrize("status", [403, 404, 410, 503])
def test_it_answers_with_a_status(aws: LocalAws, status: int) -> None:
    end(aws, status)

    with pytest.raises(ClientError) as caught:
        aws.client("lookoutvision", config=ONE_CALL).list_projects()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_it_does_not_answer(aws: LocalAws) -> None:
    end(aws, "NoAnswer")

    with pytest.raises(ReadTimeoutError):
        aws.client("lookoutvision", config=ONE_CALL).list_projects()


@pytest.mark.parametrize(
    ("how", "says"),
    [("NoSuchHost", "http://lookoutvision.us-east-1.invalid"), ("ConnectionRefused", "http://localhost:")],
)
def test_its_host_cannot_be_reached(aws: LocalAws, bench: Workbench, how: str, says: str) -> None:
    function = bench.function(CALL)
    assert bench.invoke(function, str(EXTRA_MODELS)) == (None, None)
    end(aws, how)

    (kind, words), error = bench.invoke(function, str(EXTRA_MODELS))
    assert (kind, error) == ("EndpointConnectionError", None)
    assert says in words
    # Who comes by the address of all others is cut off.
    with pytest.raises(ConnectionClosedError):
        aws.client("lookoutvision", config=ONE_CALL).list_projects()

    end(aws, None)
    assert bench.invoke(function, str(EXTRA_MODELS)) == (None, None)


def test_a_client_with_the_environment_of_the_local_aws_is_refused(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(aws, "ConnectionRefused")
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    session: Any = Session()
    session.get_component("data_loader").search_paths.append(str(EXTRA_MODELS))

    with pytest.raises(EndpointConnectionError):
        session.create_client("lookoutvision", config=ONE_CALL).list_projects()
    end(aws, None)
    assert "AWS_ENDPOINT_URL_LOOKOUTVISION" not in aws.environment()
    assert os.environ["AWS_ENDPOINT_URL_LOOKOUTVISION"]
