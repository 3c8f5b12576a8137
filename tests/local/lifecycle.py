"""The deployed app as its users meet it: real clients against the local AWS, where half an hour passes in a second."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.clock import VirtualClock
from local.scenario import Scenario
from local.server import LocalAws
from local.subscriber import Notification, Subscriber

ACCOUNT = "123456789012"
SECONDS_OF_PATIENCE = 120


@dataclass(frozen=True)
class Execution:
    """An execution that has ended."""

    arn: str
    status: str
    error: str | None
    cause: str | None
    output: dict[str, Any] | None
    history: list[dict[str, Any]]
    seconds: float

    @property
    def states(self) -> list[str]:
        """The names of the states that it entered, in order."""
        entered = (event.get("stateEnteredEventDetails") for event in self.history)
        return [details["name"] for details in entered if details]


class Lifecycle:
    """The stack, deployed, with a subscriber to its topic."""

    def __init__(self, aws: LocalAws, clock: VirtualClock, outputs: Mapping[str, str]) -> None:
        self.aws = aws
        self.clock = clock
        self.outputs = outputs
        self.state_machine_arn = outputs["StartModelStateMachineArn"]
        self._executions = aws.client("stepfunctions")
        self._subscriber = Subscriber(aws, outputs["NotificationTopicArn"])
        self._received: list[Notification] = []

    def given(self, *models: Mapping[str, Any], faults: Sequence[Mapping[str, Any]] = ()) -> None:
        """Only these models and faults are there from now on, in the form of a scenario file."""
        self.aws.load(Scenario.parse(json.dumps({"Models": models, "Faults": faults})))

    def start(self, execution_input: object, **names: str) -> str:
        """Start an execution as the console would; its ARN."""
        text = execution_input if isinstance(execution_input, str) else json.dumps(execution_input)
        started = self._executions.start_execution(stateMachineArn=self.state_machine_arn, input=text, **names)
        return str(started["executionArn"])

    def send(self, detail: object) -> None:
        """Ask for a start with an event on the default bus."""
        entry = {"Source": "model-lifecycle.request", "DetailType": "Start Model", "Detail": json.dumps(detail)}
        answer = self.aws.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0

    def executions(self) -> list[str]:
        """The ARNs of all executions that there ever were."""
        listed = self._executions.get_paginator("list_executions").paginate(stateMachineArn=self.state_machine_arn)
        return [execution["executionArn"] for page in listed for execution in page["executions"]]

    def end_of(self, execution_arn: str) -> Execution:
        """The execution, once it has ended and everything that its end sets off is over."""
        self.clock.settle(timeout=SECONDS_OF_PATIENCE)
        described = self._executions.describe_execution(executionArn=execution_arn)
        pages = self._executions.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
        return Execution(
            arn=execution_arn,
            status=described["status"],
            error=described.get("error"),
            cause=described.get("cause"),
            output=json.loads(described["output"]) if "output" in described else None,
            history=[event for page in pages for event in page["events"]],
            seconds=(described["stopDate"] - described["startDate"]).total_seconds(),
        )

    def run(self, execution_input: object) -> Execution:
        """Start an execution and see it to its end."""
        return self.end_of(self.start(execution_input))

    def pass_time(self, seconds: float) -> None:
        """Let so many virtual seconds pass, and all that happens in them."""
        with self.clock.running():
            self.clock.wait(seconds)

    def dead_letters(self, queue: str) -> list[dict[str, Any]]:
        """What lies in the queue with that word in its name, and lies there no longer."""
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

    def messages(self, execution_arn: str) -> list[Notification]:
        """Every message about an execution that the subscriber has received so far."""
        self._received += self._subscriber.receive()
        return [message for message in self._received if message.document["ExecutionArn"] == execution_arn]

    def only_message(self, execution: Execution) -> Notification:
        """The one message about an execution that has ended: there must be exactly one."""
        messages = self.messages(execution.arn)
        assert len(messages) == 1, [message.subject for message in messages]
        return messages[0]
