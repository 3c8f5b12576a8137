"""The deployed state machines start-model and stop-model."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from model_lifecycle.endings.reading import ALREADY_STARTED
from model_lifecycle.requests.model_request import MAX_TIMEOUT_SECONDS
from model_lifecycle.vocabulary.errors import FunctionFailedError
from model_lifecycle.vocabulary.phase import Goal, Phase
from tests.template.synthesized import Synthesized

START_EXECUTION = "arn:${AWS::Partition}:states:::states:startExecution"
OF_THE_EXECUTION = {"$$.Execution.Id", "$$.Execution.StartTime", "$$.Execution.RedriveCount"}
OF_AN_ANSWER = {
    *("$.Progress.Phase", "$.Progress.NextCheckSeconds", "$.Progress.CleansUp", "$.Progress.Tells"),
    *("$.Progress.Request", "$.Progress.Report"),
}
"""What the functions answer whenever the state that reads it is reached: their own tests hold that."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is to be found in one machine."""

    machine: str
    goal: Goal
    story: dict[str, set[str]]
    tasks: dict[str, str]
    choice: str
    phases: dict[Phase, str]
    ends: dict[str, str]
    waits: list[str]


START = Told(
    machine="start-model",
    goal=Goal.RUNNING,
    story={
        "Take request": {"Start model"},
        "Start model": {"Model running?", "Explain fault"},
        "Model running?": {
            *("Notify running", "Wait for start", "Notify waiting", "Wait to retry", "Stop model", "Notify failure"),
            "Notify still starting",
        },
        "Notify still starting": {"Remember notification", "Wait for start"},
        "Remember notification": {"Wait for start"},
        "Notify waiting": {"Wait to retry"},
        "Wait for start": {"Check model"},
        "Wait to retry": {"Start model"},
        "Check model": {"Model running?", "Explain fault"},
        "Explain fault": {"Stop model"},
        "Stop model": {"Notify failure"},
        "Notify running": {"Model running"},
        "Notify failure": {"Model not running"},
        "Model running": set(),
        "Model not running": set(),
    },
    tasks={
        "Start model": "Functions/StartModel/CurrentVersion",
        "Check model": "Functions/CheckModel/CurrentVersion",
        "Stop model": START_EXECUTION,
        "Notify running": "Functions/Notify/CurrentVersion",
        "Notify waiting": "Functions/Notify/CurrentVersion",
        "Notify still starting": "Functions/Notify/CurrentVersion",
        "Notify failure": "Functions/Notify/CurrentVersion",
    },
    choice="Model running?",
    phases={
        Phase.RUNNING: "Notify running",
        Phase.STARTING: "Wait for start",
        Phase.BLOCKED: "Wait to retry",
    },
    ends={"Notify running": "Model running", "Notify failure": "Model not running"},
    waits=["Wait for start", "Wait to retry"],
)
STOP = Told(
    machine="stop-model",
    goal=Goal.STOPPED,
    story={
        "Take request": {"Stop model"},
        "Stop model": {"Model stopped?", "Explain fault"},
        "Model stopped?": {"Notify stopped", "Wait for stop", "Wait to retry", "Model left alone", "Notify failure"},
        "Wait for stop": {"Check model"},
        "Wait to retry": {"Stop model"},
        "Check model": {"Model stopped?", "Explain fault"},
        "Explain fault": {"Notify failure"},
        "Notify stopped": {"Model stopped"},
        "Notify failure": {"Model not stopped"},
        "Model stopped": set(),
        "Model left alone": set(),
        "Model not stopped": set(),
    },
    tasks={
        "Stop model": "Functions/StopModel/CurrentVersion",
        "Check model": "Functions/CheckModel/CurrentVersion",
        "Notify stopped": "Functions/Notify/CurrentVersion",
        "Notify failure": "Functions/Notify/CurrentVersion",
    },
    choice="Model stopped?",
    phases={
        Phase.STOPPED: "Notify stopped",
        Phase.STOPPING: "Wait for stop",
        Phase.BLOCKED: "Wait to retry",
        Phase.SUPERSEDED: "Model left alone",
    },
    ends={"Notify stopped": "Model stopped", "Notify failure": "Model not stopped"},
    waits=["Wait for stop", "Wait to retry"],
)
MEANWHILE = "Notify still starting"
"""What it could not tell, the next look wants told again."""
BOTH = pytest.mark.parametrize("told", [START, STOP], ids=lambda told: told.machine)
CALLS = pytest.mark.parametrize(
    ("told", "task"), [(told, task) for told in (START, STOP) for task, to in told.tasks.items() if "Functions/" in to]
)


