"""What the watch counted of the budget, in the table of the records and beside them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from model_lifecycle.aws.ledger_table import BUDGET_ID, LedgerTable
from model_lifecycle.aws.paced_calls import PacedCalls
from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import Ledger
from model_lifecycle.vocabulary.codec import fields_json
from tests.fakes.given import EXECUTION, after, request
from tests.fakes.stubbed import client_of, create_table

LEDGER = Ledger(
    begins_at=after(-3_600),
    ends_at=after(82_800),
    until=after(0),
    unit_seconds={request().model_id: 3_600.0},
    running={request().model_id: 2},
    told={"": [50], "parts": [50, 80]},
)


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        client = client_of("dynamodb")
        create_table(client, "records", key="ModelId")
        yield client


def test_what_is_written_is_what_is_read(client: Any) -> None:
    table = LedgerTable("records", client)
    assert table.ledgers() == []

    table.write([LEDGER])

    assert table.ledgers() == [LEDGER]


def test_what_else_is_there_is_no_record_of_a_model(client: Any) -> None:
    table, records = LedgerTable("records", client), RecordTable("records", client)
    table.write([LEDGER])
    PacedCalls("records", client).reserve("rekognition", 1, first=False, now=after(0))
    written = records.replace(request(), ModelRecord(), ModelRecord(latest_start=EXECUTION))

    assert table.records() == {request().model_id: written}


def test_what_a_later_release_has_added_is_left_out(client: Any) -> None:
    table = LedgerTable("records", client)
    table.write([LEDGER])
    item = client.get_item(TableName="records", Key={"ModelId": {"S": BUDGET_ID}})["Item"]
    item["Ledgers"]["S"] = item["Ledgers"]["S"].replace('"Closed"', '"New": {"any": 1}, "Closed"')
    client.put_item(TableName="records", Item=item)

    assert table.ledgers() == [LEDGER]


@pytest.mark.parametrize(
    "damage",
    [
        {"N": "3"},
        {"S": ""},
        {"S": "null"},
        {"S": "[5]"},
        {"S": "[{}]"},
        {"S": '[{"BeginsAt": "x", "EndsAt": "x", "Until": "x"}]'},
        *(
            {"S": json.dumps([{**fields_json(LEDGER), **wrong}])}
            for wrong in (
                {"UnitSeconds": {"a": "b"}},
                {"UnitSeconds": {"a": float("nan")}},
                {"Running": 5},
                {"Told": {"": 50}},
            )
        ),
    ],
    ids=str,
)
def test_what_is_damaged_keeps_nothing_from_being_started_and_is_counted_anew(client: Any, damage: Any) -> None:
    table = LedgerTable("records", client)
    client.put_item(TableName="records", Item={"ModelId": {"S": BUDGET_ID}, "Ledgers": damage})

    assert table.ledgers() == []
