"""The only caller of the table of model records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.codec import fields_json, read_json
from model_lifecycle.vocabulary.errors import ModelNotFoundError, RecordChangedError, ServiceRefusedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class RecordTable:
    """Model records in DynamoDB, one item a model: `ModelId` is its key, `Version` guards every write."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table_name = table_name
        self._client = client

    def read(self, request: ModelRequest) -> ModelRecord:
        """The item, or an empty record where there is none."""
        with _table_errors("GetItem"):
            answer = self._client.get_item(
                TableName=self._table_name, Key={"ModelId": {"S": request.model_id}}, ConsistentRead=True
            )
        return read_json(ModelRecord, {name: _value(stored) for name, stored in answer.get("Item", {}).items()})

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """PutItem on condition that the version is still the one that was read."""
        written = replace(after, version=before.version + 1)
        try:
            with _table_errors("PutItem"):
                self._client.put_item(
                    TableName=self._table_name,
                    Item={"ModelId": {"S": request.model_id}, **_attributes(written)},
                    ConditionExpression="attribute_not_exists(ModelId) OR Version = :before",
                    ExpressionAttributeValues={":before": {"N": str(before.version)}},
                )
        except RecordChangedError:
            return None
        return written


@contextmanager
def _table_errors(operation: str) -> Iterator[None]:
    try:
        with service_errors(operation):
            yield
    except ModelNotFoundError as error:
        # It is the table that is not there.
        raise ServiceRefusedError(str(error)) from error


def _attributes(record: ModelRecord) -> "dict[str, AttributeValueTypeDef]":
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in fields_json(record).items()
        if value is not None
    }


def _value(stored: "AttributeValueTypeDef") -> int | str:
    return int(stored["N"]) if "N" in stored else stored["S"]
