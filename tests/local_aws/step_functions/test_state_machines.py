"""Step Functions: how executions begin, wait, fail, end, and begin again."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clock.clock import VirtualClock
from local.step_functions import executions
from tests.local_aws.conftest import Workbench

WAIT = {"Wait": {"Type": "Wait", "Seconds": 3_600, "End": True}}
PASS = {"Pass": {"Type": "Pass", "End": True}}
FAIL = {"Fail": {"Type": "Fail", "Error": "Broken", "Cause": "It broke"}}


def task(function: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:lambda:us-east-1:123456789012:function:{function}",
        "End": True,
        **more,
    }


def error_of(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response["Error"]["Code"])


@pytest.fixture(scope="module")
def flaky(bench: Workbench) -> str:
    """Return a function that fails as often as its event says."""
    return bench.function(
        """
        failures = {}
        def handler(event, context):
            so_far = failures.setdefault(event["key"], 0)
            if so_far < event["failures"]:
                failures[event["key"]] += 1
                raise KeyError("boo")
            return event.get("answer")
        """
    )


def test_an_execution_without_a_name_gets_one_of_its_own(bench: Workbench) -> None:
    machine = bench.machine(PASS)
    first, second = bench.start(machine), bench.start(machine)
    assert first != second
    assert "None" not in first
    assert bench.ended(first)["name"] == first.rsplit(":", 1)[-1]


def test_the_same_name_and_input_is_the_same_execution_while_it_runs(bench: Workbench) -> None:
    with bench.aws.clock.running():
        machine = bench.machine(WAIT)
        assert bench.start(machine, name="one") == bench.start(machine, name="one")
        with pytest.raises(ClientError) as refused:
            bench.start(machine, {"other": "input"}, name="one")
        assert error_of(refused) == "ExecutionAlreadyExists"


def test_a_name_is_taken_when_its_execution_has_ended(bench: Workbench) -> None:
    machine = bench.machine(PASS)
    bench.ended(bench.start(machine, name="one"))
    with pytest.raises(ClientError) as refused:
        bench.start(machine, name="one")
    assert error_of(refused) == "ExecutionAlreadyExists"


@pytest.mark.parametrize("text", ["{", "NaN", '{"a": Infinity}', "['a']"])
def test_an_input_that_is_no_json_is_refused(bench: Workbench, text: str) -> None:
    with pytest.raises(ClientError) as refused:
        bench.start(bench.machine(PASS), input=text)
    assert error_of(refused) == "InvalidExecutionInput"


def test_an_input_may_have_256_kib_and_no_more(bench: Workbench) -> None:
    machine = bench.machine(PASS)
    largest = json.dumps("x" * (262_144 - 2))
    assert bench.ended(bench.start(machine, input=largest))["status"] == "SUCCEEDED"
    with pytest.raises(ClientError) as refused:
        bench.start(machine, input=largest + " ")
    assert error_of(refused) == "ValidationException"


@pytest.mark.parametrize("given", [[1, 2], "text", 17, None, True, {"a": {"b": "ü"}}])
def test_an_input_may_be_any_json(bench: Workbench, given: Any) -> None:
    execution = bench.start(bench.machine(PASS), input=json.dumps(given))
    assert json.loads(bench.ended(execution)["output"]) == given


def test_waiting_takes_the_clocks_time_and_not_ours(bench: Workbench) -> None:
    ended = bench.run(WAIT)
    assert ended["status"] == "SUCCEEDED"
    assert ended["stopDate"] - ended["startDate"] == timedelta(hours=1)


def test_waiting_for_a_moment_is_exact(bench: Workbench) -> None:
    with bench.aws.clock.running():
        moment = (bench.aws.clock.now() + timedelta(seconds=61, milliseconds=500)).isoformat(timespec="milliseconds")
        execution = bench.start(
            bench.machine({"Wait": {"Type": "Wait", "TimestampPath": "$.at", "End": True}}),
            {"at": moment.replace("+00:00", "Z")},
        )
    assert bench.ended(execution)["stopDate"] == datetime.fromisoformat(moment)


def test_retries_wait_on_the_clock_and_count(bench: Workbench, flaky: str) -> None:
    retry = [{"ErrorEquals": ["KeyError"], "IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 2}]
    parameters = {"key": "counted", "failures": 2, "answer.$": "$$.State.RetryCount"}
    ended = bench.run({"Task": task(flaky, Parameters=parameters, Retry=retry)})
    assert ended["output"] == "2"
    assert ended["stopDate"] - ended["startDate"] == timedelta(seconds=30)


def test_what_lambda_itself_answers_has_lambdas_name(bench: Workbench) -> None:
    function = bench.function("def handler(event, context): pass")
    bench.aws.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    assert bench.run({"Task": task(function)})["error"] == "Lambda.TooManyRequestsException"


def test_a_fault_is_caught_with_error_and_cause(bench: Workbench, flaky: str) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Fault", "Next": "Told"}]
    states = {"Task": task(flaky, Catch=catch), "Told": {"Type": "Pass", "End": True}}
    output = json.loads(bench.run(states, {"key": "caught", "failures": 1})["output"])
    assert output["Fault"]["Error"] == "KeyError"
    assert json.loads(output["Fault"]["Cause"])["errorMessage"] == "'boo'"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"a.$": "$.missing"}, "States.Runtime"),
        (
            {"key": "large", "failures": 0, "a.$": "States.Format('{}{}', $.long, $.long)"},
            "States.DataLimitExceeded",
        ),
    ],
)
def test_what_no_catch_can_catch_ends_the_execution(
    bench: Workbench, flaky: str, parameters: dict[str, Any], error: str
) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Told"}]
    states = {"Task": task(flaky, Parameters=parameters, Catch=catch), "Told": {"Type": "Succeed"}}
    ended = bench.run(states, {"long": "x" * 140_000})
    assert (ended["status"], ended["error"]) == ("FAILED", error)


def test_a_result_that_is_too_large_ends_the_execution(bench: Workbench) -> None:
    function = bench.function("def handler(event, context): return 'x' * 262_145")
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Told"}]
    ended = bench.run({"Task": task(function, Catch=catch), "Told": {"Type": "Succeed"}})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.DataLimitExceeded")


def test_a_fail_state_tells_error_and_cause(bench: Workbench) -> None:
    ended = bench.run(FAIL)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Broken", "It broke")


def test_the_machines_timeout_ends_the_execution_on_time(bench: Workbench) -> None:
    ended = bench.run(WAIT, TimeoutSeconds=60)
    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")
    assert ended["stopDate"] - ended["startDate"] == timedelta(seconds=60)
    assert bench.history(ended["executionArn"])[-1]["type"] == "ExecutionTimedOut"


def test_a_tasks_timeout_is_on_the_clock(bench: Workbench) -> None:
    # Nobody ever sends the token back.
    states = {
        "Task": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": _url(bench, bench.queue()), "MessageBody": {"Token.$": "$$.Task.Token"}},
            "TimeoutSeconds": 90,
            "End": True,
        }
    }
    ended = bench.run(states)
    assert ended["error"] == "States.Timeout"
    assert ended["stopDate"] - ended["startDate"] == timedelta(seconds=90)


def test_stopping_an_execution_ends_it_at_once(bench: Workbench) -> None:
    with bench.aws.clock.running():
        execution = bench.start(bench.machine(WAIT))
        stopped = bench.aws.client("stepfunctions").stop_execution(
            executionArn=execution, error="Enough", cause="Bored"
        )
        ended = bench.described(execution)
    assert ended["stopDate"] == stopped["stopDate"]
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Enough", "Bored")
    assert bench.ended(execution)["status"] == "ABORTED"
    assert bench.history(execution)[-1]["type"] == "ExecutionAborted"


def test_stopping_an_execution_that_has_ended_changes_nothing(bench: Workbench) -> None:
    ended = bench.run(PASS)
    bench.aws.client("stepfunctions").stop_execution(executionArn=ended["executionArn"])
    assert bench.described(ended["executionArn"])["status"] == "SUCCEEDED"


def test_an_execution_dies_when_its_history_is_full(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executions, "MAX_EVENTS", 40)
    loop = {"Pass": {"Type": "Pass", "Next": "Again"}, "Again": {"Type": "Pass", "Next": "Pass"}}
    ended = bench.run(loop)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "maximum number of history events" in ended["cause"]
    history = bench.history(ended["executionArn"])
    assert len(history) == 40
    assert history[-1]["type"] == "ExecutionFailed"
    assert ended["redriveStatus"] == "NOT_REDRIVABLE"


def test_the_context_tells_who_and_when(bench: Workbench) -> None:
    ended = bench.run({"Pass": {"Type": "Pass", "Parameters": {"Context.$": "$$"}, "End": True}}, {"a": 1})
    context = json.loads(ended["output"])["Context"]
    assert context["Execution"]["Id"] == ended["executionArn"]
    assert context["Execution"]["Input"] == {"a": 1}
    assert context["Execution"]["RedriveCount"] == 0
    assert datetime.fromisoformat(context["Execution"]["StartTime"]) == ended["startDate"]
    assert context["Execution"]["StartTime"].endswith("Z")
    assert context["State"] == {"Name": "Pass", "EnteredTime": context["Execution"]["StartTime"], "RetryCount": 0}


def test_a_format_may_contain_apostrophes_and_braces(bench: Workbench) -> None:
    parameters = {"a.$": r"States.Format('it\'s {} in \{braces\}', $.what)"}
    ended = bench.run({"Pass": {"Type": "Pass", "Parameters": parameters, "End": True}}, {"what": "this"})
    assert json.loads(ended["output"]) == {"a": "it's this in {braces}"}


def test_an_intrinsic_function_that_cannot_be_read_is_refused(bench: Workbench) -> None:
    with pytest.raises(ClientError) as refused:
        bench.machine({"Pass": {"Type": "Pass", "Parameters": {"a.$": "States.Format('{}' $.what)"}, "End": True}})
    assert error_of(refused) == "InvalidDefinition"


def test_a_name_can_be_made_of_what_is_hashed(bench: Workbench) -> None:
    parameters = {
        "Text.$": "States.Format('{}|{}', $.Arn, $.Count)",
        "Hash.$": "States.Hash($.Arn, 'SHA-256')",
        "Name.$": "States.Format('stop-{}', States.Hash(States.Format('{}|{}', $.Arn, $.Count), 'SHA-1'))",
    }
    ended = bench.run({"Pass": {"Type": "Pass", "Parameters": parameters, "End": True}}, {"Arn": "arn:it", "Count": 2})
    assert json.loads(ended["output"]) == {
        "Text": "arn:it|2",
        "Hash": hashlib.sha256(b"arn:it").hexdigest(),
        "Name": f"stop-{hashlib.sha1(b'arn:it|2').hexdigest()}",  # noqa: S324
    }


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ({"Asked": True}, "Yes"),
        ({"Asked": False}, "No"),
        ({}, "Absent"),
        ({"Asked": None}, "No"),
        ({"Asked": "true"}, "No"),
    ],
)
def test_a_choice_tells_true_from_false_and_from_nothing(bench: Workbench, given: Any, chosen: str) -> None:
    choices = [
        {
            "And": [{"Variable": "$.Asked", "IsPresent": True}, {"Variable": "$.Asked", "BooleanEquals": True}],
            "Next": "Yes",
        },
        {"Variable": "$.Asked", "IsPresent": False, "Next": "Absent"},
    ]
    ends = {name: {"Type": "Pass", "Result": name, "End": True} for name in ("Yes", "No", "Absent")}
    ended = bench.run({"Asked?": {"Type": "Choice", "Choices": choices, "Default": "No"}, **ends}, given)
    assert json.loads(ended["output"]) == chosen


@pytest.mark.parametrize("pattern", [".sync:2", ""])
def test_an_execution_can_start_another(bench: Workbench, pattern: str) -> None:
    nested = bench.machine({"Wait": {"Type": "Wait", "Seconds": 3_600, "Next": "Pass"}, **PASS})
    states = {
        "Nest": {
            "Type": "Task",
            "Resource": f"arn:aws:states:::states:startExecution{pattern}",
            "Parameters": {"StateMachineArn": nested, "Input": {"a": 1}},
            "End": True,
        }
    }
    ended = bench.run(states)
    output = json.loads(ended["output"])
    if pattern:
        assert output["Output"] == {"a": 1}
        assert ended["stopDate"] - ended["startDate"] == timedelta(hours=1)
    assert bench.described(output["ExecutionArn"])["status"] == "SUCCEEDED"


def test_executions_that_a_task_waits_for_are_stopped_with_the_one_that_is_aborted(bench: Workbench) -> None:
    nested = bench.machine({"Wait": {"Type": "Wait", "Seconds": 3_600, "End": True}})
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": nested, "Input": {}},
        "End": True,
    }
    each = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Nest", "States": {"Nest": task}}
    states = {"All": {"Type": "Map", "ItemsPath": "$.Items", "ItemProcessor": each, "End": True}}
    client = bench.aws.client("stepfunctions")

    with bench.aws.clock.running():
        parent = bench.start(bench.machine(states), {"Items": [1, 2]})
        bench.aws.clock.wait(60)
        client.stop_execution(executionArn=parent)
    bench.ended(parent)

    executions = client.list_executions(stateMachineArn=nested)["executions"]
    assert [each["status"] for each in executions] == ["ABORTED"] * 2


def test_branches_wait_at_the_same_time(bench: Workbench) -> None:
    branch = {"StartAt": "Wait", "States": WAIT}
    mapped = {"ProcessorConfig": {"Mode": "INLINE"}, **branch}
    states = {
        "Both": {"Type": "Parallel", "Branches": [branch, branch], "Next": "All"},
        "All": {"Type": "Map", "ItemProcessor": mapped, "End": True},
    }
    ended = bench.run(states)
    assert ended["status"] == "SUCCEEDED"
    assert ended["stopDate"] - ended["startDate"] == timedelta(hours=2)


class TestStatusEvents:
    """`Step Functions Execution Status Change` on the default bus."""

    @pytest.fixture
    def told(self, bench: Workbench) -> Any:
        """Listen to one machine; give what it says as it is asked."""

        def listen(machine: str) -> Any:
            queue = bench.queue()
            events = bench.aws.client("events")
            name = queue.rsplit(":", 1)[-1]
            pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine]}}
            events.put_rule(Name=name, EventPattern=json.dumps(pattern))
            events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue}])

            def said() -> list[dict[str, Any]]:
                assert isinstance(bench.aws.clock, VirtualClock)
                bench.aws.clock.settle()
                return sorted(
                    (json.loads(message["Body"]) for message in bench.received(queue)),
                    key=lambda event: (event["time"], event["detail"]["status"] != "RUNNING"),
                )

            return said

        return listen

    def test_the_start_and_the_end_are_told(self, bench: Workbench, told: Any) -> None:
        machine = bench.machine(WAIT)
        said = told(machine)
        execution = bench.start(machine, {"a": 1})
        began, ended = said()
        described = bench.described(execution)
        assert began["detail-type"] == "Step Functions Execution Status Change"
        assert began["resources"] == [execution]
        assert began["detail"] == {
            "executionArn": execution,
            "stateMachineArn": machine,
            "stateMachineVersionArn": None,
            "stateMachineAliasArn": None,
            "name": described["name"],
            "status": "RUNNING",
            "startDate": int(described["startDate"].timestamp() * 1000),
            "stopDate": None,
            "input": '{"a": 1}',
            "inputDetails": {"included": True},
            "output": None,
            "outputDetails": None,
            "error": None,
            "cause": None,
            "redriveCount": 0,
            "redriveDate": None,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
        }
        assert ended["detail"]["status"] == "SUCCEEDED"
        assert ended["detail"]["stopDate"] == int(described["stopDate"].timestamp() * 1000)
        assert ended["detail"]["output"] == '{"a":1}'

    @pytest.mark.parametrize(
        ("states", "more", "end"), [(FAIL, {}, "FAILED"), (WAIT, {"TimeoutSeconds": 9}, "TIMED_OUT")]
    )
    def test_an_end_without_success_is_told(
        self, bench: Workbench, told: Any, states: dict[str, Any], more: dict[str, Any], end: str
    ) -> None:
        machine = bench.machine(states, **more)
        said = told(machine)
        described = bench.ended(bench.start(machine))
        detail = said()[-1]["detail"]
        assert detail["status"] == end
        assert (detail["error"], detail["cause"]) == (described.get("error"), described.get("cause"))
        assert detail["redriveStatus"] == "REDRIVABLE"

    def test_an_abort_is_told_once(self, bench: Workbench, told: Any) -> None:
        machine = bench.machine(WAIT)
        said = told(machine)
        with bench.aws.clock.running():
            execution = bench.start(machine)
            for _ in range(2):
                bench.aws.client("stepfunctions").stop_execution(executionArn=execution)
        assert [event["detail"]["status"] for event in said()] == ["RUNNING", "ABORTED"]

    def test_an_input_too_large_for_an_event_is_left_out(self, bench: Workbench, told: Any) -> None:
        machine = bench.machine({"Pass": {"Type": "Pass", "OutputPath": "$.b", "End": True}})
        said = told(machine)
        bench.ended(bench.start(machine, {"a": "x" * 254_000, "b": 1}))
        for event in said():
            assert event["detail"]["input"] is None
            assert event["detail"]["inputDetails"] == {"included": False}
        assert event["detail"]["output"] == "1"


class TestRedrive:
    """RedriveExecution: the same execution, from where it ended."""

    def redrive(self, bench: Workbench, execution: str) -> dict[str, Any]:
        bench.aws.client("stepfunctions").redrive_execution(executionArn=execution)
        return bench.ended(execution)

    def test_the_state_that_failed_is_entered_again(self, bench: Workbench, flaky: str) -> None:
        states = {
            "Seed": {"Type": "Pass", "Result": {"key": "redriven", "failures": 1, "answer": "done"}, "Next": "Task"},
            "Task": task(flaky),
        }
        failed = bench.run(states)
        assert (failed["status"], failed["redriveStatus"]) == ("FAILED", "REDRIVABLE")
        again = self.redrive(bench, failed["executionArn"])
        assert (again["status"], again["output"], again["redriveCount"]) == ("SUCCEEDED", '"done"', 1)
        assert again["startDate"] == failed["startDate"]
        assert "error" not in again
        types = [event["type"] for event in bench.history(failed["executionArn"])]
        assert (
            types.count("ExecutionStarted") == types.count("PassStateEntered") == types.count("ExecutionRedriven") == 1
        )
        assert [event["id"] for event in bench.history(failed["executionArn"])] == list(range(1, len(types) + 1))

    def test_a_fail_state_fails_again(self, bench: Workbench) -> None:
        failed = bench.run(FAIL)
        again = self.redrive(bench, failed["executionArn"])
        assert (again["status"], again["error"], again["redriveCount"]) == ("FAILED", "Broken", 1)

    def test_the_count_is_in_the_context(self, bench: Workbench) -> None:
        told = {"Count.$": "$$.Execution.RedriveCount", "Name.$": "States.Format('it-{}', $$.Execution.RedriveCount)"}
        counted = {"Type": "Pass", "Parameters": told, "End": True}
        wait = {"Type": "Wait", "Seconds": 100, "Next": "Count"}
        with bench.aws.clock.running():
            aborted = bench.start(bench.machine({"Wait": wait, "Count": counted}))
            bench.aws.client("stepfunctions").stop_execution(executionArn=aborted)
        assert json.loads(self.redrive(bench, aborted)["output"]) == {"Count": 1, "Name": "it-1"}

    def test_the_machines_timeout_begins_again(self, bench: Workbench) -> None:
        timed_out = bench.run(WAIT, TimeoutSeconds=60)
        again = self.redrive(bench, timed_out["executionArn"])
        assert (again["status"], again["redriveCount"]) == ("TIMED_OUT", 1)
        assert again["stopDate"] - again["redriveDate"] == timedelta(seconds=60)

    def test_what_runs_or_succeeded_cannot_be_redriven(self, bench: Workbench) -> None:
        with bench.aws.clock.running():
            running = bench.start(bench.machine(WAIT))
            with pytest.raises(ClientError) as refused:
                bench.aws.client("stepfunctions").redrive_execution(executionArn=running)
            assert error_of(refused) == "ExecutionNotRedrivable"
        bench.ended(running)
        with pytest.raises(ClientError) as refused:
            bench.aws.client("stepfunctions").redrive_execution(executionArn=running)
        assert error_of(refused) == "ExecutionNotRedrivable"

    def test_what_began_before_an_update_goes_on_as_it_began(self, bench: Workbench) -> None:
        api = bench.aws.client("stepfunctions")
        machine = bench.machine(FAIL)
        failed = bench.ended(bench.start(machine))
        now = json.dumps({"StartAt": "Now", "States": {"Now": {"Type": "Succeed"}}})
        api.update_state_machine(stateMachineArn=machine, definition=now)
        succeeded = bench.ended(bench.start(machine))
        assert (self.redrive(bench, failed["executionArn"])["error"], succeeded["status"]) == ("Broken", "SUCCEEDED")
        before, after = (
            api.describe_state_machine_for_execution(executionArn=execution["executionArn"])
            for execution in (failed, succeeded)
        )
        assert (json.loads(before["definition"])["States"], after["definition"]) == (FAIL, now)
        assert before["updateDate"] < after["updateDate"]

    def test_two_weeks_after_the_end_are_the_limit(self, bench: Workbench) -> None:
        failed = bench.run({"Wait": {"Type": "Wait", "Seconds": 86_400, "Next": "Fail"}, **FAIL})
        bench.aws.clock.wait(13.5 * 86_400)
        assert self.redrive(bench, failed["executionArn"])["redriveCount"] == 1
        bench.aws.clock.wait(14 * 86_400 + 1)
        with pytest.raises(ClientError) as refused:
            bench.aws.client("stepfunctions").redrive_execution(executionArn=failed["executionArn"])
        assert error_of(refused) == "ExecutionNotRedrivable"


def _url(bench: Workbench, queue: str) -> str:
    return f"{bench.aws.endpoint_url}/123456789012/{queue.rsplit(':', 1)[-1]}"
