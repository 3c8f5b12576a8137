"""The deployed app as its users meet it: real clients against the local AWS, where half an hour passes in a second."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from itertools import takewhile
from threading import Timer
from typing import Any

from local.api.calls import ApiCall
from local.clock.clock import Interrupt, VirtualClock
from local.commands.subscriber import Notification, Subscriber
from local.network.faults import calls
from local.network.faults import load as load_faults
from local.scenario.scenario import Scenario
from local.server import LocalAws
from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.endings.outcome import GOES_ON
from model_lifecycle.requests.start_request import parse_request
from tests.fakes.given import DEFAULTS, HOME

ACCOUNT = "123456789012"
FUNCTIONS = ("StartModel", "CheckModel", "StopModel", "Notify", "FleetModels", "WatchModels")
NO_QUOTAS = {"RunningModels": 10_000, "CallsPerSecond": 10_000, "InferenceUnits": 10_000}
"""Many lives go on at the same moment; what an account's quotas do is a story of its own."""
SECONDS_OF_PATIENCE = 120
SECONDS_OF_PATIENCE_WITH_DAYS = 600
LONGEST = timedelta(days=2)
"""No execution and no delivery goes on for longer."""
EXECUTIONS_OF_A_TEST = 20
"""About so many at most: a page of all that there ever were."""
MOST_DELETIONS = 25
"""In one BatchWriteItem."""


CARRIED_OUT = ("OK", "KillAfter", "LoseAnswer")
"""How a call has ended that did what it asks for, whether or not anybody heard of it."""


def carried_out(operation: str, made: Iterable[ApiCall] | None = None) -> int:
    """How many calls of an operation did what they ask for, of these or of all since the test began."""
    of_all = calls(operation) if made is None else made
    return len([call for call in of_all if call.operation == operation and call.outcome in CARRIED_OUT])


def name_of(alarm: Mapping[str, Any]) -> str:
    """Return the name of an alarm as people know it, without what CloudFormation adds."""
    return re.sub(r"^.*Observability|[0-9A-F]{8}-[0-9A-Z]+$", "", str(alarm["AlarmName"]))


@dataclass(frozen=True)
class Execution:
    """An execution that has ended. `cause` and `output` are empty if it has none."""

    arn: str
    status: str
    error: str | None
    cause: str
    output: dict[str, Any]
    seconds: float
    look_back: Callable[[], list[dict[str, Any]]]

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """Its events until now, in order."""
        return self.look_back()

    @property
    def states(self) -> list[str]:
        """The names of the states that it entered, in order."""
        entered = (event.get("stateEnteredEventDetails") for event in self.history)
        return [details["name"] for details in entered if details]


