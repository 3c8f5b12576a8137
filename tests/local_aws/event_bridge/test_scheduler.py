"""EventBridge Scheduler in the local AWS: schedules in local time, once or again and again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.network import faults
from tests.local_aws.acting_aws import DAY, DEAD, HOUR, QUEUE, ROLE, TOPIC, ActingAws, heard, hearing_aws, messages

# A Friday: on Sunday 2026-03-29 Berlin's clocks go from 02:00 to 03:00.
START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def aws() -> Iterator[ActingAws]:
    with hearing_aws(START) as opened:
        yield opened


@pytest.fixture
def scheduler(aws: ActingAws) -> Any:
    return aws.api("scheduler", parameter_validation=False)


def schedule(expression: str, target: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return what CreateSchedule wants for a schedule with the time as its input."""
    return {
        "Name": "it",
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": QUEUE, "RoleArn": ROLE, "Input": '"<aws.scheduler.scheduled-time>"', **(target or {})},
        **more,
    }


def names(scheduler: Any, **asked: Any) -> list[str]:
    """List the schedules by name."""
    return [found["Name"] for found in scheduler.list_schedules(**asked)["Schedules"]]


def test_a_one_time_schedule_fires_once_and_is_deleted(aws: ActingAws, scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("at(2026-03-27T13:30:00)", ActionAfterCompletion="DELETE"))

    assert heard(aws, HOUR) == []
    assert names(scheduler) == ["it"]
    assert heard(aws, HOUR) == ["2026-03-27T13:30:00Z"]
    assert names(scheduler) == []
    assert heard(aws, 10 * DAY) == []


def test_a_one_time_schedule_stays_unless_it_is_to_be_deleted(aws: ActingAws, scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("at(2026-03-27T13:30:00)"))

    assert len(heard(aws, DAY)) == 1
    assert names(scheduler) == ["it"]


def test_a_schedule_in_local_time_follows_daylight_saving(aws: ActingAws, scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("cron(0 8 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin"))

    assert heard(aws, 3 * DAY) == ["2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"]


def test_a_local_time_that_is_skipped_does_not_fire(aws: ActingAws, scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("cron(30 2 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin"))

    assert heard(aws, 3 * DAY) == ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"]


def test_a_rate_begins_at_once(aws: ActingAws, scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("rate(1 hour)"))

    assert heard(aws, 2 * HOUR) == [f"2026-03-27T{hour}:00:00Z" for hour in (12, 13, 14)]


def test_a_schedule_fires_between_its_start_and_its_end(aws: ActingAws, scheduler: Any) -> None:
    start, end = START + timedelta(hours=5), START + timedelta(hours=7)
    scheduler.create_schedule(**schedule("rate(1 hour)", StartDate=start, EndDate=end, ActionAfterCompletion="DELETE"))

    assert heard(aws, DAY) == [f"2026-03-27T{hour}:00:00Z" for hour in (17, 18, 19)]
    assert names(scheduler) == []


def test_a_disabled_schedule_does_not_fire_until_it_is_enabled(aws: ActingAws, scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("cron(0 * * * ? *)", State="DISABLED"))
    assert heard(aws, DAY) == []

    scheduler.update_schedule(**schedule("cron(0 * * * ? *)", State="ENABLED"))

    assert len(heard(aws, 2 * HOUR)) == 2


def test_a_deleted_schedule_fires_no_more(aws: ActingAws, scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("at(2026-03-27T13:30:00)"))

    scheduler.delete_schedule(Name="it")

    assert heard(aws, DAY) == []
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.delete_schedule(Name="it")


def test_an_update_replaces_the_time_and_resets_what_it_is_not_given(aws: ActingAws, scheduler: Any) -> None:
    first = schedule("at(2026-03-27T13:30:00)", ScheduleExpressionTimezone="Europe/Berlin", Description="Mine")
    scheduler.create_schedule(**first, ActionAfterCompletion="DELETE")

    scheduler.update_schedule(**schedule("at(2026-03-27T20:00:00)"))

    found = scheduler.get_schedule(Name="it")
    assert found["ScheduleExpressionTimezone"] == "UTC"
    assert found["ActionAfterCompletion"] == "NONE"
    assert found.get("Description") is None
    assert heard(aws, DAY) == ["2026-03-27T20:00:00Z"]


def test_a_schedule_that_is_created_twice_is_a_conflict_but_for_the_same_token(scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("rate(1 hour)"), ClientToken="a")

    scheduler.create_schedule(**schedule("rate(1 hour)"), ClientToken="a")
    for other in ({"ClientToken": "b"}, {"ClientToken": "a", "Description": "Another"}):
        with pytest.raises(scheduler.exceptions.ConflictException):
            scheduler.create_schedule(**schedule("rate(1 hour)"), **other)


