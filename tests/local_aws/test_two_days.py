"""Functions, rules, schedules and state machines together, for two days on the virtual clock."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from local.clock.clock import VirtualClock
from tests.local_aws.conftest import Workbench

HOUR, DAY = 3600, 86_400
NOTES = """
    import json, os, boto3

    sqs = boto3.client("sqs")

    def handler(event, context):
        sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
"""
LEASES = """
    import boto3

    scheduler = boto3.client("scheduler")

    def handler(event, context):
        return scheduler.create_schedule(**event)["ScheduleArn"]
"""
TELLS = """
    import json, boto3

    events = boto3.client("events")

    def handler(event, context):
        entry = {"Source": "model-lifecycle", "DetailType": event["What"], "Detail": json.dumps(event)}
        return events.put_events(Entries=[entry])["FailedEntryCount"]
"""
STOPS = {"Stop": {"Type": "Pass", "Result": "Stopped", "ResultPath": "$.Did", "End": True}}


class TwoDays:
    """A workbench whose clock a test sets forward, and what is to be removed afterwards."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.events = bench.aws.client("events")
        self.scheduler = bench.aws.client("scheduler")
        self.name = f"it-{uuid4()}"
        assert isinstance(bench.aws.clock, VirtualClock)
        self.clock = bench.aws.clock

    def rule(self, target: str, **when: Any) -> None:
        """Make a rule with one target."""
        self.events.put_rule(Name=self.name, **when)
        self.events.put_targets(Rule=self.name, Targets=[{"Id": "it", "Arn": target}])
        if ":function:" in target:
            lets = {"StatementId": "it", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
            self.bench.aws.client("lambda").add_permission(FunctionName=target, **lets)

    def function(self, code: str, **variables: str) -> str:
        """Deploy a function and return its ARN."""
        name = self.bench.function(code, Environment={"Variables": variables})
        answer = self.bench.aws.client("lambda").get_function_configuration(FunctionName=name)
        return str(answer["FunctionArn"])

    def url(self, queue: str) -> str:
        """Return the address of a queue."""
        return f"{self.bench.aws.endpoint_url}/123456789012/{queue.rsplit(':', 1)[-1]}"

    def received(self, queue: str) -> list[dict[str, Any]]:
        """Take the JSON of all messages out of a queue."""
        return [json.loads(message["Body"]) for message in self.bench.received(queue)]

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and what happens in it come to its end."""
        self.clock.wait(seconds)
        self.clock.settle()

    def schedule(self, target: str, *, after: timedelta, **more: Any) -> dict[str, Any]:
        """Return what CreateSchedule wants for one firing in this test's group."""
        return {
            "Name": self.name,
            "GroupName": self.name,
            "ScheduleExpression": f"at({self.clock.now() + after:%Y-%m-%dT%H:%M:%S})",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {"Arn": target, "RoleArn": self.bench.role, "Input": '{"Reason": "The lease is over"}', **more},
        }

    def schedules(self) -> list[str]:
        """List the schedules of this test's group."""
        return [found["Name"] for found in self.scheduler.list_schedules(GroupName=self.name)["Schedules"]]

    def executions(self, machine: str) -> list[dict[str, Any]]:
        """Describe the executions of a machine."""
        listed = self.bench.aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
        return [self.bench.described(found["executionArn"]) for found in listed]


@pytest.fixture
def days(bench: Workbench) -> Iterator[TwoDays]:
    days = TwoDays(bench)
    yield days
    for rule in days.events.list_rules(NamePrefix=days.name)["Rules"]:
        days.events.remove_targets(Rule=rule["Name"], Ids=["it"])
        days.events.delete_rule(Name=rule["Name"])


@pytest.fixture
def group(days: TwoDays) -> Iterator[str]:
    days.scheduler.create_schedule_group(Name=days.name)
    yield days.name
    days.scheduler.delete_schedule_group(Name=days.name)


def test_an_hourly_rule_invokes_its_function_each_hour_of_two_days(days: TwoDays) -> None:
    queue = days.bench.queue()
    begin = days.clock.now()
    days.rule(days.function(NOTES, QUEUE=days.url(queue)), ScheduleExpression="rate(1 hour)")

    days.pass_by(2 * DAY)

    moments = [datetime.fromisoformat(event["time"]) for event in days.received(queue)]
    first = moments[0]
    assert begin < first <= begin + timedelta(hours=1)
    assert sorted(moments) == [first + timedelta(hours=hour) for hour in range(48)]


@pytest.mark.usefixtures("group")
def test_a_function_schedules_an_execution_that_starts_once_and_on_time(days: TwoDays) -> None:
    machine = days.bench.machine(STOPS)
    asked = days.schedule(machine, after=timedelta(days=1, hours=7))
    due = days.clock.now().replace(microsecond=0) + timedelta(days=1, hours=7)

    arn, failure = days.bench.invoke(days.function(LEASES), asked)
    days.pass_by(DAY)

    assert failure is None
    assert arn.endswith(f":schedule/{days.name}/{days.name}")
    assert (days.schedules(), days.executions(machine)) == ([days.name], [])

    days.pass_by(DAY)

    [execution] = days.executions(machine)
    assert json.loads(execution["output"]) == {"Reason": "The lease is over", "Did": "Stopped"}
    assert timedelta(0) <= execution["startDate"] - due < timedelta(minutes=1)
    assert days.schedules() == []


@pytest.mark.usefixtures("group")
def test_an_execution_that_cannot_be_started_ends_in_the_dead_letter_queue_of_its_schedule(days: TwoDays) -> None:
    machine, dead = days.bench.machine(STOPS), days.bench.queue()
    days.bench.invoke(
        days.function(LEASES),
        days.schedule(
            machine,
            after=timedelta(hours=1),
            DeadLetterConfig={"Arn": dead},
            RetryPolicy={"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 600},
        ),
    )
    days.bench.aws.client("stepfunctions").delete_state_machine(stateMachineArn=machine)

    days.pass_by(2 * HOUR)

    assert days.received(dead) == [{"Reason": "The lease is over"}]
    assert days.schedules() == []


@pytest.mark.usefixtures("group")
def test_a_function_learns_that_its_schedule_is_there_already(days: TwoDays) -> None:
    asked = days.schedule(days.bench.machine(STOPS), after=timedelta(hours=1))
    function = days.function(LEASES)

    days.bench.invoke(function, asked)
    answer, failure = days.bench.invoke(function, asked)

    assert (failure, answer["errorType"]) == ("Unhandled", "ConflictException")


def test_an_event_that_a_function_puts_comes_to_the_queue_of_a_rule(days: TwoDays) -> None:
    queue = days.bench.queue()
    days.rule(queue, EventPattern=json.dumps({"source": ["model-lifecycle"], "detail-type": ["Model Running"]}))
    function = days.function(TELLS)

    answers = [days.bench.invoke(function, {"What": what}) for what in ("Model Running", "Model Stopped")]
    days.clock.settle()

    assert answers == [(0, None), (0, None)]
    [event] = days.received(queue)
    assert (event["source"], event["detail-type"]) == ("model-lifecycle", "Model Running")
    assert event["detail"] == {"What": "Model Running"}
    assert datetime.fromisoformat(event["time"]) <= days.clock.now()
