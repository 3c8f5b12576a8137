"""The state machine start-model as it is deployed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from model_lifecycle.errors import FunctionFailedError
from model_lifecycle.phase import Phase
from model_lifecycle.request import MAX_TIMEOUT_SECONDS
from tests.synth.synthesized import Synthesized

TASKS = {
    "Start model": "Functions/StartModel.Arn",
    "Check model": "Functions/CheckModel.Arn",
    "Notify running": "Functions/Notify.Arn",
    "Notify failure": "Functions/Notify.Arn",
}
OF_THE_EXECUTION = {"$$.Execution.Id", "$$.Execution.StartTime", "$$.Execution.RedriveCount"}
OF_AN_ANSWER = {"$.Progress.Phase", "$.Progress.NextCheckSeconds", "$.Progress.Report"}
"""What the functions answer whenever the state that reads it is reached: their own tests hold that."""


@pytest.fixture
def states(synthesized: Synthesized) -> dict[str, Any]:
    found: dict[str, Any] = synthesized.definition["States"]
    return found


def nexts(state: dict[str, Any]) -> set[str]:
    """Every state that may follow."""
    choices = [*state.get("Choices", []), *state.get("Catch", [])]
    return {*(choice["Next"] for choice in choices), *(state[key] for key in ("Next", "Default") if key in state)}


def paths(value: Any) -> Iterator[str]:
    """Every path that a state reads, but not where it writes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("ResultPath", "Comment", "Next", "Retry", "Catch"):
                continue
            yield from paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner)
    elif isinstance(value, str):
        yield from re.findall(r"\$\$?(?:\.\w+)*", value)


def test_its_states_read_as_the_story_that_they_tell(states: dict[str, Any]) -> None:
    assert {name: nexts(state) for name, state in states.items()} == {
        "Take request": {"Start model"},
        "Start model": {"Model running?", "Explain fault"},
        "Model running?": {"Notify running", "Wait for start", "Wait to retry", "Notify failure"},
        "Wait for start": {"Check model"},
        "Wait to retry": {"Start model"},
        "Check model": {"Model running?", "Explain fault"},
        "Explain fault": {"Notify failure"},
        "Notify running": {"Model running"},
        "Notify failure": {"Model not running"},
        "Model running": set(),
        "Model not running": set(),
    }


def test_it_begins_with_what_the_input_may_be(synthesized: Synthesized) -> None:
    assert synthesized.definition["StartAt"] == "Take request"


def test_only_named_phases_wait_and_everything_else_fails(states: dict[str, Any]) -> None:
    choice = states["Model running?"]

    assert {rule["StringEquals"]: rule["Next"] for rule in choice["Choices"]} == {
        Phase.RUNNING: "Notify running",
        Phase.STARTING: "Wait for start",
        Phase.BLOCKED: "Wait to retry",
    }
    assert choice["Default"] == "Notify failure"


def test_every_state_says_what_it_is_for(states: dict[str, Any], synthesized: Synthesized) -> None:
    assert all(state["Comment"] for state in states.values())
    assert synthesized.definition["Comment"]


def test_each_task_calls_the_function_of_its_name(states: dict[str, Any]) -> None:
    called = {name: state["Resource"] for name, state in states.items() if state["Type"] == "Task"}

    assert called == TASKS


@pytest.mark.parametrize("task", TASKS)
def test_a_task_tries_again_where_lambda_cannot_answer_and_catches_everything(
    states: dict[str, Any], task: str
) -> None:
    lambda_s_own, whatever_else = states[task]["Retry"]

    assert set(lambda_s_own["ErrorEquals"]) == {
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    }
    assert lambda_s_own["JitterStrategy"] == "FULL"
    assert whatever_else["ErrorEquals"] == ["States.ALL"]
    assert min(lambda_s_own["MaxAttempts"], whatever_else["MaxAttempts"]) >= 2
    assert [catch["ErrorEquals"] for catch in states[task]["Catch"]] == [["States.ALL"]]


@pytest.mark.parametrize(
    ("task", "end"), [("Notify running", "Model running"), ("Notify failure", "Model not running")]
)
def test_an_end_stays_what_it_is_whether_or_not_it_could_be_told(states: dict[str, Any], task: str, end: str) -> None:
    (catch,) = states[task]["Catch"]

    assert catch["Next"] == states[task]["Next"] == end


