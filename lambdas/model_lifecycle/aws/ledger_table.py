"""What the watch counted of the budget's period and the one before: one item of the table of model records."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from model_lifecycle.aws.record_table import record_of, table_errors
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import Ledger, project_of
from model_lifecycle.vocabulary.codec import fields_json, read_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUDGET_ID = "budget"
"""Its `ModelId`: those of models begin with their service."""


class LedgerTable:
    """The item, and the records beside it. Raises as `Model` does."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table_name = table_name
        self._client = client

    def ledgers(self) -> list[Ledger]:
        """GetItem. An item that is damaged counts as none: the watch counts anew, and writes another in its place."""
        with table_errors("GetItem"):
            answer = self._client.get_item(
                TableName=self._table_name, Key={"ModelId": {"S": BUDGET_ID}}, ConsistentRead=True
            )
        try:
            return ledgers_of(answer["Item"]["Ledgers"]["S"]) if "Item" in answer else []
        except (AttributeError, LookupError, TypeError, ValueError):
            return []

    def records(self) -> dict[str, ModelRecord]:
        """Scan: an item a model is few."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table_name, ConsistentRead=True)
        with table_errors("Scan"):
            items = [item for page in pages for item in page["Items"]]
        return {item["ModelId"]["S"]: record_of(item) for item in items if project_of(item["ModelId"]["S"])}

    def write(self, ledgers: Sequence[Ledger]) -> None:
        """PutItem."""
        with table_errors("PutItem"):
            self._client.put_item(
                TableName=self._table_name,
                Item={"ModelId": {"S": BUDGET_ID}, "Ledgers": {"S": json.dumps([*map(fields_json, ledgers)])}},
            )


def ledgers_of(written: str) -> list[Ledger]:
    """Return the ledgers of the item's text.

    Raises AttributeError, LookupError, TypeError or ValueError for what nobody can count with.
    """
    ledgers: Sequence[Mapping[str, object]] = json.loads(written)
    return [_whole(read_json(Ledger, each)) for each in ledgers]


def _whole(ledger: Ledger) -> Ledger:
    """Return the same ledger. Raises as `ledgers_of` for one that nobody can count with."""
    if not isfinite(sum((*ledger.unit_seconds.values(), *ledger.running.values()))):
        raise ValueError
    return replace(ledger, told={name: [*map(int, percents)] for name, percents in ledger.told.items()})
