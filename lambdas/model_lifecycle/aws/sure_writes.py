"""A client of DynamoDB that knows its own writing again."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_WRITING = "Writing"
"""The attribute that names the call that wrote an item."""


class SureWrites:
    """The client, but that no conditional PutItem is refused for what it wrote itself.

    Where no answer comes, the client writes again. The first writing stands in its way then, as that of another would.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client

    def put_item(self, **asked: Any) -> dict[str, Any]:
        """PutItem. Raises botocore's ClientError and BotoCoreError."""
        mark = {"S": uuid4().hex}
        written = {**asked, "Item": {**asked["Item"], _WRITING: mark}, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        try:
            return dict(self._client.put_item(**written))
        except ClientError as error:
            stands: Any = error.response.get("Item", {})
            if stands.get(_WRITING) != mark:
                raise
            return {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)
