"""What the watch has said once and for all."""

from datetime import datetime
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.aws.sure_writes import SureWrites
from model_lifecycle.vocabulary.errors import RecordChangedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Notes:
    """A text for each subject, in the table of what was told; it stays until it is changed. Raises as `Model` does."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table_name = table_name
        self._client = client

    def read(self, subject: str) -> str | None:
        """Return what was said last of it; None for nothing."""
        with service_errors("GetItem"):
            answer = self._client.get_item(TableName=self._table_name, Key=_key(subject), ConsistentRead=True)
        return answer["Item"]["Text"]["S"] if "Item" in answer else None

    def is_first(self, once: str, *, until: datetime) -> bool:
        """Tell whether nobody has asked this of that text before; it is remembered until then."""
        item = {**_key(once), "ExpiresAt": {"N": str(int(until.timestamp()))}}
        try:
            with service_errors("PutItem"):
                SureWrites(self._client).put_item(
                    TableName=self._table_name, Item=item, ConditionExpression="attribute_not_exists(NotificationId)"
                )
        except RecordChangedError:
            return False
        return True

    def write(self, subject: str, text: str | None) -> None:
        """Say this of it from now on; None: nothing."""
        if text is None:
            with service_errors("DeleteItem"):
                self._client.delete_item(TableName=self._table_name, Key=_key(subject))
            return
        with service_errors("PutItem"):
            self._client.put_item(TableName=self._table_name, Item={**_key(subject), "Text": {"S": text}})


def _key(subject: str) -> dict[str, dict[str, str]]:
    return {"NotificationId": {"S": f"note {subject}"}}
