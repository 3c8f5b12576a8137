"""A local AWS for the tests of its own parts."""

import io
import json
import textwrap
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from local.clock.clock import VirtualClock
from local.iam.evaluator import Evaluator
from local.server import LocalAws
from tests.local_aws.acting_aws import honest_role, messages, open_queue

PATIENCE = 120
"""Seconds that a condition may take to come on the slowest machine."""
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def until(condition: Callable[[], Any]) -> Any:
    """Return what a condition gives as soon as that is true."""
    for _ in range(PATIENCE * 50):
        if found := condition():
            return found
        time.sleep(0.02)
    raise TimeoutError(f"not in {PATIENCE} seconds")


class Workbench:
    """Puts small functions, machines and queues into a local AWS, under names that nobody else has."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.role = honest_role(aws, f"role-{uuid4()}")

    def function(self, code: str, *, module: str = "index", **settings: Any) -> str:
        """Deploy a module with a `handler` and return the function's name."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr(f"{module}.py", textwrap.dedent(code))
        name = f"function-{uuid4()}"
        self.aws.client("lambda").create_function(
            **{"FunctionName": name, "Runtime": "python3.14", "Role": self.role, "Handler": "index.handler"}
            | {"Code": {"ZipFile": archive.getvalue()}, "Timeout": 300}
            | settings
        )
        return name

    def invoke(self, function: str, event: Any = None, **settings: Any) -> tuple[Any, str | None]:
        """Invoke a function; return what it answered and, for a failure, its kind."""
        answer = self.aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event), **settings)
        return json.loads(answer["Payload"].read() or "null"), answer.get("FunctionError")

    def queue(self) -> str:
        """Make a queue and return its ARN."""
        return open_queue(self.aws, f"queue-{uuid4()}")

    def received(self, queue: str) -> list[dict[str, Any]]:
        """Take all messages out of a queue."""
        return messages(self.aws, queue)

    def machine(self, states: dict[str, Any], **definition: Any) -> str:
        """Create a state machine that starts at the first of its states, and return its ARN."""
        text = json.dumps({"StartAt": next(iter(states)), "States": states, **definition})
        answer = self.aws.client("stepfunctions").create_state_machine(
            name=f"machine-{uuid4()}", definition=text, roleArn=self.role
        )
        return str(answer["stateMachineArn"])

    def start(self, machine: str, given: Any = None, **settings: Any) -> str:
        """Start an execution and return its ARN."""
        text = json.dumps({} if given is None else given)
        settings = {"input": text} | settings
        return str(
            self.aws.client("stepfunctions").start_execution(stateMachineArn=machine, **settings)["executionArn"]
        )

    def described(self, execution: str) -> dict[str, Any]:
        """Describe an execution as it is now."""
        answer: dict[str, Any] = self.aws.client("stepfunctions").describe_execution(executionArn=execution)
        return answer

    def ended(self, execution: str) -> dict[str, Any]:
        """Let the clock run until all is quiet, and describe an execution."""
        assert isinstance(self.aws.clock, VirtualClock)
        self.aws.clock.settle()
        return self.described(execution)

    def run(self, states: dict[str, Any], given: Any = None, **definition: Any) -> dict[str, Any]:
        """Run an execution of a machine of these states to its end."""
        return self.ended(self.start(self.machine(states, **definition), given))

    def history(self, execution: str) -> list[dict[str, Any]]:
        """List an execution's events."""
        answer = self.aws.client("stepfunctions").get_execution_history(executionArn=execution)
        events: list[dict[str, Any]] = answer["events"]
        return events


@pytest.fixture(scope="module", autouse=True)
def alone(request: pytest.FixtureRequest) -> None:
    """Leave the world of other tests before any of these opens its own, also for a whole module."""
    request.getfixturevalue("worlds").leave()


@pytest.fixture(scope="module")
def aws(evaluator: Evaluator) -> Iterator[LocalAws]:
    """One with a virtual clock."""
    with LocalAws(clock=VirtualClock(START), evaluator=evaluator) as aws:
        yield aws


@pytest.fixture(scope="module")
def bench(aws: LocalAws) -> Workbench:
    return Workbench(aws)
