"""The executions of stop-model that the watch starts, and those of start-model that it reads."""

import json

import pytest

from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.vocabulary.errors import ServiceRefusedError
from tests.fakes.given import EXECUTION, START, STOP_EXECUTION, VERSION, stop_request
from tests.fakes.stubbed import stubbed

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:stop-model"
OTHER = VERSION.replace("1767603600000", "1")


def name_of(version: str, once: str) -> str:
    """Return the name of the execution that is started for that model and text."""
    asked: dict[str, str] = {}
    with stubbed("stepfunctions") as (client, stub):
        stub.add_response("start_execution", {"executionArn": STOP_EXECUTION, "startDate": START})
        client.meta.events.register_first(
            "provide-client-params.sfn.StartExecution", lambda params, **_: asked.update(params), "note"
        )
        StopExecutions(MACHINE, client).start(stop_request(ProjectVersionArn=version), once=once)
        client.meta.events.unregister("provide-client-params.sfn.StartExecution", unique_id="note")
    assert asked["stateMachineArn"] == MACHINE
    assert json.loads(asked["input"]) == stop_request(ProjectVersionArn=version).to_json()
    return asked["name"]


def test_a_stop_has_one_name_for_one_model_and_text() -> None:
    names = [name_of(VERSION, "09:00"), name_of(VERSION, "09:00"), name_of(VERSION, "10:00"), name_of(OTHER, "09:00")]

    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_a_stop_that_was_started_already_is_as_good_as_started() -> None:
    with stubbed("stepfunctions") as (client, stub):
        stub.add_client_error("start_execution", "ExecutionAlreadyExists")

        StopExecutions(MACHINE, client).start(stop_request(), once="09:00")


@pytest.mark.parametrize(
    ("status", "under_way"),
    [("RUNNING", True), ("SUCCEEDED", False), ("FAILED", False), ("TIMED_OUT", False), ("ABORTED", False)],
)
def test_an_execution_is_under_way_while_it_runs(status: str, under_way: bool) -> None:
    answer = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": status, "startDate": START}
    with stubbed("stepfunctions") as (client, stub):
        stub.add_response("describe_execution", answer, {"executionArn": EXECUTION})

        assert StopExecutions(MACHINE, client).is_under_way(EXECUTION) is under_way


def test_an_execution_that_is_forgotten_has_long_ended() -> None:
    with stubbed("stepfunctions") as (client, stub):
        stub.add_client_error("describe_execution", "ExecutionDoesNotExist")

        assert not StopExecutions(MACHINE, client).is_under_way(EXECUTION)


@pytest.mark.parametrize("code", ["InvalidArn", "StateMachineDoesNotExist"])
def test_what_else_is_refused_is_an_error(code: str) -> None:
    with stubbed("stepfunctions") as (client, stub):
        stub.add_client_error("start_execution", code)
        stub.add_client_error("describe_execution", code)
        executions = StopExecutions(MACHINE, client)

        with pytest.raises(ServiceRefusedError, match=f"AWS answered StartExecution with {code}"):
            executions.start(stop_request(), once="09:00")
        with pytest.raises(ServiceRefusedError, match=f"AWS answered DescribeExecution with {code}"):
            executions.is_under_way(EXECUTION)
