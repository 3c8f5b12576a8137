"""The only caller of the lines in the table of model records."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from model_lifecycle.aws.record_table import table_errors
from model_lifecycle.model.line import Line, Waiter
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.codec import fields_json, read_json
from model_lifecycle.vocabulary.instant import from_instant, to_instant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PROBED, _PASSED = "ProbedAt", "PassedAt"


class LineTable:
    """The `Lines`: an item for each service, in which every start that waits has an attribute by its ARN.

    So those who come and go at the same time do not stand in each other's way.
    """

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table_name = table_name
        self._client = client

    def read(self, request: ModelRequest) -> Line:
        """GetItem."""
        with table_errors("GetItem"):
            answer = self._client.get_item(
                TableName=self._table_name, Key=_key(request.service.name), ConsistentRead=True
            )
        return line_of(answer.get("Item", {}))

    def enter(
        self, request: ModelRequest, waiter: Waiter, *, forget: Sequence[str] = (), probed_at: datetime | None = None
    ) -> None:
        """UpdateItem: the waiter's attribute is written, and those to be forgotten are removed."""
        stands = {name: {"S": value} for name, value in fields_json(waiter).items() if value and name != "ExecutionArn"}
        self._update(
            request,
            {waiter.execution_arn: {"M": stands}, **({_PROBED: _moment(probed_at)} if probed_at else {})},
            forget,
        )

    def leave(self, request: ModelRequest, execution_arn: str, *, passed_at: datetime | None = None) -> None:
        """UpdateItem: its attribute is removed."""
        self._update(request, {_PASSED: _moment(passed_at)} if passed_at else {}, [execution_arn])

    def _update(self, request: ModelRequest, sets: Mapping[str, Any], removes: Sequence[str]) -> None:
        names = {f"#{place}": name for place, name in enumerate([*sets, *removes])}
        parts = {
            "SET": [f"#{place} = :{place}" for place in range(len(sets))],
            "REMOVE": list(names)[len(sets) :],
        }
        asked: dict[str, Any] = {
            "UpdateExpression": " ".join(f"{verb} {', '.join(each)}" for verb, each in parts.items() if each),
            "ExpressionAttributeNames": names,
        }
        if sets:
            asked["ExpressionAttributeValues"] = {f":{place}": value for place, value in enumerate(sets.values())}
        with table_errors("UpdateItem"):
            self._client.update_item(TableName=self._table_name, Key=_key(request.service.name), **asked)


def line_of(item: Mapping[str, Any]) -> Line:
    """Return the line that an item is. Nobody waits behind what is damaged."""
    waiters = [found for arn, stands in item.items() if "M" in stands and (found := _waiter(arn, stands["M"]))]
    moments = {name: from_instant(item[name]["S"]) for name in (_PROBED, _PASSED) if name in item}
    return Line(waiters, probed_at=moments.get(_PROBED), passed_at=moments.get(_PASSED))


def _waiter(execution_arn: str, stands: Mapping[str, Any]) -> Waiter | None:
    try:
        return read_json(Waiter, {name: each["S"] for name, each in stands.items()}, execution_arn=execution_arn)
    except (LookupError, TypeError, ValueError):
        return None


def line_id(service: str) -> str:
    """Return the name of a service's line, where those of models begin with the name of their service."""
    return f"line {service}"


def _key(service: str) -> dict[str, Any]:
    return {"ModelId": {"S": line_id(service)}}


def _moment(moment: datetime) -> dict[str, str]:
    return {"S": to_instant(moment)}