class Lifecycle:
    """The stack, deployed, with a subscriber to its topic."""

    def __init__(
        self, aws: LocalAws, clock: VirtualClock, outputs: Mapping[str, str], *, leases: str = "model-leases"
    ) -> None:
        self.aws = aws
        self.clock = clock
        self.outputs = outputs
        self.state_machine_arn = outputs["StartModelStateMachineArn"]
        self.stop_machine_arn = outputs["StopModelStateMachineArn"]
        self._executions = aws.client("stepfunctions")
        self._tables = aws.client("dynamodb")
        self._schedules = aws.client("scheduler")
        self._keys = {table: self._key_of(table) for table in self._tables.list_tables()["TableNames"]}
        self._events = aws.client("events")
        self._leases = leases
        self._subscriber = Subscriber(aws, outputs["NotificationTopicArn"], name=f"subscriber-of-{leases}")
        self._alarmed = Subscriber(aws, outputs["AlarmTopicArn"], name=f"alarmed-of-{leases}")
        self._received: list[Notification] = []
        self._began = clock.now()

    @cached_property
    def _hourly(self) -> str:
        stack = self.outputs["WatchModelsFunctionName"].partition("-Functions")[0]
        [rule] = self._events.list_rules(NamePrefix=f"{stack}-WatchHourly")["Rules"]
        return str(rule["Name"])

    @property
    def began_at(self) -> int:
        """When the test began, in milliseconds, as logs count."""
        return int(self._began.timestamp() * 1000)

    def given(self, *models: Mapping[str, Any], faults: Sequence[Mapping[str, Any]] = (), **more: Any) -> None:
        """Only these models and faults are there from now on, and more in the form of a scenario file."""
        self.aws.load(Scenario.parse(json.dumps({"Quotas": NO_QUOTAS, "Models": models, "Faults": faults, **more})))

    def given_faults(self, *faults: Mapping[str, Any]) -> None:
        """Only these faults befall calls from now on; the models live on."""
        load_faults(Scenario.parse(json.dumps({"Faults": faults})))

    def remember(self, model: Mapping[str, str], *start_seconds: int) -> None:
        """Let that be how long the last starts of a model took."""
        request = parse_request(model, defaults=DEFAULTS, home=HOME)
        [table] = [table for table in self._keys if "ModelRecords" in table]
        records = RecordTable(table, self._tables)
        before = records.read(request)
        records.replace(request, before, replace(before, start_seconds=start_seconds))

    def forget(self) -> None:
        """Let nothing be left of what was: no execution under way, no model, no record of one, no armed stop."""
        for arn in (*self.executions(statusFilter="RUNNING"), *self.stops(statusFilter="RUNNING")):
            self.abort(arn)
        self.settle()
        self.given()
        for schedule in self.armed():
            self._schedules.delete_schedule(GroupName=schedule["GroupName"], Name=schedule["Name"])
        for table, key in self._keys.items():
            self._empty(table, key)
        self.forget_messages()

    def heard_alarms(self) -> list[str]:
        """Return the alarms that were raised since the last call, by the names that people know."""
        raised = [message.document for message in self._alarmed.receive()]
        return [name_of(document) for document in raised if document["NewStateValue"] == "ALARM"]

    def forget_messages(self) -> None:
        """Let the test begin now."""
        self._subscriber.receive()
        self._received.clear()
        self.pass_time(1)
        self._began = self.clock.now()

    def _empty(self, table: str, key: str) -> None:
        for page in self._tables.get_paginator("scan").paginate(TableName=table):
            deletions = [{"DeleteRequest": {"Key": {key: item[key]}}} for item in page["Items"]]
            for begin in range(0, len(deletions), MOST_DELETIONS):
                self._tables.batch_write_item(RequestItems={table: deletions[begin : begin + MOST_DELETIONS]})

    def _key_of(self, table: str) -> str:
        [key] = self._tables.describe_table(TableName=table)["Table"]["KeySchema"]
        return str(key["AttributeName"])

    def let_the_watch_pass(self) -> None:
        """Let it be a minute after a look of the watch, and on a second, as leases end."""
        now = self.clock.now()
        self.pass_time((1_000_000 - now.microsecond) / 1_000_000)
        # A rate counts from when its rule was enabled.
        self._events.disable_rule(Name=self._hourly)
        self._events.enable_rule(Name=self._hourly)
        self.pass_time(60)

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Let the watch not look, for a block."""
        self._events.disable_rule(Name=self._hourly)
        yield
        self._events.enable_rule(Name=self._hourly)

    def start(self, execution_input: object, **names: str) -> str:
        """Start an execution of start-model as the console would; its ARN."""
        return self._start_execution(self.state_machine_arn, execution_input, **names)

    def stop(self, execution_input: object, **names: str) -> str:
        """Start an execution of stop-model as the console would; its ARN."""
        return self._start_execution(self.stop_machine_arn, execution_input, **names)

    def start_all(self, execution_input: object, **names: str) -> str:
        """Start an execution of start-models; its ARN."""
        return self._start_execution(self.outputs["StartModelsStateMachineArn"], execution_input, **names)

    def stop_all(self, execution_input: object, **names: str) -> str:
        """Start an execution of stop-models; its ARN."""
        return self._start_execution(self.outputs["StopModelsStateMachineArn"], execution_input, **names)

    def _start_execution(self, machine: str, execution_input: object, **names: str) -> str:
        text = execution_input if isinstance(execution_input, str) else json.dumps(execution_input)
        started = self._executions.start_execution(stateMachineArn=machine, input=text, **names)
        return str(started["executionArn"])

    def send(self, detail: object, detail_type: str = "Start Model") -> None:
        """Ask for a start, or for a stop, with an event on the default bus."""
        entry = {"Source": self.outputs["RequestSource"], "DetailType": detail_type, "Detail": json.dumps(detail)}
        answer = self.aws.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0

    def executions(self, **only: str) -> list[str]:
        """Return the ARNs of this test's executions of start-model, newest first, perhaps of one `statusFilter`."""
        return self._executions_of(self.state_machine_arn, **only)

    def stops(self, **only: str) -> list[str]:
        """Return the same of stop-model."""
        return self._executions_of(self.stop_machine_arn, **only)

    def _executions_of(self, machine: str, **only: str) -> list[str]:
        few = {"PageSize": EXECUTIONS_OF_A_TEST}
        pages = self._executions.get_paginator("list_executions").paginate(
            stateMachineArn=machine, PaginationConfig=few, **only
        )
        listed = (execution for page in pages for execution in page["executions"])
        mine = takewhile(lambda execution: execution["startDate"] >= self._began, listed)
        return [execution["executionArn"] for execution in mine]

    def armed(self) -> list[dict[str, Any]]:
        """Return the armed stops, as ListSchedules shows them."""
        pages = self._schedules.get_paginator("list_schedules").paginate(GroupName=self._leases)
        return [schedule for page in pages for schedule in page["Schedules"]]

    def end_of(self, execution_arn: str) -> Execution:
        """Return the execution, once it has ended and everything that its end sets off is over."""
        self.settle()
        described = self._executions.describe_execution(executionArn=execution_arn)
        return Execution(
            arn=execution_arn,
            status=described["status"],
            error=described.get("error"),
            cause=described.get("cause", ""),
            output=json.loads(described.get("output", "{}")),
            seconds=(described["stopDate"] - described["startDate"]).total_seconds(),
            look_back=partial(self._history_of, execution_arn),
        )

    def _history_of(self, execution_arn: str) -> list[dict[str, Any]]:
        pages = self._executions.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
        return [event for page in pages for event in page["events"]]

    def run(self, execution_input: object) -> Execution:
        """Start an execution of start-model and see it to its end."""
        return self.end_of(self.start(execution_input))

    def run_stop(self, execution_input: object) -> Execution:
        """Start an execution of stop-model and see it to its end."""
        return self.end_of(self.stop(execution_input))

    def settle(self, *, patience: float = SECONDS_OF_PATIENCE) -> None:
        """Wait until all that goes on has come to its end, for at most so many of the machine's own seconds."""
        self.clock.settle(timeout=patience, within=LONGEST)

    def pass_time(self, seconds: float) -> None:
        """Let so many virtual seconds pass, and all that happens in them.

        Raises `TimeoutError` if they do not pass, since something hangs by the machine's own time.
        """
        until, hung = self.clock.now() + timedelta(seconds=seconds), Interrupt()
        watchman = Timer(SECONDS_OF_PATIENCE_WITH_DAYS, hung.set)
        watchman.start()
        with self.clock.running():
            self.clock.wait(seconds, hung)
        watchman.cancel()
        if self.clock.now() < until:
            raise TimeoutError(f"{until} does not come")

    def dead_letters(self, queue: str) -> list[dict[str, Any]]:
        """Return what lies in the queue with that word in its name, and lies there no longer."""
        sqs = self.aws.client("sqs")
        [url] = [url for url in sqs.list_queues()["QueueUrls"] if queue in url]
        letters = []
        while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in received:
                letters.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return letters

    def abort(self, execution_arn: str, **reason: str) -> None:
        """Stop an execution as the console would."""
        self._executions.stop_execution(executionArn=execution_arn, **reason)

    def redrive(self, execution_arn: str) -> None:
        """Redrive an execution as the console would."""
        self._executions.redrive_execution(executionArn=execution_arn)

    def function_of(self, call: ApiCall) -> str:
        """Return the function that made a call, as `StopModel`; empty for people's calls."""
        name = self.aws.functions.name_of(call.caller)
        return next((function for function in FUNCTIONS if function in name), "")

    def logged(self, function: str) -> list[str]:
        """Return every line that the function with that word in its name has logged in this test."""
        logs = self.aws.client("logs")
        # Another stage may be there, too.
        stack, functions, _ = self.outputs["WatchModelsFunctionName"].partition("Functions")
        [group] = logs.describe_log_groups(logGroupNamePrefix=f"{stack}{functions}{function}Log")["logGroups"]
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"], startTime=self.began_at
        )
        return [event["message"] for page in pages for event in page["events"]]

    def messages(self, execution_arn: str) -> list[Notification]:
        """Every message about an execution that the subscriber has received so far."""
        self._received += self._subscriber.receive()
        return [message for message in self._received if message.document["ExecutionArn"] == execution_arn]

    def heard(self) -> list[Notification]:
        """Every message that the subscriber has received since the test began."""
        self._received += self._subscriber.receive()
        return self._received

    def told_by_watch(self) -> list[Notification]:
        """Every message of the watch that the subscriber has received since the test began."""
        self._received += self._subscriber.receive()
        return [message for message in self._received if message.document["ExecutionArn"] is None]

    def only_message(self, execution: Execution) -> Notification:
        """Return the one message about the end of an execution: there must be exactly one."""
        told = self.messages(execution.arn)
        [end] = [message for message in told if message.document["Outcome"] not in GOES_ON]
        return end
