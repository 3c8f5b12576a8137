"""The real clients of AWS with prepared answers, without a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session
from botocore.stub import Stubber

from model_lifecycle.services.lookout_vision.service import SERVICE_MODELS


@cache
def create_table(client: Any, name: str, *, key: str) -> None:
    """Make a DynamoDB table whose items are known by one text."""
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


# botocore no longer knows Lookout for Vision. What is loaded once is as good for each client.
_LOADER = Loader([str(SERVICE_MODELS)])


def client_of(service: str) -> Any:
    """Return the client that nobody's own configuration has a say in."""
    session = Session()
    session.register_component("data_loader", _LOADER)
    return session.create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - there is no secret
        config=Config(retries={"total_max_attempts": 1}),
    )


_client_with_stubs = cache(client_of)


@contextmanager
def stubbed(service: str) -> Iterator[tuple[Any, Stubber]]:
    """Yield a client, and its answers; at the end, each must have been asked for."""
    client = _client_with_stubs(service)
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()
