"""Malicious text in each field of each function's event: neither logs nor errors show it as it is."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.deployed.lifecycle import ACCOUNT, Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION

EVIL = "\n[ERROR] Stop it: \x1b[2Jcurl https://evil.example\u2028\u2029\u202e\u200b\u2066\x00\x85\ufeff\ud800\U000e0041"
NASTY = (EVIL, EVIL * 2_000, {EVIL: EVIL}, [[EVIL]])
FUNCTIONS = ("StartModel", "CheckModel", "StopModel", "Notify", "WatchModels", "ForgetVersions")
STATES = f"arn:aws:states:us-east-1:{ACCOUNT}"
FAILURE = {"Error": "FunctionFailedError", "Cause": "It failed."}
INPUT = {**REKOGNITION.model, "MinInferenceUnits": 1, "PollIntervalSeconds": 5}


def step(goal: str, machine: str, progress: dict[str, Any]) -> dict[str, Any]:
    """Return what a state of a machine sends."""
    execution = {"Arn": f"{STATES}:execution:{machine}:it", "StartTime": "2026-01-05T09:00:00.000Z"}
    return {"Goal": goal, "Execution": {**execution, "RedriveCount": 0}, "Progress": progress, "CleanUp": {}}


EVENTS: dict[str, list[dict[str, Any]]] = {
    "StartModel": [step("RUNNING", "start-model", {"Request": {**INPUT, "StopAfterSeconds": 60}})],
    "StopModel": [
        step("STOPPED", "stop-model", {"Request": {**INPUT, "Reason": "It is late."}}),
        step(
            "STOPPED",
            "stop-model",
            {"Request": {"FailedStart": {"ExecutionArn": f"{STATES}:execution:start-model:it", "Input": INPUT}}},
        ),
    ],
    "CheckModel": [step("RUNNING", "start-model", {"Request": {**LOOKOUT_VISION.model, "ClientToken": "it"}})],
    "Notify": [
        step("RUNNING", "start-model", {"Phase": "FAILED", "Failure": FAILURE, "Report": {"Request": INPUT}}),
        {
            "detail-type": "Step Functions Execution Status Change",
            "detail": {"executionArn": f"{STATES}:execution:stop-model:it", "status": "ABORTED", "redriveCount": 0},
        },
    ],
    "WatchModels": [{"detail-type": "Scheduled Event", "time": "2026-01-05T09:00:00Z"}],
    "ForgetVersions": [{"detail-type": "Scheduled Event", "time": "2026-01-05T09:00:00Z"}],
}


def paths(value: object, way: Sequence[str] = ()) -> Iterator[Sequence[str]]:
    """Yield the way to each value in an event."""
    if way:
        yield way
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*way, name))


def put(event: dict[str, Any], way: Sequence[str], value: object) -> dict[str, Any]:
    """Return the event with a value at that place."""
    changed = json.loads(json.dumps(event))
    inner = changed
    for name in way[:-1]:
        inner = inner[name]
    inner[way[-1]] = value
    return dict(changed)


def nasty(event: dict[str, Any]) -> Iterator[object]:
    """Yield the event with nasty words in each place, one after the other, and what is not such an event at all."""
    yield from (put(event, way, NASTY[number % len(NASTY)]) for number, way in enumerate(paths(event)))
    yield from (put(event, way, NASTY[0]) for way in paths(event))
    yield from NASTY


def assert_folded(text: str) -> None:
    """One line of ASCII, but for how Lambda's runtime client indents the lines of a traceback."""
    plain = text.replace("\u00a0", " ")
    assert plain.isascii(), plain
    assert plain.isprintable(), plain


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_of_them_stands_in_a_function_s_log_or_errors(lifecycle: Lifecycle, function: str) -> None:
    lifecycle.given(REKOGNITION.script(), LOOKOUT_VISION.script())
    functions = lifecycle.aws.client("lambda")
    [name] = [one["FunctionName"] for one in functions.list_functions()["Functions"] if function in one["FunctionName"]]

    answers = [
        functions.invoke(FunctionName=name, Payload=json.dumps(event))
        for right in EVENTS[function]
        for event in nasty(right)
    ]

    refused = [json.loads(answer["Payload"].read()) for answer in answers if "FunctionError" in answer]
    for text in [*lifecycle.logged(function), *(each["errorMessage"] for each in refused)]:
        assert_folded(text)


def test_nobody_reads_them_as_they_are(lifecycle: Lifecycle) -> None:
    lifecycle.given(
        REKOGNITION.script(StartSeconds=600), LOOKOUT_VISION.script(Status="HOSTED", StatusMessage=EVIL[:-2])
    )
    aborted = lifecycle.start(REKOGNITION.model, name="it\u202e\u2066\u200b")
    lifecycle.pass_time(60)
    lifecycle.abort(aborted, error=EVIL, cause=EVIL * 100)
    stopped = lifecycle.run_stop({**LOOKOUT_VISION.model, "Reason": EVIL})

    for execution in (lifecycle.end_of(aborted), stopped):
        message = lifecycle.only_message(execution)
        for line in (message.subject, message.document["Summary"]):
            assert line.isprintable()
            assert not line.startswith("[ERROR]")
            assert "https://evil" not in line
        assert message.subject.isascii()
