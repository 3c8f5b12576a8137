"""The lines of waiting starts in DynamoDB: who comes and goes at the same time is in nobody's way."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from model_lifecycle.aws.line_table import LineTable, line_of
from model_lifecycle.aws.record_table import RecordTable, record_of
from model_lifecycle.model.line import Line
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.vocabulary.codec import fields_json
from model_lifecycle.vocabulary.errors import ServiceRefusedError, ServiceUnavailableError
from tests.fakes.given import DEFAULTS, HOME, after, request
from tests.fakes.stubbed import client_of, create_table, stubbed
from tests.unit.model_lifecycle.model.test_line import waiter

BOARDS = parse_request({"ProjectName": "boards", "ModelVersion": "1"}, defaults=DEFAULTS, home=HOME)


@pytest.fixture
def lines() -> Iterator[LineTable]:
    with mock_aws():
        client = client_of("dynamodb")
        create_table(client, "records", key="ModelId")
        yield LineTable("records", client)


def test_a_line_without_anybody_is_empty(lines: LineTable) -> None:
    lines.leave(request(), "nobody")

    assert lines.read(request()) == Line([])


def test_who_enters_stands_there_until_it_leaves_and_each_service_has_its_own_line(lines: LineTable) -> None:
    first, second = waiter("first", 1, refused=50), waiter("second", 2)
    lines.enter(request(), first)
    lines.enter(request(), second, probed_at=after(3))
    there = replace(first, seen_at=after(200))
    lines.enter(request(), there)

    assert lines.read(request()) == Line([there, second], probed_at=after(3))
    assert lines.read(BOARDS) == Line([])

    lines.leave(request(), first.execution_arn, passed_at=after(9))

    assert lines.read(request()) == Line([second], probed_at=after(3), passed_at=after(9))


def test_who_is_forgotten_is_taken_out_by_the_next_one(lines: LineTable) -> None:
    gone, there = waiter("gone"), waiter("there")
    lines.enter(request(), gone)
    lines.enter(request(), there, forget=[gone.execution_arn, "one that is not there any more"])

    assert lines.read(request()).waiters == [there]


@pytest.mark.parametrize("damage", [{}, {"Since": {"N": "5"}}, {"Since": {"S": "early"}}], ids=str)
def test_nobody_waits_behind_what_is_damaged(damage: dict[str, Any]) -> None:
    whole = {name: {"S": value} for name, value in fields_json(waiter("first")).items() if value}

    assert line_of({"first": {"M": whole}, "damaged": {"M": {**whole, **damage} if damage else {}}}).waiters == [
        replace(waiter("first"), execution_arn="first")
    ]


def test_a_line_is_no_record_of_a_model(lines: LineTable) -> None:
    lines.enter(request(), waiter("first"))
    client = client_of("dynamodb")

    [item] = client.scan(TableName="records")["Items"]

    assert record_of(item) == ModelRecord()
    assert RecordTable("records", client).read(request()) == ModelRecord()


@pytest.mark.parametrize(
    ("code", "error"),
    [("ThrottlingException", ServiceUnavailableError), ("ResourceNotFoundException", ServiceRefusedError)],
)
def test_what_the_table_answers_is_told_in_our_words(code: str, error: type[Exception]) -> None:
    with stubbed("dynamodb") as (client, answers):
        answers.add_client_error("get_item", code)
        answers.add_client_error("update_item", code)
        lines = LineTable("records", client)
        with pytest.raises(error):
            lines.read(request())
        with pytest.raises(error):
            lines.leave(request(), "somebody")
