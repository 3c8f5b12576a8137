"""From a state's payload to what the next state reads."""

import json
from functools import partial
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import take_step
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary.errors import AccessDeniedError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, STOP_EXECUTION, VERSION, after

INPUT = {"ProjectVersionArn": VERSION}
ARNS = {Goal.RUNNING: EXECUTION, Goal.STOPPED: STOP_EXECUTION}


def first(asked: object, goal: Goal = Goal.RUNNING) -> dict[str, Any]:
    """Return what the state "Start model" or "Stop model" sends at first."""
    execution = {"Arn": ARNS[goal], "StartTime": "2026-01-05T09:00:00.000Z"}
    return {"Goal": goal.value, "Execution": execution, "Progress": {"Request": asked}}


def step(sent: dict[str, Any], model: FakeModel, *, seconds: float = 1, home: Home = HOME) -> Any:
    """Take a step as Lambda does: what it gets and what it gives is JSON. One under way only looks."""
    checking = sent["Progress"].get("Phase") in ("STARTING", "STOPPING")
    records, leases, meter = model.records, model.leases, model.meter
    answer = take_step(
        json.loads(json.dumps(sent)),
        {
            Goal.RUNNING: partial(check_model, records=records)
            if checking
            else partial(start_model, records=records, leases=leases, lines=model.lines),
            Goal.STOPPED: partial(check_stop if checking else stop_model, records=records, leases=leases, meter=meter),
        },
        model_of=model.named_by,
        defaults=DEFAULTS,
        home=home,
        now=after(seconds),
    )
    return json.loads(json.dumps(answer))


def steps(sent: dict[str, Any], model: FakeModel, number: int = 2) -> list[Any]:
    """So many steps, 15 seconds apart."""
    answers = [step(sent, model)]
    while len(answers) < number:
        sent = {**sent, "Progress": answers[-1]}
        answers.append(step(sent, model, seconds=1 + 15 * len(answers)))
    return answers


def test_the_first_step_reads_the_input_and_the_next_one_what_it_left() -> None:
    asks, ends = steps(first(INPUT), FakeModel("STOPPED", "RUNNING"))

    assert (asks["Phase"], asks["NextCheckSeconds"], asks["Asked"]) == ("STARTING", 60, True)
    assert (ends["Phase"], ends["Failure"]) == ("RUNNING", None)
    assert (ends["Report"]["ElapsedSeconds"], ends["Report"]["Checks"]) == (16, 2)


@pytest.mark.parametrize("goal", Goal)
def test_the_request_stands_once_and_the_report_is_made_at_the_end(goal: Goal) -> None:
    model = FakeModel(*(("STOPPED", "RUNNING") if goal is Goal.RUNNING else ("RUNNING", "STOPPED")))

    asks, ends = steps(first(INPUT, goal), model)

    assert json.dumps([asks, ends]).count('"Request"') == 2
    assert asks["Request"] == ends["Report"]["Request"]
    assert set(ends) == {"Phase", "Failure", "CleansUp", "Report"}
    assert "Report" not in asks


@pytest.mark.parametrize("goal", Goal)
def test_an_execution_that_was_under_way_at_the_deploy_goes_on(goal: Goal) -> None:
    """Its definition keeps the input beside the progress, which is empty at first; an answer had a report each time."""
    model = FakeModel(*(("STOPPED", "STARTING", "RUNNING") if goal is Goal.RUNNING else ("RUNNING", "STOPPED")))
    sent = {**first(None, goal), "Input": INPUT, "Progress": {}}

    asks = step(sent, model)
    assert asks["Asked"] is True
    for looked in (asks, {**asks, "Report": {"Status": asks["Status"], "Request": asks["Request"]}}):
        left = step({**sent, "Progress": looked}, model, seconds=16)

    assert (left["Phase"], left["Failure"]) == (goal.value, None)
    assert left["Report"]["Request"] == asks["Request"]


def test_what_was_looked_up_is_handed_on_to_the_next_step() -> None:
    looked_up, later = steps(first(INPUT), FakeModel("STARTING", found={"ProjectArn": PROJECT}))

    assert looked_up["Request"]["ProjectArn"] == PROJECT
    assert later["Request"] == looked_up["Request"]


def test_limits_that_change_with_a_deploy_do_not_move_a_start_under_way() -> None:
    answer = step(first(INPUT), FakeModel("STARTING"))

    assert answer["Request"]["StartTimeoutSeconds"] == DEFAULTS.start_timeout_seconds
    assert answer["Deadline"] == "2026-01-05T10:00:00.000Z"


