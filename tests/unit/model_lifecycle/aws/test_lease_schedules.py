"""A lease is one one-time schedule of EventBridge Scheduler, which never changes."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_lifecycle.aws.lease_schedules import LeaseSchedules, StopTarget
from model_lifecycle.model.lease import Lease
from model_lifecycle.requests.start_request import Request, parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.vocabulary.home import Home
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, VERSION, after, request
from tests.fakes.service_endpoint import service_model
from tests.fakes.stubbed import stubbed

STOP_MODEL = "arn:aws:states:us-east-1:123456789012:stateMachine:stop-model"
TARGET = StopTarget(
    group_name="model-leases",
    state_machine_arn=STOP_MODEL,
    role_arn="arn:aws:iam::123456789012:role/leases",
    dead_letter_arn="arn:aws:sqs:us-east-1:123456789012:undelivered",
)
LEASE = Lease(ends_at=after(3_600), leased_by=EXECUTION)


def armed(of: Request, lease: Lease = LEASE) -> dict[str, Any]:
    """Return what CreateSchedule is asked for."""
    with stubbed("scheduler") as (client, stub):
        asked: dict[str, Any] = {}

        def note(params: dict[str, Any], **_: Any) -> None:
            asked.update(params)

        stub.add_response("create_schedule", {"ScheduleArn": "arn:of:the:schedule"})
        client.meta.events.register("provide-client-params.scheduler.CreateSchedule", note)
        LeaseSchedules(TARGET, client).arm(of, lease)
        client.meta.events.unregister("provide-client-params.scheduler.CreateSchedule", note)
    return asked


def test_an_armed_stop_is_a_schedule_that_fires_once_at_the_end_and_deletes_itself() -> None:
    asked = armed(request())

    assert asked["ScheduleExpression"] == "at(2026-01-05T10:00:00)"
    assert asked["ScheduleExpressionTimezone"] == "UTC"
    assert asked["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert asked["ActionAfterCompletion"] == "DELETE"
    assert asked["GroupName"] == "model-leases"


def test_an_armed_stop_is_delivered_as_long_as_the_service_tries_and_then_dead_lettered() -> None:
    target = armed(request())["Target"]

    assert (target["Arn"], target["RoleArn"]) == (STOP_MODEL, TARGET.role_arn)
    assert target["DeadLetterConfig"] == {"Arn": TARGET.dead_letter_arn}
    limits = service_model("scheduler").shape_for("RetryPolicy").members  # type: ignore[attr-defined]
    assert target["RetryPolicy"] == {
        "MaximumRetryAttempts": limits["MaximumRetryAttempts"].metadata["max"],
        "MaximumEventAgeInSeconds": limits["MaximumEventAgeInSeconds"].metadata["max"],
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"ProjectVersionArn": VERSION},
        {"ProjectVersionArn": VERSION, "ProjectArn": PROJECT, "PollIntervalSeconds": 7, "StopTimeoutSeconds": 77},
        {"ProjectName": "boards", "ModelVersion": "1", "ClientToken": "morning", "MinInferenceUnits": 4},
    ],
)
def test_what_it_fires_is_an_input_of_stop_model_on_the_condition_of_that_lease(fields: dict[str, Any]) -> None:
    of = parse_request(fields, defaults=DEFAULTS, home=HOME)

    asked = parse_stop_request(json.loads(armed(of)["Target"]["Input"]), defaults=DEFAULTS, home=HOME)

    assert (asked.service, dict(asked.identity)) == (of.service, dict(of.identity))
    assert (asked.stop_timeout_seconds, asked.poll_interval_seconds) == (
        of.stop_timeout_seconds,
        of.poll_interval_seconds,
    )
    assert (asked.lease_ends_at, asked.latest_start, asked.asked_by) == (LEASE.ends_at, None, None)
    assert asked.reason == "Its lease ended on Mon 5 Jan 2026 at 10:00 UTC."


def test_a_schedule_s_name_is_the_same_for_the_same_lease_and_another_for_every_other() -> None:
    other_model = request(ProjectVersionArn=VERSION.replace("1767603600000", "1"))
    names = [
        armed(of, lease)["Name"]
        for of, lease in [
            (request(), LEASE),
            (request(ProjectArn=PROJECT, MinInferenceUnits=3), LEASE),
            (other_model, LEASE),
            (request(), Lease(ends_at=after(3_601), leased_by=EXECUTION)),
            (request(), Lease(ends_at=after(3_600), leased_by=f"{EXECUTION}-of-another")),
        ]
    ]

    assert names[0] == names[1]
    assert len(set(names)) == 4


NAMES = st.text("abzAZ09_.-", min_size=1, max_size=255)


@settings(max_examples=25)
@given(NAMES, NAMES, st.integers(1, 10**9))
def test_a_schedule_is_what_the_service_takes_whatever_the_model_is_called(
    project: str, version: str, seconds: int
) -> None:
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/{project}/version/{version}/1"
    of = parse_request({"ProjectVersionArn": arn}, defaults=DEFAULTS, home=Home("aws", "us-east-1", "123456789012"))
    scheduler = service_model("scheduler")

    asked = armed(of, Lease(ends_at=after(seconds), leased_by=EXECUTION))

    for field in ("Name", "Description"):
        rules = scheduler.shape_for("CreateScheduleInput").members[field].metadata  # type: ignore[attr-defined]
        assert rules.get("min", 0) <= len(asked[field]) <= rules["max"]
        assert re.fullmatch(rules.get("pattern", ".*"), asked[field])


def test_a_stop_is_disarmed_by_the_name_under_which_it_was_armed() -> None:
    name = armed(request())["Name"]
    with stubbed("scheduler") as (client, stub):
        stub.add_response("delete_schedule", {}, {"Name": name, "GroupName": "model-leases"})

        LeaseSchedules(TARGET, client).disarm(request(), LEASE)
