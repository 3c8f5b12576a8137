"""Conditional writes count once, even if their answer was lost."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from model_lifecycle.aws.sure_writes import SureWrites
from tests.fakes.stubbed import client_of, create_table

NEW: dict[str, Any] = {
    "TableName": "told",
    "Item": {"Id": {"S": "it"}},
    "ConditionExpression": "attribute_not_exists(Id)",
}


class SendsTwice:
    """A client to whose first writing no answer comes."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def put_item(self, **asked: Any) -> Any:
        self._client.put_item(**asked)
        return self._client.put_item(**asked)


def test_a_writing_that_is_sent_again_counts_and_that_of_another_does_not() -> None:
    with mock_aws():
        client = client_of("dynamodb")
        create_table(client, "told", key="Id")
        lossy: Any = SendsTwice(client)

        SureWrites(lossy).put_item(**NEW)
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            SureWrites(client).put_item(**NEW)

        assert SureWrites(client).get_item(TableName="told", Key=NEW["Item"])["Item"]["Id"] == {"S": "it"}
