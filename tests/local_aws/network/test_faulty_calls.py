"""Faults of the calls that schedule and announce a model's stop: carried out or not, as the fault says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.local_aws.acting_aws import ROLE, ActingAws, acting_aws, open_queue
from tests.local_aws.network.test_faults import Processes

READS = ("ListSchedules", "GetMetricData")
CHANGES = ("CreateSchedule", "DeleteSchedule", "PutEvents")


@pytest.fixture(scope="module")
def aws() -> Iterator[ActingAws]:
    with acting_aws() as opened:
        yield opened


class Calls:
    """A call of each operation, about a schedule and a rule with a queue that nobody else has."""

    def __init__(self, aws: ActingAws) -> None:
        self._aws = aws
        self._name = f"it-{uuid4()}"
        queue = open_queue(aws, self._name)
        self._url = f"{aws.endpoint_url}/123456789012/{self._name}"
        events = aws.client("events")
        events.put_rule(Name=self._name, EventPattern=json.dumps({"source": [self._name]}))
        events.put_targets(Rule=self._name, Targets=[{"Id": "queue", "Arn": queue}])
        schedule = {
            "ScheduleExpression": "at(2099-01-01T00:00:00)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": queue, "RoleArn": ROLE},
        }
        aws.client("scheduler").create_schedule(Name=f"{self._name}-there", **schedule)
        units = {"Namespace": "AWS/Rekognition", "MetricName": "InServiceInferenceUnits"}
        query = {"Id": "units", "MetricStat": {"Metric": units, "Period": 60, "Stat": "Sum"}}
        day = {"StartTime": datetime(2026, 1, 5, tzinfo=UTC), "EndTime": datetime(2026, 1, 6, tzinfo=UTC)}
        self.all: dict[str, tuple[str, str, dict[str, Any]]] = {
            "CreateSchedule": ("scheduler", "create_schedule", {"Name": f"{self._name}-new", **schedule}),
            "DeleteSchedule": ("scheduler", "delete_schedule", {"Name": f"{self._name}-there"}),
            "ListSchedules": ("scheduler", "list_schedules", {}),
            "PutEvents": (
                "events",
                "put_events",
                {"Entries": [{"Source": self._name, "DetailType": "Model Running", "Detail": "{}"}]},
            ),
            "GetMetricData": ("cloudwatch", "get_metric_data", {"MetricDataQueries": [query], **day}),
        }

    def make(self, operation: str, **config: Any) -> str:
        """Make a call as a function would, and return what went wrong, or "OK"."""
        service, method, parameters = self.all[operation]
        client = self._aws.api(service, user_agent_appid="instance-StartModel", **config)
        try:
            getattr(client, method)(**parameters)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        except (ConnectionClosedError, ReadTimeoutError) as error:
            return type(error).__name__
        return "OK"

    def times_done(self, operation: str) -> int:
        """Count how often a change was made."""
        if operation == "PutEvents":
            # An event is delivered behind the back of the one who put it.
            asked = {"QueueUrl": self._url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20}
            return len(self._aws.client("sqs").receive_message(**asked).get("Messages", []))
        schedules = self._aws.client("scheduler").list_schedules(NamePrefix=self._name)["Schedules"]
        there = {found["Name"].removeprefix(f"{self._name}-") for found in schedules}
        return int("new" in there if operation == "CreateSchedule" else "there" not in there)


@pytest.fixture
def calls(aws: ActingAws) -> Calls:
    aws.play()
    return Calls(aws)


@pytest.fixture
def processes(aws: ActingAws, monkeypatch: pytest.MonkeyPatch) -> Processes:
    processes = Processes()
    monkeypatch.setattr(aws, "functions", processes)
    return processes


@pytest.mark.parametrize("operation", CHANGES + READS)
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"Error": "ThrottlingException"}, "ThrottlingException"),
        ({"Error": "AccessDeniedException"}, "AccessDeniedException"),
        ({"Effect": "Timeout"}, "ReadTimeoutError"),
        ({"Effect": "Refuse"}, "ConnectionClosedError"),
        ({"Effect": "KillBefore"}, "ConnectionClosedError"),
    ],
)
def test_a_call_that_does_not_arrive_is_not_carried_out_and_can_be_made_again(
    aws: ActingAws, calls: Calls, processes: Processes, operation: str, fault: dict[str, str], outcome: str
) -> None:
    aws.play(faulty=[{"Operation": operation, **fault, "Times": 1}])

    assert calls.make(operation, read_timeout=0.2 if outcome == "ReadTimeoutError" else 60) == outcome
    assert processes.killed == (["instance-StartModel"] if fault.get("Effect") == "KillBefore" else [])
    if operation in ("CreateSchedule", "DeleteSchedule"):
        assert calls.times_done(operation) == 0
    assert calls.make(operation) == "OK"
    if operation in CHANGES:
        assert calls.times_done(operation) == 1


@pytest.mark.parametrize("operation", CHANGES)
@pytest.mark.parametrize("effect", ["LoseAnswer", "KillAfter"])
def test_a_call_whose_answer_is_lost_is_carried_out(
    aws: ActingAws, calls: Calls, processes: Processes, operation: str, effect: str
) -> None:
    aws.play(faulty=[{"Operation": operation, "Effect": effect, "Times": 1}])

    assert calls.make(operation) == "ConnectionClosedError"
    assert processes.killed == (["instance-StartModel"] if effect == "KillAfter" else [])
    assert calls.times_done(operation) == 1


@pytest.mark.parametrize("operation", ["CreateSchedule", "DeleteSchedule"])
def test_a_client_that_asks_again_after_a_lost_answer_hears_that_it_is_done(
    aws: ActingAws, calls: Calls, operation: str
) -> None:
    service, method, parameters = calls.all[operation]
    aws.play(faulty=[{"Operation": operation, "Effect": "LoseAnswer", "Times": 1}])

    getattr(aws.api(service, retries={"total_max_attempts": 2}), method)(**parameters)

    assert calls.times_done(operation) == 1