def states_of(synthesized: Synthesized, told: Told) -> dict[str, Any]:
    """Return the states of a machine, by name."""
    found: dict[str, Any] = synthesized.definitions[told.machine]["States"]
    return found


def nexts(state: dict[str, Any]) -> set[str]:
    """Every state that may follow."""
    choices = [*state.get("Choices", []), *state.get("Catch", [])]
    return {*(choice["Next"] for choice in choices), *(state[key] for key in ("Next", "Default") if key in state)}


def paths(value: Any) -> Iterator[str]:
    """Every path that a state reads, but not where it writes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("ResultPath", "Comment", "Next", "Retry", "Catch", "Resource"):
                continue
            yield from paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner)
    elif isinstance(value, str):
        yield from re.findall(r"\$\$?(?:\.\w+)*", value)


def test_there_are_these_machines(synthesized: Synthesized) -> None:
    assert set(synthesized.definitions) == {START.machine, STOP.machine, "start-models", "stop-models"}


@BOTH
def test_its_states_read_as_the_story_that_they_tell(synthesized: Synthesized, told: Told) -> None:
    assert {name: nexts(state) for name, state in states_of(synthesized, told).items()} == told.story


@BOTH
def test_it_begins_with_what_the_input_may_be(synthesized: Synthesized, told: Told) -> None:
    assert synthesized.definitions[told.machine]["StartAt"] == "Take request"


@BOTH
def test_only_named_phases_wait_or_succeed_and_everything_else_fails(synthesized: Synthesized, told: Told) -> None:
    choice = states_of(synthesized, told)[told.choice]

    phases = [rule for rule in choice["Choices"] if rule.get("Variable") == "$.Progress.Phase"]
    assert {rule["StringEquals"]: rule["Next"] for rule in phases} == told.phases
    assert choice["Default"] == "Notify failure"


@pytest.mark.parametrize(
    ("phase", "tells", "waits"),
    [("BLOCKED", "Notify waiting", "Wait to retry"), ("STARTING", "Notify still starting", "Wait for start")],
)
def test_a_start_that_goes_on_tells_so_before_it_waits(
    synthesized: Synthesized, phase: str, tells: str, waits: str
) -> None:
    rules = states_of(synthesized, START)[START.choice]["Choices"]

    [told] = [place for place, rule in enumerate(rules) if rule["Next"] == tells]
    in_phase, wanted = rules[told]["And"]
    assert (in_phase["StringEquals"], wanted["Variable"], wanted["BooleanEquals"]) == (phase, "$.Progress.Tells", True)
    assert (rules[told + 1]["StringEquals"], rules[told + 1]["Next"]) == (phase, waits)


def test_what_is_told_meanwhile_holds_nothing_up_and_is_noted_only_once_it_was_told(synthesized: Synthesized) -> None:
    states = states_of(synthesized, START)
    telling, noted = states[MEANWHILE], states["Remember notification"]

    assert "Retry" not in telling
    assert [caught["Next"] for caught in telling["Catch"]] == ["Wait for start"]
    assert (noted["Result"], noted["ResultPath"]) == (True, "$.Progress.SaidStillStarting")


def test_a_start_that_gives_up_on_what_it_asked_for_cleans_up_after_every_other_choice(
    synthesized: Synthesized,
) -> None:
    *phases, clean_up = states_of(synthesized, START)[START.choice]["Choices"]

    assert {rule.get("And", [rule])[0]["Variable"] for rule in phases} == {"$.Progress.Phase"}
    assert (clean_up["Variable"], clean_up["BooleanEquals"], clean_up["Next"]) == (
        "$.Progress.CleansUp",
        True,
        "Stop model",
    )


@BOTH
def test_every_state_says_what_it_is_for(synthesized: Synthesized, told: Told) -> None:
    assert all(state["Comment"] for state in states_of(synthesized, told).values())
    assert synthesized.definitions[told.machine]["Comment"]


@BOTH
def test_each_task_calls_what_its_name_says(synthesized: Synthesized, told: Told) -> None:
    states = states_of(synthesized, told)

    assert {name: state["Resource"] for name, state in states.items() if state["Type"] == "Task"} == told.tasks


@CALLS
def test_a_task_tries_again_where_lambda_cannot_answer_and_catches_everything(
    synthesized: Synthesized, told: Told, task: str
) -> None:
    state = states_of(synthesized, told)[task]
    assert [catch["ErrorEquals"] for catch in state["Catch"]] == [["States.ALL"]]
    if task == MEANWHILE:
        return
    lambda_s_own, whatever_else = state["Retry"]

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


@CALLS
def test_a_task_hands_on_what_its_machine_is_for(synthesized: Synthesized, told: Told, task: str) -> None:
    states = states_of(synthesized, told)

    assert states["Take request"]["Parameters"]["Goal"] == told.goal
    assert states[task]["Parameters"]["Goal.$"] == "$.Goal"


class TestTheCleanUp:
    """The state "Stop model" of start-model."""

    def test_is_asked_for_once_for_each_end_and_not_waited_for(self, synthesized: Synthesized) -> None:
        state = states_of(synthesized, START)["Stop model"]

        assert not state["Resource"].endswith((".sync", ".sync:2"))
        assert state["Parameters"]["StateMachineArn"] == "StopWorkflow/StateMachine"
        assert state["Parameters"]["Name.$"] == (
            "States.Hash(States.Format('{}#{}', $.Execution.Arn, $$.Execution.RedriveCount), 'SHA-256')"
        )

    def test_says_which_start_failed_with_what_input_and_why(self, synthesized: Synthesized) -> None:
        assert states_of(synthesized, START)["Stop model"]["Parameters"]["Input"] == {
            "FailedStart": {"ExecutionArn.$": "$.Execution.Arn", "Input.$": "$.Progress.Report.Request"},
            "Reason.$": (
                "States.Format('Its start failed ({}). {}', $.Progress.Failure.Error, $.Progress.Failure.Cause)"
            ),
        }

    def test_is_tried_again_and_the_failure_is_told_whether_or_not_it_could_be_asked_for(
        self, synthesized: Synthesized
    ) -> None:
        state = states_of(synthesized, START)["Stop model"]

        done, retry = state["Retry"]
        assert (done["ErrorEquals"], done["MaxAttempts"]) == ([ALREADY_STARTED], 0)
        assert (retry["ErrorEquals"], retry["MaxAttempts"]) == (["States.ALL"], 8)
        (catch,) = state["Catch"]
        assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "Notify failure")
        assert state["Next"] == "Notify failure"
        assert state["ResultPath"] == catch["ResultPath"] == "$.CleanUp"

    def test_and_what_came_of_it_is_handed_to_the_message(self, synthesized: Synthesized) -> None:
        notify = states_of(synthesized, START)["Notify failure"]

        assert notify["Parameters"]["CleanUp.$"] == "$.CleanUp"


@pytest.mark.parametrize(
    ("told", "task", "end"), [(told, task, end) for told in (START, STOP) for task, end in told.ends.items()]
)
def test_an_end_stays_what_it_is_whether_or_not_it_could_be_told(
    synthesized: Synthesized, told: Told, task: str, end: str
) -> None:
    state = states_of(synthesized, told)[task]
    (catch,) = state["Catch"]

    assert catch["Next"] == state["Next"] == end
    assert "ResultPath" in state
    assert state["ResultPath"] is catch["ResultPath"] is None


@BOTH
def test_every_path_that_it_reads_has_been_written_before(synthesized: Synthesized, told: Told) -> None:
    """Walk every way through the machine with what has been written so far; nothing is read that is not there."""
    states = states_of(synthesized, told)
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
    assert {name for name, _ in seen} == set(states)


def leads_to(state: dict[str, Any], written: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Each state that may follow, with what is written when it does."""
    for catch in state.get("Catch", []):
        yield catch["Next"], written | {f"{catch['ResultPath']}.Error"}
    after = written
    if state["Type"] == "Pass" and "ResultPath" not in state:
        after = keys("$", state["Parameters"])
    elif state["Type"] == "Pass":
        kept = {path for path in written if not path.startswith(state["ResultPath"])}
        after = kept | keys(state["ResultPath"], state.get("Parameters"))
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