def test_every_path_that_it_reads_has_been_written_before(states: dict[str, Any]) -> None:
    """Walk every way through the machine with what has been written so far; nothing is read that is not there."""
    seen: set[tuple[str, frozenset[str]]] = set()
    ways = [("Take request", frozenset({"$"}))]
    while ways:
        name, written = way = ways.pop()
        if way in seen:
            continue
        seen.add(way)
        state = states[name]
        for path in paths(state):
            assert path in OF_THE_EXECUTION or any(
                path == known or path.startswith(f"{known}.") for known in written
            ), f"{name} reads {path}, and only {sorted(written)} is there"
        ways += [(after, frozenset(have)) for after, have in leads_to(state, set(written))]


def leads_to(state: dict[str, Any], written: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Each state that may follow, with what is written when it does."""
    for catch in state.get("Catch", []):
        yield catch["Next"], written | {f"{catch['ResultPath']}.Error"}
    after = written
    if state["Type"] == "Pass" and "ResultPath" not in state:
        after = keys("$", state["Parameters"])
    elif state["Type"] == "Pass":
        replaced = {path for path in written if not path.startswith("$.Progress")}
        after = replaced | keys(state["ResultPath"], state["Parameters"])
    elif state.get("ResultPath") == "$.Progress":
        after = written | OF_AN_ANSWER | {"$.Progress.Failure.Error", "$.Progress.Failure.Cause"}
    caught = {catch["Next"] for catch in state.get("Catch", [])} - {state.get("Next")}
    yield from ((name, after) for name in nexts(state) - caught)


def keys(place: str, parameters: Any) -> set[str]:
    """Every place that parameters write; what they leave empty is there, but nothing in it."""
    if not isinstance(parameters, dict):
        return {place}
    inner = {path for key, value in parameters.items() for path in keys(f"{place}.{key.removesuffix('.$')}", value)}
    return inner | ({place} if place != "$" else set())


def test_whatever_json_the_input_is_it_is_nested_before_anything_writes_beside_it(states: dict[str, Any]) -> None:
    assert states["Take request"]["Parameters"]["Input.$"] == "$"
    assert "ResultPath" not in states["Take request"]


def test_waits_are_as_long_as_the_function_says(states: dict[str, Any]) -> None:
    waits = {name: state["SecondsPath"] for name, state in states.items() if state["Type"] == "Wait"}

    assert waits == dict.fromkeys(["Wait for start", "Wait to retry"], "$.Progress.NextCheckSeconds")


def test_a_failure_ends_with_the_domain_s_error_and_cause(states: dict[str, Any]) -> None:
    end = states["Model not running"]

    assert (end["Type"], end["ErrorPath"], end["CausePath"]) == (
        "Fail",
        "$.Progress.Failure.Error",
        "$.Progress.Failure.Cause",
    )


def test_a_success_gives_the_report(states: dict[str, Any]) -> None:
    assert (states["Model running"]["Type"], states["Model running"]["OutputPath"]) == ("Succeed", "$.Progress.Report")


def test_a_function_s_fault_becomes_a_failure_in_plain_words(states: dict[str, Any]) -> None:
    explained = states["Explain fault"]["Parameters"]

    assert explained["Phase"] == Phase.FAILED
    assert explained["Failure"]["Error"] == FunctionFailedError.__name__
    assert re.fullmatch(r"States\.Format\('[^'{}]*\{\}[^'{}]*', \$\.Fault\.Error\)", explained["Failure"]["Cause.$"])


def test_its_own_time_out_lies_behind_every_deadline(synthesized: Synthesized) -> None:
    assert synthesized.definition["TimeoutSeconds"] >= MAX_TIMEOUT_SECONDS + 3_600


def test_it_is_found_by_its_name_traced_and_logged_with_all_its_data(synthesized: Synthesized) -> None:
    machine = synthesized.only("AWS::StepFunctions::StateMachine")

    assert machine["StateMachineName"] == "start-model"
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"] == {
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": "StartWorkflow/Log.Arn"}}],
        "IncludeExecutionData": True,
        "Level": "ALL",
    }
    # Log groups of other names make the resource policy grow until it is full.
    assert synthesized.all("AWS::Logs::LogGroup")["StartWorkflow/Log"]["LogGroupName"].startswith("/aws/vendedlogs/")
