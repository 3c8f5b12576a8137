"""The only caller of the table of model records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from model_lifecycle.errors import ModelNotFoundError, RecordChangedError, ServiceRefusedError
from model_lifecycle.instant import from_instant, to_instant
from model_lifecycle.record import ModelRecord
from model_lifecycle.request import Request
from model_lifecycle.service_errors import service_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class RecordTable:
    """Model records in DynamoDB, one item a model: `ModelId` is its key, `Version` guards every write."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table_name = table_name
        self._client = client

    def read(self, request: Request) -> ModelRecord:
        """The item, or an empty record where there is none."""
        with _table_errors("GetItem"):
            answer = self._client.get_item(
                TableName=self._table_name, Key={"ModelId": {"S": _id(request)}}, ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            return ModelRecord()
        return ModelRecord(
            version=int(item["Version"]["N"]),
            latest_start=_text(item, "LatestStart"),
            asked_at=_instant(item, "AskedAt"),
            status_when_asked=_text(item, "StatusWhenAsked"),
        )

    def replace(self, request: Request, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """PutItem on condition that the version is still the one that was read."""
        written = replace(after, version=before.version + 1)
        try:
            with _table_errors("PutItem"):
                self._client.put_item(
                    TableName=self._table_name,
                    Item={"ModelId": {"S": _id(request)}, **_attributes(written)},
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


def _id(request: Request) -> str:
    names = [request.identity[field.name] for field in request.service.required]
    return " ".join([request.service.name, *names])


def _attributes(record: ModelRecord) -> "dict[str, AttributeValueTypeDef]":
    texts = {
        "LatestStart": record.latest_start,
        "AskedAt": None if record.asked_at is None else to_instant(record.asked_at),
        "StatusWhenAsked": record.status_when_asked,
    }
    version: AttributeValueTypeDef = {"N": str(record.version)}
    return {"Version": version, **{name: {"S": value} for name, value in texts.items() if value is not None}}


def _text(item: "dict[str, AttributeValueTypeDef]", name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _instant(item: "dict[str, AttributeValueTypeDef]", name: str) -> datetime | None:
    written = _text(item, name)
    return from_instant(written) if written is not None else None