def test_a_group_has_schedules_of_its_own_and_takes_them_along(aws: ActingAws, scheduler: Any) -> None:
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.create_schedule(**schedule("rate(1 hour)", GroupName="leases"))
    scheduler.create_schedule_group(Name="leases")
    with pytest.raises(scheduler.exceptions.ConflictException):
        scheduler.create_schedule_group(Name="leases")
    scheduler.create_schedule(**schedule("at(2026-03-27T13:30:00)", GroupName="leases"))
    scheduler.create_schedule(**schedule("at(2026-03-27T14:30:00)"))

    assert names(scheduler, GroupName="leases") == ["it"]
    assert scheduler.get_schedule(Name="it", GroupName="leases")["ScheduleExpression"] == "at(2026-03-27T13:30:00)"
    scheduler.delete_schedule_group(Name="leases")

    assert heard(aws, DAY) == ["2026-03-27T14:30:00Z"]


def test_schedules_are_listed_by_group_name_and_state_in_pages(scheduler: Any) -> None:
    scheduler.create_schedule_group(Name="leases")
    for number in range(5):
        scheduler.create_schedule(**schedule("rate(1 hour)", Name=f"parts-{number}", GroupName="leases"))
    scheduler.create_schedule(**schedule("rate(1 hour)", Name="boards", GroupName="leases", State="DISABLED"))
    scheduler.create_schedule(**schedule("rate(1 hour)", Name="parts-9"))

    assert names(scheduler, GroupName="leases") == ["boards", *(f"parts-{number}" for number in range(5))]
    assert names(scheduler, NamePrefix="parts-", GroupName="default") == ["parts-9"]
    assert len(names(scheduler, NamePrefix="parts-")) == 6
    assert names(scheduler, State="DISABLED") == ["boards"]
    pages = list(
        scheduler.get_paginator("list_schedules").paginate(
            GroupName="leases", NamePrefix="parts-", PaginationConfig={"PageSize": 2}
        )
    )
    assert [[found["Name"] for found in page["Schedules"]] for page in pages] == [
        ["parts-0", "parts-1"],
        ["parts-2", "parts-3"],
        ["parts-4"],
    ]
    [first] = scheduler.list_schedules(MaxResults=1, GroupName="leases")["Schedules"]
    assert (first["GroupName"], first["State"], first["Target"]) == ("leases", "DISABLED", {"Arn": QUEUE})
    assert first["CreationDate"] == START


def test_who_deletes_while_paging_misses_none(scheduler: Any) -> None:
    for number in range(5):
        scheduler.create_schedule(**schedule("rate(1 hour)", Name=f"parts-{number}"))

    token: dict[str, str] = {}
    while True:
        page = scheduler.list_schedules(MaxResults=2, **token)
        for found in page["Schedules"]:
            scheduler.delete_schedule(Name=found["Name"])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}

    assert names(scheduler) == []


def test_a_schedule_is_as_it_was_asked_for(scheduler: Any) -> None:
    scheduler.create_schedule_group(Name="leases")
    asked = schedule("at(2026-03-27T13:30:00)", GroupName="leases", ActionAfterCompletion="DELETE", Description="Mine")
    target = {"DeadLetterConfig": {"Arn": DEAD}, "RetryPolicy": {"MaximumRetryAttempts": 2}}
    asked["Target"] |= target

    arn = scheduler.create_schedule(**asked)["ScheduleArn"]

    found = scheduler.get_schedule(Name="it", GroupName="leases")
    assert {name: found[name] for name in asked} == asked
    assert (found["Arn"], found["State"], found["CreationDate"]) == (arn, "ENABLED", START)
    assert not {"StartDate", "EndDate", "KmsKeyArn"} & set(found)


def test_a_deletion_that_is_asked_for_again_with_its_token_is_done_already(scheduler: Any) -> None:
    scheduler.create_schedule(**schedule("rate(1 hour)"))

    for _ in range(2):
        scheduler.delete_schedule(Name="it", ClientToken="a")

    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.delete_schedule(Name="it", ClientToken="b")