@BOTH
def test_whatever_json_the_input_is_it_is_nested_before_anything_writes_beside_it(
    synthesized: Synthesized, told: Told
) -> None:
    first = states_of(synthesized, told)["Take request"]

    assert first["Parameters"]["Progress"] == {"Request.$": "$"}
    assert "ResultPath" not in first


@BOTH
def test_the_request_stands_once_in_its_state(synthesized: Synthesized, told: Told) -> None:
    """In the progress, which a step replaces as a whole, and at the end in its report."""
    states = states_of(synthesized, told)

    assert [name for name, state in states.items() if "$" in list(paths(state))] == ["Take request"]
    assert {path for state in states.values() for path in paths(state) if "Request" in path or "Input" in path} <= {
        "$.Progress.Request",
        "$.Progress.Report.Request",
    }
    assert states["Explain fault"]["ResultPath"] == "$.Progress"
    assert states["Explain fault"]["Parameters"]["Report"] == {"Request.$": "$.Progress.Request"}


@BOTH
def test_waits_are_as_long_as_the_function_says(synthesized: Synthesized, told: Told) -> None:
    states = states_of(synthesized, told)
    waits = {name: state["SecondsPath"] for name, state in states.items() if state["Type"] == "Wait"}

    assert waits == dict.fromkeys(told.waits, "$.Progress.NextCheckSeconds")


