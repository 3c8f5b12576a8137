"""The end of the local AWS in the middle of work: each thing ends before what it depends on.

Requests named in `held` go on only when processes and executions have ended.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.clock.clock import VirtualClock
from local.network import faults
from local.scenario.scenario import Scenario
from local.server import LocalAws
from tests.local_aws.conftest import Workbench, until

WAIT = {"Wait": {"Type": "Wait", "Seconds": 86_400, "Next": "Again"}, "Again": {"Type": "Pass", "Next": "Wait"}}
ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=86_400)


class Held:
    """Requests that have come, and go on while everything ends."""

    def __init__(self, aws: LocalAws) -> None:
        self._came, self._goes_on = threading.Event(), threading.Event()
        # What is there first ends last.
        aws.on_close(self._goes_on.set)
        self.targets: set[str] = set()

    def layer(self, app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            request = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2] or environ["PATH_INFO"]
            if any(target in request for target in self.targets):
                self._came.set()
                self._goes_on.wait()
            return app(environ, start_response)

        return serve

    def wait(self) -> None:
        """Return when one has come."""
        assert self._came.wait(120)


@pytest.fixture(params=["wall clock", "virtual clock"])
def aws(request: pytest.FixtureRequest) -> LocalAws:
    """One that is not open yet."""
    virtual = request.param == "virtual clock"
    return LocalAws(clock=VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) if virtual else None)


@pytest.fixture
def held(aws: LocalAws) -> Held:
    held = Held(aws)
    aws.wrap(held.layer)
    return held


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert {thread.name for thread in set(threading.enumerate()) - before if "ThreadPool" not in thread.name} == set()


def test_a_request_under_way_is_served_from_what_there_was(aws: LocalAws, held: Held, pool: ThreadPoolExecutor) -> None:
    held.targets.add("ListStateMachines")
    with aws:
        Workbench(aws).machine(WAIT)
        answer = pool.submit(aws.client("stepfunctions", config=ONCE).list_state_machines)
        held.wait()
    assert len(answer.result()["stateMachines"]) == 1


def test_a_function_that_is_invoked_while_all_processes_end_is_not_started(
    aws: LocalAws, held: Held, pool: ThreadPoolExecutor
) -> None:
    held.targets.add("/invocations")
    with aws:
        name = Workbench(aws).function("def handler(event, context): pass")
        answer: Future[Any] = pool.submit(aws.client("lambda", config=ONCE).invoke, FunctionName=name)
        held.wait()
    with pytest.raises(ClientError, match="The local AWS ends"):
        answer.result()


def test_an_execution_that_is_started_while_all_others_end_ends_with_them(
    aws: LocalAws, held: Held, pool: ThreadPoolExecutor
) -> None:
    held.targets.add("StartExecution")
    with aws:
        machine = Workbench(aws).machine(WAIT)
        answer = pool.submit(aws.client("stepfunctions", config=ONCE).start_execution, stateMachineArn=machine)
        held.wait()
    assert answer.result()["executionArn"]


def test_an_execution_of_a_machine_that_was_deleted_ends_too(aws: LocalAws) -> None:
    with aws:
        bench = Workbench(aws)
        machine = bench.machine({"Wait": {"Type": "Wait", "Seconds": 10**8, "Next": "Wait"}})
        with aws.clock.running():
            bench.start(machine)
            aws.client("stepfunctions").delete_state_machine(stateMachineArn=machine)


def test_an_event_whose_function_is_killed_by_the_end_goes_to_no_destination(aws: LocalAws) -> None:
    with aws:
        bench = Workbench(aws)
        name = bench.function("def handler(event, context): print('runs', flush=True); import time; time.sleep(86_400)")
        aws.client("lambda").put_function_event_invoke_config(
            FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": bench.queue()}}
        )
        logs = aws.client("logs")
        logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
        aws.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
        until(lambda: logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"])


@pytest.mark.parametrize("attempts", [0, 185], ids=["is given up", "is tried again"])
def test_a_delivery_that_the_end_cuts_off_is_no_error(aws: LocalAws, held: Held, attempts: int) -> None:
    held.targets.add("SendMessage")
    with aws:
        bench = Workbench(aws)
        aws.load(Scenario.parse(json.dumps({"Faults": [{"Operation": "SendMessage", "Effect": "LoseAnswer"}]})))
        events, queue = aws.client("events"), bench.queue()
        events.put_rule(Name="it", EventPattern='{"source": ["shop"]}')
        policy = {"RetryPolicy": {"MaximumRetryAttempts": attempts}, "DeadLetterConfig": {"Arn": queue}}
        events.put_targets(Rule="it", Targets=[{"Id": "it", "Arn": queue, **policy}])
        events.put_events(Entries=[{"Source": "shop", "DetailType": "Order", "Detail": "{}"}])
        held.wait()


def test_a_long_poll_is_told_that_all_ends(aws: LocalAws, pool: ThreadPoolExecutor) -> None:
    with aws:
        url = aws.client("sqs").create_queue(QueueName="empty")["QueueUrl"]
        answer = pool.submit(aws.client("sqs", config=ONCE).receive_message, QueueUrl=url, WaitTimeSeconds=20)
        until(lambda: faults.calls("ReceiveMessage"))
    with pytest.raises(ClientError, match="The local AWS ends"):
        answer.result()


def test_what_a_layer_raises_is_answered_by_500_and_raised_at_the_end(aws: LocalAws) -> None:
    def layer(app: object) -> Callable[..., Iterable[bytes]]:  # noqa: ARG001
        def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ARG001
            raise ValueError("a layer")

        return serve

    def use() -> None:
        with aws, pytest.raises(ClientError) as answer:
            aws.client("sns", config=ONCE).list_topics()
        assert answer.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500

    aws.wrap(layer)
    with pytest.raises(ExceptionGroup) as raised:
        use()
    assert [str(error) for error in raised.value.exceptions] == ["a layer"]


def test_the_end_raises_what_a_thread_raised_and_leaves_no_trace_all_the_same(aws: LocalAws) -> None:
    def fail() -> None:
        raise ValueError("a thread")

    def use() -> None:
        with aws:
            aws.clock.spawn(fail, name="fails")

    with pytest.raises(ExceptionGroup) as raised:
        use()
    assert [str(error) for error in raised.value.exceptions] == ["a thread"]
    assert not aws.folder.exists()
    with LocalAws() as another:
        assert another.client("sns").list_topics()["Topics"] == []


def test_lines_for_a_log_stream_that_was_deleted_are_lost_and_nothing_else(aws: LocalAws) -> None:
    with aws:
        bench = Workbench(aws)
        name = bench.function("def handler(event, context): print('hello', flush=True)")
        bench.invoke(name)
        logs = aws.client("logs")
        [stream] = logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")["logStreams"]
        logs.delete_log_stream(logGroupName=f"/aws/lambda/{name}", logStreamName=stream["logStreamName"])
        assert bench.invoke(name) == (None, None)
