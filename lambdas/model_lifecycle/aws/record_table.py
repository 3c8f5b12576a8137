"""The only caller of the table of model records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.errors import ModelNotFoundError, RecordChangedError, ServiceRefusedError
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from model_lifecycle.vocabulary.spelling import pascal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_INSTANTS = frozenset(field.name for field in fields(ModelRecord) if field.type == datetime | None)


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
        item = answer.get("Item")
        if item is None:
            return ModelRecord()
        return ModelRecord(**{field.name: _value(item, field.name) for field in fields(ModelRecord)})

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
    written: dict[str, AttributeValueTypeDef] = {}
    for field in fields(record):
        value: Any = getattr(record, field.name)
        if isinstance(value, int):
            written[pascal(field.name)] = {"N": str(value)}
        elif value is not None:
            written[pascal(field.name)] = {"S": to_instant(value) if isinstance(value, datetime) else value}
    return written


def _value(item: "dict[str, AttributeValueTypeDef]", field: str) -> Any:
    value = item.get(pascal(field), {})
    if "N" in value:
        return int(value["N"])
    written = value.get("S")
    return from_instant(written) if written and field in _INSTANTS else written