@BOTH
def test_a_failure_ends_with_the_domain_s_error_and_cause(synthesized: Synthesized, told: Told) -> None:
    (end,) = [state for state in states_of(synthesized, told).values() if state["Type"] == "Fail"]

    assert (end["ErrorPath"], end["CausePath"]) == ("$.Progress.Failure.Error", "$.Progress.Failure.Cause")


@BOTH
def test_a_success_gives_the_report(synthesized: Synthesized, told: Told) -> None:
    ends = [state for state in states_of(synthesized, told).values() if state["Type"] == "Succeed"]

    assert ends
    assert {end["OutputPath"] for end in ends} == {"$.Progress.Report"}


@BOTH
def test_a_function_s_fault_becomes_a_failure_in_plain_words(synthesized: Synthesized, told: Told) -> None:
    explained = states_of(synthesized, told)["Explain fault"]["Parameters"]

    assert explained["Phase"] == Phase.FAILED
    assert explained["Failure"]["Error"] == FunctionFailedError.__name__
    assert re.fullmatch(r"States\.Format\('[^'{}]*\{\}[^'{}]*', \$\.Fault\.Error\)", explained["Failure"]["Cause.$"])


@BOTH
def test_its_own_time_out_lies_behind_every_deadline(synthesized: Synthesized, told: Told) -> None:
    assert synthesized.definitions[told.machine]["TimeoutSeconds"] >= MAX_TIMEOUT_SECONDS + 3_600


@pytest.mark.parametrize(("workflow", "name"), [("StartWorkflow", "start-model"), ("StopWorkflow", "stop-model")])
def test_it_is_found_by_its_name_traced_and_logged_with_its_data_if_wanted(
    default: Synthesized, chosen: Synthesized, workflow: str, name: str
) -> None:
    of_chosen = chosen.all("AWS::StepFunctions::StateMachine")[f"{workflow}/StateMachine"]
    machine = default.all("AWS::StepFunctions::StateMachine")[f"{workflow}/StateMachine"]

    assert machine["StateMachineName"] == name
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"] == {
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": f"{workflow}/Log.Arn"}}],
        "IncludeExecutionData": True,
        "Level": "ALL",
    }
    assert of_chosen["LoggingConfiguration"]["IncludeExecutionData"] is False
    # Log groups of other names make the resource policy grow until it is full.
    assert default.all("AWS::Logs::LogGroup")[f"{workflow}/Log"]["LogGroupName"].startswith("/aws/vendedlogs/")