NOT_VALID: tuple[Any, ...] = (None, [], 5, "x", {}, {"ProjectVersionArn": 5})


@pytest.mark.parametrize(
    ("goal", "asked"),
    [
        *((goal, asked) for goal in Goal for asked in NOT_VALID),
        (Goal.STOPPED, {"FailedStart": 5}),
        (Goal.RUNNING, {**INPUT, "StopAt": "2026-01-05T09:00:00Z"}),
        (Goal.RUNNING, {**INPUT, "StopAt": "2028-01-05T09:00:00Z"}),
    ],
    ids=str,
)
def test_an_input_that_is_not_valid_is_an_answer_and_asks_for_nothing(goal: Goal, asked: Any) -> None:
    model = FakeModel("STOPPED" if goal is Goal.RUNNING else "RUNNING")

    answer = step(first(asked, goal), model)

    assert (answer["Phase"], answer["Failure"]["Error"]) == ("FAILED", "InvalidRequestError")
    assert answer["Failure"]["Cause"].startswith("The execution input ")
    assert (answer["Report"], answer["CleansUp"]) == (None, False)
    assert (model.looks, model.starts, model.stops) == (0, 0, 0)


def test_a_start_says_whether_it_is_to_be_cleaned_up() -> None:
    answers = steps(first(INPUT), FakeModel("STOPPED", "STARTING", AccessDeniedError("no")), 3)

    assert [answer["CleansUp"] for answer in answers] == [False, False, True]


def test_a_lease_of_the_settings_does_not_change_for_a_start_under_way() -> None:
    asks, ends = steps(first({**INPUT, "StopAfterSeconds": 600}), FakeModel("STOPPED", "RUNNING"))

    assert asks["Request"]["StopAfterSeconds"] == ends["Report"]["Request"]["StopAfterSeconds"] == 600
    assert ends["Report"]["Lease"]["EndsAt"] == "2026-01-05T09:10:00.000Z"


@pytest.mark.parametrize(
    "asked",
    [
        INPUT,
        {"FailedStart": {"ExecutionArn": EXECUTION, "Input": INPUT}, "Reason": "It gave up."},
        {**INPUT, "LatestStart": EXECUTION},
        {**INPUT, "LeaseEndsAt": "2026-01-05T09:00:00+00:00"},
    ],
    ids=["plain", "failed start", "latest start", "lease"],
)
def test_a_stop_goes_from_step_to_step_as_json(asked: dict[str, Any]) -> None:
    model = FakeModel("RUNNING", "STOPPED")
    model.records.record = ModelRecord(
        latest_start=EXECUTION, asked_by=EXECUTION, lease_ends_at=after(0), leased_by=EXECUTION
    )

    asks, ends = steps(first(asked, Goal.STOPPED), model)

    assert (asks["Phase"], asks["NextCheckSeconds"], asks["Asked"]) == ("STOPPING", 15, True)
    assert (ends["Phase"], ends["Failure"], ends["CleansUp"]) == ("STOPPED", None, False)
    assert ends["Report"]["StoppedAt"] == "2026-01-05T09:00:16.000Z"
    assert ends["Report"]["Request"] == asks["Request"]


def test_a_stop_that_is_not_wanted_any_more_says_so_in_its_report() -> None:
    answer = step(first({**INPUT, "LatestStart": EXECUTION}, Goal.STOPPED), FakeModel("RUNNING"))

    assert (answer["Phase"], answer["Report"]["Superseded"], answer["Failure"]) == ("SUPERSEDED", True, None)


def test_a_model_of_another_region_is_refused_before_anything_is_called() -> None:
    model = FakeModel("STOPPED")

    elsewhere = {"ProjectVersionArn": INPUT["ProjectVersionArn"].replace("us-east-1", "eu-west-1")}
    answer = step(first(elsewhere), model)

    assert answer["Failure"]["Error"] == "InvalidRequestError"
    assert "where the app runs" in answer["Failure"]["Cause"]
    assert model.looks == 0


def test_a_function_knows_from_its_own_arn_where_it_acts() -> None:
    home = Home.of("arn:aws-cn:lambda:cn-north-1:123456789012:function:x:y")

    assert home == Home("aws-cn", "cn-north-1", "123456789012")
