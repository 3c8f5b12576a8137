"""Tasks that start an execution without waiting for it: parameters, results and errors."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from local.network import faults
from local.scenario.scenario import Scenario
from tests.local_aws.conftest import Workbench

INTEGRATIONS = {"states:startExecution": "StepFunctions", "aws-sdk:sfn:startExecution": "Sfn"}
CAUGHT = {"Caught": {"Type": "Pass", "End": True}}


@pytest.fixture(params=INTEGRATIONS)
def integration(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def stop(bench: Workbench) -> str:
    """Return a machine that runs for an hour."""
    return bench.machine({"Wait": {"Type": "Wait", "Seconds": 3_600, "End": True}})


@pytest.fixture
def faulty(bench: Workbench) -> Iterator[Any]:
    """Let faults befall calls, until the test ends."""

    def load(**fault: Any) -> None:
        bench.aws.load(Scenario.parse(json.dumps({"Faults": [fault]})))

    yield load
    bench.aws.load(Scenario())


def starts(machine: str, integration: str, **more: Any) -> dict[str, Any]:
    """Return states that start an execution of a machine, by name and with an object for its input."""
    given = {"Reason.$": "$.Reason", "StartedBy.$": "$$.Execution.Id"}
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{integration}",
        "Parameters": {"StateMachineArn": machine, "Name.$": "$.Name", "Input": given},
        "ResultPath": "$.Stop",
        "End": True,
    }
    return {"Start": {**task, **more}}


def caught(bench: Workbench, machine: str, integration: str, error: str, name: str) -> dict[str, Any]:
    """Run the states with a catch for one error, and return what it caught."""
    catch = {"Catch": [{"ErrorEquals": [error], "ResultPath": "$.Error", "Next": "Caught"}]}
    ended = bench.run(starts(machine, integration, **catch) | CAUGHT, {"Name": name, "Reason": "Given up"})
    assert ended["status"] == "SUCCEEDED", ended
    found: dict[str, Any] = json.loads(ended["output"])["Error"]
    return found


def test_an_execution_is_started_by_name_and_not_waited_for(bench: Workbench, stop: str, integration: str) -> None:
    name = f"stop-{uuid4()}"

    ended = bench.run(starts(stop, integration), {"Name": name, "Reason": "Given up"})

    stopping = bench.described(json.loads(ended["output"])["Stop"]["ExecutionArn"])
    assert ended["stopDate"] == ended["startDate"] == stopping["startDate"]
    assert stopping["name"] == name
    assert json.loads(stopping["input"]) == {"Reason": "Given up", "StartedBy": ended["executionArn"]}


def test_a_name_that_is_taken_is_caught_by_its_error(bench: Workbench, stop: str, integration: str) -> None:
    name = f"stop-{uuid4()}"
    bench.start(stop, {"another": "input"}, name=name)
    error = f"{INTEGRATIONS[integration]}.ExecutionAlreadyExistsException"

    found = caught(bench, stop, integration, error, name)

    assert found["Error"] == error
    assert f":{name}'" in found["Cause"]


def test_a_machine_that_is_not_there_is_caught_by_its_error(bench: Workbench, stop: str, integration: str) -> None:
    error = f"{INTEGRATIONS[integration]}.StateMachineDoesNotExistException"

    assert caught(bench, f"{stop}x", integration, error, "stop")["Error"] == error


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"Effect": "Refuse"}, "SdkClientException"),
        ({"Effect": "LoseAnswer"}, "SdkClientException"),
        ({"Error": "ExecutionLimitExceeded"}, "ExecutionLimitExceededException"),
        ({"Error": "ValidationException"}, "ValidationException"),
    ],
)
def test_what_goes_wrong_on_the_way_is_caught_by_name(
    bench: Workbench, stop: str, integration: str, faulty: Any, fault: dict[str, str], error: str
) -> None:
    # The first call is that of the test itself.
    faulty(Operation="StartExecution", After=1, Times=1, **fault)

    found = caught(bench, stop, integration, "States.ALL", f"stop-{uuid4()}")

    assert found["Error"] == f"{INTEGRATIONS[integration]}.{error}"
    assert len(faults.calls("StartExecution")) == 2
