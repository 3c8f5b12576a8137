"""The only caller of the items by which all executions pace their calls, one a service."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.pace import AT_ONCE, BETWEEN_CALLS, Queue, Slot
from model_lifecycle.vocabulary.errors import RecordChangedError, ServiceUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_TRIES = 4
# The queue of all ends at "FreeAt", and that of those who go first at "FirstFreeAt", in milliseconds since 1970. Who
# finds a queue at its end appends to that; who finds it over begins it anew. DynamoDB has no "the later of two".
_BEGINS, _APPENDS = "({0} <= :now OR attribute_not_exists({0}))", "{0} > :now"


class PacedCalls:
    """The `Pace`, in the table of the records."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table_name = table_name
        self._client = client

    def reserve(self, service: str, calls: int, *, first: bool, now: datetime) -> tuple[Slot, Queue]:
        """UpdateItem, on the condition that the queues stand as was thought; if not, the answer tells how they do."""
        queues = ("FreeAt", "FirstFreeAt") if first else ("FreeAt",)
        found: Mapping[str, Any] = {}
        for _ in range(_MOST_TRIES):
            try:
                found = self._update(service, _reservation(queues, calls * BETWEEN_CALLS, found, now, first=first))
            except RecordChangedError as error:
                found = getattr(error.__cause__, "response", {}).get("Item", {})
                continue
            queue = _queue(found)
            at = _moment(found, queues[-1]) - max(calls, AT_ONCE) * BETWEEN_CALLS
            return Slot(at=at, first=first, pushed=queue.pushed), queue
        raise ServiceUnavailableError("The queue of calls changes too fast.", perhaps_done=False)

    def queue(self, service: str, *, now: datetime) -> Queue:  # noqa: ARG002 - only who keeps it elsewhere asks
        """GetItem."""
        with service_errors("GetItem"):
            answer = self._client.get_item(TableName=self._table_name, Key=_key(service), ConsistentRead=True)
        return _queue(answer.get("Item", {}))

    def _update(self, service: str, update: dict[str, Any]) -> Mapping[str, Any]:
        with service_errors("UpdateItem"):
            answer = self._client.update_item(
                TableName=self._table_name,
                Key=_key(service),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **update,
            )
        return answer["Attributes"]


def _reservation(
    queues: tuple[str, ...], takes: timedelta, found: Mapping[str, Any], now: datetime, *, first: bool
) -> dict[str, Any]:
    """Return what UpdateItem takes to reserve so much time in each of these queues."""
    appends = [name for name in queues if _moment(found, name) > now]
    begins = [name for name in queues if name not in appends]
    adds = [*appends, *(["Pushed"] if first else [])]
    sets = ", ".join(f"{name} = :end" for name in begins)
    conditions = [*(_APPENDS.format(name) for name in appends), *(_BEGINS.format(name) for name in begins)]
    numbers = {
        ":now": now - _EPOCH,
        **({":end": now - _EPOCH + takes} if begins else {}),
        **({":takes": takes} if adds else {}),
    }
    return {
        "UpdateExpression": " ".join(
            [
                *([f"SET {sets}"] if begins else []),
                *([f"ADD {', '.join(f'{name} :takes' for name in adds)}"] if adds else []),
            ]
        ),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeValues": {name: {"N": str(each // _MILLISECOND)} for name, each in numbers.items()},
    }


def _queue(item: Mapping[str, Any]) -> Queue:
    return Queue(free_at=_moment(item, "FreeAt"), pushed=int(item["Pushed"]["N"]) if "Pushed" in item else 0)


def _moment(item: Mapping[str, Any], name: str) -> datetime:
    return _EPOCH + (int(item[name]["N"]) if name in item else 0) * _MILLISECOND


def _key(service: str) -> dict[str, dict[str, str]]:
    return {"ModelId": {"S": f"pace {service}"}}
