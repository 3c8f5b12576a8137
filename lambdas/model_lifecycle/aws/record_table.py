"""The only caller of the table of model records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.record import GROWING, OF_RUN, ModelRecord
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.codec import field_types, fields_json, pascal, read_json
from model_lifecycle.vocabulary.errors import ModelNotFoundError, RecordChangedError, ServiceRefusedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


_GROWING = {pascal(name) for name in GROWING}
_OF_RUN = {pascal(name) for name in OF_RUN}


class RecordTable:
    """Model records in DynamoDB, one item a model: `ModelId` is its key, `Version` counts its writes."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table_name = table_name
        self._client = client

    def read(self, request: ModelRequest) -> ModelRecord:
        """Return the item, or an empty record where there is none."""
        with table_errors("GetItem"):
            answer = self._client.get_item(
                TableName=self._table_name, Key={"ModelId": {"S": request.model_id}}, ConsistentRead=True
            )
        return record_of(answer.get("Item", {}))

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """PutItem on condition that the version is still the one that was read."""
        written = replace(after, version=before.version + 1)
        item: dict[str, AttributeValueTypeDef] = {"ModelId": {"S": request.model_id}, **_attributes(written)}
        try:
            with table_errors("PutItem"):
                self._client.put_item(
                    TableName=self._table_name,
                    Item=item,
                    ConditionExpression="attribute_not_exists(ModelId) OR Version = :before",
                    ExpressionAttributeValues={":before": {"N": str(before.version)}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except RecordChangedError as error:
            # The client writes again where no answer came: then its own writing stands in its way.
            return written if _found_by(error) == item else None
        return written

    def join(self, request: ModelRequest, found: ModelRecord, joined: ModelRecord) -> ModelRecord | None:
        """UpdateItem of what differs, on conditions that others who join at the same time leave true."""
        try:
            with table_errors("UpdateItem"):
                answer = self._client.update_item(
                    TableName=self._table_name,
                    Key={"ModelId": {"S": request.model_id}},
                    ReturnValues="ALL_OLD",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **_joining(_attributes(found), _attributes(joined)),
                )
        except RecordChangedError as error:
            # What grew with it refuses the same writing again.
            once = replace(joined, version=found.version + 1)
            return found if record_of(_found_by(error)) == once else None
        return record_of(answer.get("Attributes", {}))


def _joining(
    before: "Mapping[str, AttributeValueTypeDef]", after: "Mapping[str, AttributeValueTypeDef]"
) -> dict[str, Any]:
    """Return what UpdateItem takes to write what differs: the update, its conditions, and the values of both."""
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} - {"Version"}
    growing = changed & _GROWING & after.keys()
    minded = _OF_RUN | (changed & _GROWING - growing)
    sets = {name: f":{name}" for name in sorted(changed & after.keys())}
    if "LeaseEndsAt" in growing & before.keys():
        # DynamoDB reads the item as it was before: the end that is replaced may be another one by now.
        sets["LeaseBefore"] = "LeaseEndsAt"
    removes = sorted(changed - sets.keys())
    met = {name: f"{name} = :{name}Before" for name in minded} | {name: f"{name} < :{name}" for name in growing}
    return {
        "UpdateExpression": " ".join(
            [
                *([f"SET {', '.join(f'{name} = {value}' for name, value in sets.items())}"] if sets else []),
                *([f"REMOVE {', '.join(removes)}"] if removes else []),
                "ADD Version :one",
            ]
        ),
        "ConditionExpression": " AND ".join(
            condition if name in before else f"attribute_not_exists({name})" for name, condition in sorted(met.items())
        ),
        "ExpressionAttributeValues": {
            **{value: after[name] for name, value in sets.items() if value == f":{name}"},
            **{f":{name}Before": before[name] for name in minded & before.keys()},
            ":one": {"N": "1"},
        },
    }


def _found_by(error: RecordChangedError) -> "dict[str, AttributeValueTypeDef]":
    """Return the item that stands there, as the answer of the refused call says."""
    item: dict[str, AttributeValueTypeDef] = getattr(error.__cause__, "response", {}).get("Item", {})
    return item


@contextmanager
def table_errors(operation: str) -> Iterator[None]:
    """Raise what `Model` raises."""
    try:
        with service_errors(operation):
            yield
    except ModelNotFoundError as error:
        # It is the table that is not there.
        raise ServiceRefusedError(str(error)) from error


def _attributes(record: ModelRecord) -> "dict[str, AttributeValueTypeDef]":
    return {name: _stored(value) for name, value in fields_json(record).items() if value not in (None, [])}


def _stored(value: int | str | list[int]) -> "AttributeValueTypeDef":
    if isinstance(value, list):
        return {"L": [_stored(each) for each in value]}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def record_of(item: "Mapping[str, AttributeValueTypeDef]") -> ModelRecord:
    """Return the record that an item is."""
    # A later release may have written more, of types that are unknown here, too.
    known = [name for name in map(pascal, field_types(ModelRecord)) if name in item]
    return read_json(ModelRecord, {name: _value(item[name]) for name in known})


def _value(stored: "AttributeValueTypeDef") -> int | str | list[int]:
    if "L" in stored:
        return [int(each["N"]) for each in stored["L"] if "N" in each]
    return int(stored["N"]) if "N" in stored else stored["S"]