@pytest.mark.parametrize(
    ("method", "asked", "code", "status"),
    [
        ("get_schedule", {"Name": "it"}, "ResourceNotFoundException", 404),
        ("get_schedule", {"Name": "it", "GroupName": "none"}, "ResourceNotFoundException", 404),
        ("delete_schedule", {"Name": "it"}, "ResourceNotFoundException", 404),
        ("delete_schedule", {"Name": "it", "GroupName": "none"}, "ResourceNotFoundException", 404),
        ("update_schedule", schedule("rate(1 hour)"), "ResourceNotFoundException", 404),
        ("create_schedule", schedule("rate(1 hour)", GroupName="none"), "ResourceNotFoundException", 404),
        ("list_schedules", {"GroupName": "none"}, "ResourceNotFoundException", 404),
        ("get_schedule_group", {"Name": "none"}, "ResourceNotFoundException", 404),
        ("delete_schedule_group", {"Name": "none"}, "ResourceNotFoundException", 404),
        ("create_schedule_group", {"Name": "default"}, "ConflictException", 409),
        ("create_schedule_group", {"Name": "no spaces"}, "ValidationException", 400),
        ("get_schedule", {"Name": "no spaces"}, "ValidationException", 400),
        ("delete_schedule", {"Name": "n" * 65}, "ValidationException", 400),
        ("list_schedules", {"MaxResults": 101}, "ValidationException", 400),
        ("list_schedules", {"NamePrefix": "no spaces"}, "ValidationException", 400),
        ("list_schedules", {"NextToken": "mine"}, "ValidationException", 400),
    ],
)
def test_what_is_not_there_or_cannot_be_is_an_error_by_name(
    scheduler: Any, method: str, asked: dict[str, Any], code: str, status: int
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(scheduler, method)(**asked)

    response = error.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert isinstance(error.value, getattr(scheduler.exceptions, code))


@pytest.mark.parametrize(
    ("arn", "operation", "parameter"),
    [
        ("arn:aws:states:us-east-1:123456789012:stateMachine:stop-model", "StartExecution", "input"),
        ("arn:aws:lambda:us-east-1:123456789012:function:watch-models", "Invoke", "Payload"),
    ],
)
def test_a_state_machine_and_a_function_are_asked_through_their_api(
    aws: ActingAws, scheduler: Any, arn: str, operation: str, parameter: str
) -> None:
    scheduler.create_schedule(**schedule("at(2026-03-27T13:30:00)", {"Arn": arn, "Input": '{"n": 7}'}))

    aws.clock.wait(DAY)

    [call] = faults.calls(operation)
    assert json.loads(call.parameters[parameter]) == {"n": 7}


def test_without_an_input_the_target_gets_the_schedule_s_event(aws: ActingAws, scheduler: Any) -> None:
    asked = schedule("at(2026-03-27T13:30:00)")
    del asked["Target"]["Input"]
    arn = scheduler.create_schedule(**asked)["ScheduleArn"]

    [event] = heard(aws, DAY)

    assert (event["source"], event["time"], event["resources"]) == ("aws.scheduler", "2026-03-27T13:30:00Z", [arn])


def test_what_cannot_be_delivered_is_tried_again_and_then_dead_lettered(aws: ActingAws, scheduler: Any) -> None:
    aws.play(faulty=[{"Operation": "Publish", "Error": "InternalError"}])
    target = {"Arn": TOPIC, "DeadLetterConfig": {"Arn": DEAD}, "RetryPolicy": {"MaximumRetryAttempts": 2}}
    arn = scheduler.create_schedule(**schedule("at(2026-03-27T13:30:00)", target, ActionAfterCompletion="DELETE"))[
        "ScheduleArn"
    ]

    aws.clock.wait(DAY)

    [message] = messages(aws, "dead")
    assert message["Body"] == '"2026-03-27T13:30:00Z"'
    assert message["MessageAttributes"]["SCHEDULE_ARN"]["StringValue"] == arn
    assert message["MessageAttributes"]["RETRY_ATTEMPTS"]["StringValue"] == "2"
    assert len(faults.calls("Publish")) == 3
    assert names(scheduler) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": "n" * 65},
        {"Name": "no spaces"},
        {"ScheduleExpression": "cron(0 8 * * MON-FRI *)"},
        {"ScheduleExpression": "at(soon)"},
        {"ScheduleExpressionTimezone": "Mars/Olympus"},
        {"ScheduleExpressionTimezone": "Europe"},
        {"FlexibleTimeWindow": {}},
        {"Target": {"Arn": QUEUE}},
        {"State": "SLEEPING"},
        {"ActionAfterCompletion": "FORGET"},
        {"StartDate": START - timedelta(minutes=6)},
        {"EndDate": START - timedelta(minutes=1)},
    ],
)
def test_what_the_service_does_not_take_is_refused(scheduler: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        scheduler.create_schedule(**{**schedule("rate(1 hour)"), **wrong})

    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert names(scheduler) == []
