"""Model records in DynamoDB: of two writers one wins, and the other sees it."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.model.record import OF_RUN, ModelRecord
from tests.fakes.fake_seams import FakeRecords
from tests.fakes.given import EXECUTION, START, STOP_EXECUTION, VERSION, after, request, stop_request
from tests.fakes.stubbed import client_of, create_table, stubbed

MODEL_ID = f"Rekognition {VERSION}"
# Instants are written to the millisecond.
MOMENTS = st.none() | st.integers(0, 10**10).map(lambda thousandths: START + timedelta(milliseconds=thousandths))
TEXTS = st.none() | st.sampled_from([EXECUTION, STOP_EXECUTION, "STOPPED"])
UNITS = st.none() | st.integers(1, 2**31 - 1)
STARTS = st.lists(st.integers(1, 86_400), max_size=10).map(tuple)
OF_TYPE = {"str": TEXTS, "int": UNITS, "datetime": MOMENTS, "tuple[int, ...]": STARTS}
RECORDS = st.builds(
    ModelRecord,
    **{
        field.name: OF_TYPE[str(field.type).removesuffix(" | None").removeprefix("datetime.")]
        for field in fields(ModelRecord)
        if field.name != "version"
    },
)


@pytest.fixture(scope="module")
def table() -> Iterator[RecordTable]:
    with mock_aws():
        client = client_of("dynamodb")
        create_table(client, "records", key="ModelId")
        yield RecordTable("records", client)


@settings(max_examples=50)
@given(RECORDS)
def test_what_is_written_is_what_is_read(table: RecordTable, record: ModelRecord) -> None:
    before = table.read(request())

    written = table.replace(request(), before, record)

    assert written == replace(record, version=before.version + 1)
    assert table.read(request()) == written


def test_a_start_and_a_stop_of_a_model_share_its_record_and_no_other_model_does(table: RecordTable) -> None:
    other = request(ProjectVersionArn=VERSION.replace("1767603600000", "1767603600001"))
    before = table.read(other)

    written = table.replace(request(), table.read(request()), ModelRecord(latest_start=EXECUTION))

    assert table.read(stop_request()) == written
    assert table.read(other) == before


def test_nothing_is_remembered_of_a_model_that_nobody_wrote_of(table: RecordTable) -> None:
    nobody_s = request(ProjectVersionArn=VERSION.replace("1767603600000", "1"))

    assert table.read(nobody_s) == ModelRecord()


@pytest.mark.parametrize("number", ["2", "3"])
@pytest.mark.parametrize("known", [False, True], ids=["the first record", "a later record"])
def test_of_two_writers_one_wins_and_the_other_sees_it(table: RecordTable, known: bool, number: str) -> None:
    model = request(ProjectVersionArn=VERSION.replace("1767603600000", f"{number}{int(known)}"))
    if known:
        table.replace(model, ModelRecord(), ModelRecord(latest_start="nobody"))
    seen_by_both = table.read(model)

    won = table.replace(model, seen_by_both, ModelRecord(latest_start="the first"))
    lost = table.replace(model, seen_by_both, ModelRecord(latest_start="the second"))

    assert lost is None
    assert table.read(model) == won == ModelRecord(version=1 + known, latest_start="the first")


@settings(max_examples=100)
@given(RECORDS, RECORDS, st.data())
def test_who_joins_changes_what_they_mean_to_and_minds_only_the_run(
    table: RecordTable, found: ModelRecord, joined: ModelRecord, data: st.DataObject
) -> None:
    """And the records of the other tests do the same in memory."""
    kept = {field.name: data.draw(st.booleans(), field.name) for field in fields(ModelRecord)}
    stands = replace(found, **{name: getattr(found if keep else joined, name) for name, keep in kept.items()})
    fake = FakeRecords()
    for records in (fake, table):
        assert records.replace(request(), records.read(request()), stands)
    fake.record = table.read(request())

    was = table.join(request(), found, joined)

    assert was == fake.join(request(), found, joined)
    assert table.read(request()) == fake.record
    of_its_run = all(getattr(stands, name) == getattr(found, name) for name in OF_RUN)
    assert of_its_run or was is None


def test_two_who_join_at_the_same_time_both_do_and_the_latest_counts(table: RecordTable) -> None:
    model = request(ProjectVersionArn=VERSION.replace("1767603600000", "41"))
    of_run = ModelRecord(latest_start="asker", wanted_at=after(0), lease_ends_at=after(60), leased_by="asker")
    found = table.replace(model, ModelRecord(), of_run)
    assert found is not None
    later = replace(found, wanted_at=after(9), lease_ends_at=after(90), leased_by="later", lease_before=after(60))
    latest = replace(found, wanted_at=after(5), lease_ends_at=after(99), leased_by="latest", lease_before=after(60))

    assert table.join(model, found, later) == found
    assert table.join(model, found, latest) is None
    wish_of_other = replace(latest, wanted_at=found.wanted_at)
    assert table.join(model, found, wish_of_other) == replace(later, version=found.version + 1)
    stands = table.read(model)
    assert (stands.wanted_at, stands.lease_ends_at, stands.lease_before) == (after(9), after(99), after(90))


def test_who_joins_and_hears_no_answer_has_joined_unless_others_have_too(table: RecordTable) -> None:
    model = request(ProjectVersionArn=VERSION.replace("1767603600000", "42"))
    found = table.replace(model, ModelRecord(), ModelRecord(wanted_at=after(0), lease_ends_at=after(60)))
    assert found is not None
    later = replace(found, wanted_at=after(9), lease_ends_at=after(90), lease_before=after(60))

    assert [table.join(model, found, later) for _ in range(2)] == [found, found]
    assert table.join(model, found, replace(later, leased_by="another")) is None
    stands = table.read(model)
    assert table.join(model, stands, replace(stands, wanted_at=after(10))) == stands
    assert table.join(model, found, later) is None


def test_a_record_of_an_earlier_deploy_is_read_as_far_as_it_goes() -> None:
    item = {"ModelId": {"S": MODEL_ID}, "Version": {"N": "3"}, "LatestStart": {"S": EXECUTION}, "Color": {"S": "red"}}
    with stubbed("dynamodb") as (client, stub):
        stub.add_response("get_item", {"Item": item})

        assert RecordTable("records", client).read(request()) == ModelRecord(version=3, latest_start=EXECUTION)


def test_a_record_is_read_as_it_stands_and_not_as_it_stood() -> None:
    asked = {"TableName": "records", "Key": {"ModelId": {"S": MODEL_ID}}, "ConsistentRead": True}
    with stubbed("dynamodb") as (client, stub):
        stub.add_response("get_item", {}, asked)

        assert RecordTable("records", client).read(request()) == ModelRecord()


def test_a_write_says_what_it_takes_for_the_present_version_and_leaves_out_what_is_not_known() -> None:
    asked = {
        "TableName": "records",
        "Item": {
            "ModelId": {"S": MODEL_ID},
            "Version": {"N": "8"},
            "LatestStart": {"S": EXECUTION},
            "LeaseEndsAt": {"S": "2026-01-05T09:00:01.500Z"},
            "MinInferenceUnits": {"N": "2"},
        },
        "ConditionExpression": "attribute_not_exists(ModelId) OR Version = :before",
        "ExpressionAttributeValues": {":before": {"N": "7"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    record = ModelRecord(latest_start=EXECUTION, lease_ends_at=after(1.5), min_inference_units=2)
    with stubbed("dynamodb") as (client, stub):
        stub.add_response("put_item", {}, asked)

        assert RecordTable("records", client).replace(request(), ModelRecord(version=7), record)


def test_what_was_written_although_no_answer_came_is_known_to_be_one_s_own(table: RecordTable) -> None:
    model = request(ProjectVersionArn=VERSION.replace("1767603600000", "4"))
    mine = ModelRecord(latest_start=EXECUTION, asked_at=after(1))

    written = table.replace(model, ModelRecord(), mine)

    assert table.replace(model, ModelRecord(), mine) == written == table.read(model)
    assert table.replace(model, ModelRecord(), ModelRecord(latest_start=EXECUTION, asked_at=after(2))) is None
