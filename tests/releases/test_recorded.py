"""This release reads what every release wrote, and ignores what a later one adds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any, cast

import pytest
import time_machine
from moto import mock_aws

from model_lifecycle.aws.lease_schedules import LeaseSchedules
from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.aws.teller import Teller
from model_lifecycle.endings.reading import Endings
from model_lifecycle.model.lease import Lease
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.steps.step import take_step
from model_lifecycle.vocabulary.codec import fields_json, pascal
from model_lifecycle.vocabulary.instant import from_instant
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, HOME, START, after, request
from tests.fakes.stubbed import client_of, create_table, stubbed
from tests.releases.record import HERE, VERSION
from tests.unit.model_lifecycle.aws.test_lease_schedules import TARGET

RELEASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "steps.json").exists())
LATER = {"SetByALaterRelease": {"Any": ["thing"]}}
ANY_TYPE = {"S": "x"}, {"N": "1.5"}, {"BOOL": True}, {"NULL": True}, {"L": [{"S": "x"}]}, {"M": {"X": {"S": "x"}}}


def recorded(name: str, release: str) -> list[Any]:
    items: list[Any] = json.loads((HERE / release / f"{name}.json").read_text(encoding="utf-8"))
    assert items
    return items


def every(name: str) -> pytest.MarkDecorator:
    """Each recorded item of that kind, of every release, as a parameter."""
    of = [(release, item) for release in RELEASES for item in recorded(name, release)]
    return pytest.mark.parametrize(
        "item", [item for _, item in of], ids=[f"{release}-{n}" for n, (release, _) in enumerate(of)]
    )


def test_what_this_release_writes_is_recorded() -> None:
    """`python -m tests.releases.record` does it."""
    assert VERSION in RELEASES


def stays(progress: Any, model: object, *, now: datetime) -> Any:  # noqa: ARG001
    """Return a step that does nothing: what comes out is what was read."""
    return progress


def step(payload: dict[str, Any]) -> dict[str, Any]:
    return take_step(
        payload,
        dict.fromkeys(Goal, stays),
        model_of=lambda _: cast("Any", None),
        defaults=DEFAULTS,
        home=HOME,
        now=START,
    )


@every("steps")
def test_every_state_is_read(item: dict[str, Any]) -> None:
    payload, answer = item["Payload"], item["Answer"]
    if item["State"].startswith("Notify"):
        ending = endings().read(payload)
        assert (endings().identity(payload), ending and ending.outcome) == (answer["NotificationId"], answer["Outcome"])
        return
    read, written = step(payload), payload["Progress"]
    assert (read["Failure"] or {}).get("Error") == _refused(answer)
    passed_on = {name: value for name, value in written.items() if name in read} if "Phase" in written else {}
    # How long to wait is for each step to say.
    assert {**read, "NextCheckSeconds": None} == {**read, **passed_on, "NextCheckSeconds": None}
    later = {**written, **LATER, "Request": {**written["Request"], **LATER}} if "Phase" in written else written
    assert step({**payload, **LATER, "Progress": later, "Execution": {**payload["Execution"], **LATER}}) == read


def _refused(answer: dict[str, Any]) -> str | None:
    """Return what the recorded step made of an input that is not valid."""
    failure = answer["Failure"] or {}
    return failure["Error"] if failure.get("Error") == "InvalidRequestError" else None


def endings(executions: Any = None) -> Endings:
    return Endings(
        executions=executions,
        model_of=lambda request: FakeModel("STOPPED").named_by(request),
        defaults=DEFAULTS,
        home=HOME,
        now=after(0),
    )


@every("executions")
def test_every_end_is_read_by_the_net(item: dict[str, Any]) -> None:
    """Its rule calls the newest release, whichever an execution began with."""
    known = {**item, **{name: datetime.fromisoformat(item[name]) for name in ("startDate", "stopDate")}}
    output = json.loads(item.get("output", "null"))
    event = {"detail": {"executionArn": item["executionArn"], "status": item["status"], "redriveCount": 0}}
    for more in ({}, LATER):
        if output is not None:
            known["output"] = json.dumps({**output, **more, "Request": {**output["Request"], **more}})
        elif item.get("error") != "InvalidRequestError":
            known["input"] = json.dumps({**json.loads(item["input"]), **more})
        with stubbed("stepfunctions") as (client, stub):
            stub.add_response("describe_execution", known)
            ending = endings(client).read(event)
        assert ending is not None
        # Since 0.2.0 that of an abortion has a word more.
        aborted = "#ABORTED" if item["status"] == "ABORTED" else ""
        assert ending.notification_id == f"{item['executionArn']}#0{aborted}"
        assert ending.request is not None


@every("records")
@pytest.mark.parametrize("later", [{}, *({"SetByALaterRelease": value} for value in ANY_TYPE)], ids=str)
def test_every_record_is_read(item: dict[str, Any], later: dict[str, Any]) -> None:
    with stubbed("dynamodb") as (client, stub):
        stub.add_response("get_item", {"Item": {**item, **later}})
        record = fields_json(RecordTable("records", client).read(request()))
    known = {pascal(field.name) for field in fields(ModelRecord)}
    assert {name for name, value in record.items() if value not in (None, [])} == item.keys() & known
    assert {name: str(record[name]) for name in item.keys() & known} == {
        name: next(iter(item[name].values())) for name in item.keys() & known
    }


@pytest.mark.parametrize("release", RELEASES)
def test_every_armed_stop_is_understood_and_disarmed_by_its_name(release: str) -> None:
    leased_by = {
        record["LeaseEndsAt"]["S"]: record["LeasedBy"]["S"]
        for record in recorded("records", release)
        if "LeaseEndsAt" in record
    }
    for item in recorded("schedules", release):
        wanted = parsed(item["Input"])
        assert wanted.conditional
        assert parsed({**item["Input"], **LATER}) == wanted
        assert wanted.lease_ends_at is not None
        lease = Lease(ends_at=wanted.lease_ends_at, leased_by=leased_by[item["Input"]["LeaseEndsAt"]])
        with stubbed("scheduler") as (client, stub):
            stub.add_response("delete_schedule", {}, {"Name": item["Name"], "GroupName": item["GroupName"]})
            LeaseSchedules(TARGET, client).disarm(wanted, lease)


def parsed(stop_input: object) -> StopRequest:
    return parse_stop_request(stop_input, defaults=DEFAULTS, home=HOME)


def test_the_stops_that_were_asked_for_are_of_every_kind_and_understood() -> None:
    for release in RELEASES:
        inputs = [
            json.loads(each["input"])
            for each in recorded("executions", release)
            if "stop-model" in each["executionArn"]
        ]
        conditions = {name for each in inputs for name in ("FailedStart", "LeaseEndsAt", "LatestStart") if name in each}
        assert conditions == {"FailedStart", "LeaseEndsAt", "LatestStart"}
        for each in inputs:
            wanted = parsed(each)
            assert not wanted.conditional or parsed({**each, **LATER}) == wanted


@pytest.mark.parametrize("release", RELEASES)
def test_what_was_told_is_not_told_again(release: str) -> None:
    told = recorded("told", release)
    names = {item["NotificationId"]["S"].partition(".")[0] for item in told}
    with remembering(told):
        tellers = {
            function: Teller(
                function_name=name,
                topic_arn="arn:aws:sns:us-east-1:123456789012:no-such-topic",
                event_source="model-lifecycle",
                told_table_name="told",
                remembered_seconds=3_600,
            )
            for function in ("WatchModels", "Notify")
            for name in names
            if function in name
        }
        for message in recorded("messages", release):
            once, teller = message["NotificationId"], tellers["Notify"]
            if message["ExecutionArn"] is None:
                once, teller = once.rpartition("#")[0], tellers["WatchModels"]
            answer = teller.tell(once, _must_not_be_composed, cast("Any", _Context()))
            assert answer["Outcome"] == message["Outcome"]


def _must_not_be_composed() -> None:
    raise AssertionError("it was told already")


class _Context:
    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


@contextmanager
def remembering(told: list[dict[str, Any]]) -> Iterator[None]:
    """Yield the table with what was told, at the time of then."""
    moment = from_instant("2026-01-05T15:00:00.000Z")
    with time_machine.travel(moment, tick=False), mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", HOME.region)
        client = client_of("dynamodb")
        create_table(client, "told", key="NotificationId")
        for item in told:
            client.put_item(TableName="told", Item=item)
        yield
