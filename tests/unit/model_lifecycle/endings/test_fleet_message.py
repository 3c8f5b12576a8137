"""What is told of the end of a fleet."""

import json
from pathlib import Path
from typing import Any

import pytest

from model_lifecycle.endings.fleet import read_fleet
from model_lifecycle.endings.fleet_message import compose_fleet
from model_lifecycle.endings.heard import is_of_a_fleet
from model_lifecycle.endings.message import Message
from model_lifecycle.services.service import Identity, Listed, Service
from model_lifecycle.vocabulary.errors import ModelLifecycleError, ModelNotFoundError, ServiceUnavailableError
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, VERSION

STATES = "arn:aws:states:us-east-1:123456789012:execution"
FLEETS = {"RUNNING": f"{STATES}:start-models:all", "STOPPED": f"{STATES}:stop-models:all"}
ENDINGS = {"ABORTED": "was aborted", "TIMED_OUT": "timed out", "FAILED": "failed"}


def arn(number: int) -> str:
    return VERSION.replace("parts.2026-01-05", f"parts.{number}")


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"ProjectVersionArn": arn(number), **more}


class Executions:
    """Step Functions, which has one execution."""

    def __init__(self, **described: Any) -> None:
        self._described = described

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803 - the API's own name
        return {"executionArn": executionArn, **self._described}


def told(
    event: dict[str, Any], *, statuses: tuple[str, ...] | ModelLifecycleError = (), executions: Any = None
) -> Message:
    """Return the message about an event, while the models of the project have these statuses; none can be listed."""

    def list_models(_: Service, project: str) -> list[Listed]:
        assert project == PROJECT
        if isinstance(statuses, ModelLifecycleError):
            raise statuses
        if not statuses:
            raise ServiceUnavailableError("Not now.", perhaps_done=False)
        return [Listed(row(number), status) for number, status in enumerate(statuses)]

    def locate(_: Service, identity: Identity) -> Identity:
        return {**identity, "ProjectArn": PROJECT}

    seams: dict[str, Any] = {"executions": executions, "list_models": list_models, "locate": locate}
    return compose_fleet(read_fleet(event, "id#0", defaults=DEFAULTS, home=HOME, **seams), home=HOME)


def of_state(*rows: dict[str, Any], goal: str = "RUNNING", **more: Any) -> dict[str, Any]:
    failed = sum("Error" in each for each in rows)
    report = {"Total": len(rows), "Done": len(rows) - failed, "Failed": failed, "ElapsedSeconds": 90.0, "LeftOut": {}}
    failure = {"Error": "FleetIncompleteError", "Cause": "One is not."} if failed else None
    fleet = {"Failure": failure, "Report": {**report, "NotShown": 0, "Models": list(rows), **more}}
    return {"Goal": goal, "Execution": {"Arn": FLEETS[goal]}, "Fleet": fleet}


def of_net(status: str, goal: str = "RUNNING") -> dict[str, Any]:
    return {"detail": {"executionArn": FLEETS[goal], "status": status, "redriveCount": 0}}


def test_all_is_well_has_a_line_for_each_model() -> None:
    message = told(
        of_state(row(0, Outcome="Running", TookSeconds=61.0), row(1, Outcome="AlreadyRunning", TookSeconds=1))
    )

    assert message.subject == "Running: 2 models"
    assert message.attributes == {"Outcome": "FleetDone"}
    assert message.text.splitlines()[:6] == [
        "All 2 models are running (took 1 min 30 s).",
        "Nothing to do.",
        "",
        "model          outcome         took",
        "parts/parts.0  Running         1 min 1 s",
        "parts/parts.1  AlreadyRunning  1 s",
    ]
    assert message.document["Models"][0] == row(0, Outcome="Running", TookSeconds=61.0, MayBill=True)
    assert not message.document["MayBill"]


def test_what_is_not_as_it_was_wanted_is_looked_at_again() -> None:
    message = told(
        of_state(row(0, Outcome="Failed", Error="StopTimedOutError"), row(1, Outcome="Stopped"), goal="STOPPED"),
        statuses=("RUNNING", "STOPPED"),
    )

    assert message.subject == "Not all stopped: 1 of 2 models, 1 may bill"
    assert message.document["Models"][0]["Status"] == "RUNNING"
    assert message.document["Summary"] == "1 of 2 models are stopped after 1 min 30 s, 1 is not."
    assert "parts/parts.0 Failed StopTimedOutError, status RUNNING, may bill" in " ".join(message.text.split())
    assert "Stop what still bills: run stop-models again with the same input." in message.text


def test_what_cannot_be_looked_at_may_bill() -> None:
    message = told(of_state(row(0, Outcome="Failed", Error="StopTimedOutError"), goal="STOPPED"))

    assert message.document["MayBill"]
    assert "Status" not in message.document["Models"][0]


@pytest.mark.parametrize("there", [("STOPPED",), ModelNotFoundError("No such project.")], ids=["project", "nothing"])
def test_what_does_not_exist_does_not_bill(there: tuple[str, ...] | ModelNotFoundError) -> None:
    message = told(of_state(row(1, Outcome="Failed", Error="ModelNotFoundError")), statuses=there)

    assert not message.document["MayBill"]
    assert message.subject == "Not all running: 0 of 1 model"
    assert "Status" not in message.document["Models"][0]


@pytest.mark.parametrize("status", ENDINGS)
def test_an_end_by_step_functions_names_what_may_bill(status: str) -> None:
    executions = Executions(input=json.dumps({"Models": [arn(0), arn(1)]}), error="By.Hand", cause="No\nmore.")

    message = told(of_net(status), statuses=("STARTING", "STOPPED"), executions=executions)

    assert message.document["Outcome"] == "FleetIncomplete"
    assert message.document["Summary"].startswith("An execution of start-models for 2 models ")
    assert message.document["Summary"].endswith("These may bill now: parts/parts.0.")
    assert message.subject == "Not all running: 0 of 2 models, 1 may bill"
    assert "No more." in message.text


def test_a_fleet_whose_input_is_wrong_has_no_models() -> None:
    executions = Executions(input='{"Models": ["parts"]}', error="InvalidRequestError", cause="Models[0]: ...")

    message = told(of_net("FAILED"), executions=executions)

    assert message.subject == "Start of models failed: invalid input"
    assert message.document["Models"] == []


def test_a_success_that_no_state_told_is_told_by_its_output() -> None:
    report = of_state(row(0, Outcome="Running", TookSeconds=61.0))["Fleet"]["Report"]

    message = told(of_net("SUCCEEDED"), executions=Executions(output=json.dumps(report), input="{}"))

    assert message.document["Summary"] == "The model is running (took 1 min 30 s)."


def test_a_thousand_long_names_fit_into_a_message_and_what_is_cut_is_counted() -> None:
    rows = [
        {"ProjectVersionArn": VERSION.replace("parts", "p" * 200 + str(number)), "Outcome": "Running"}
        for number in range(1_000)
    ]

    message = told(of_state(*rows, LeftOut={"TRAINING_FAILED": 3}))

    assert len(json.dumps(message.document)) + len(message.text) < 256 * 1_024
    assert message.document["NotShown"] == 1_000 - len(message.document["Models"]) > 0
    assert "... and 700 more models" in message.text
    assert "Left alone: 3 TRAINING_FAILED." in message.document["Summary"]


def test_there_may_be_nothing_to_do() -> None:
    assert told(of_state(goal="STOPPED")).subject == "Nothing to stop"


@pytest.mark.parametrize(
    ("event", "is_one"),
    [
        (of_net("ABORTED"), True),
        (of_state(), True),
        ({"detail": {"executionArn": EXECUTION}}, False),
        ({"detail": {"executionArn": 5}}, False),
        ({"detail": None}, False),
        ({"detail": {"executionArn": "arn"}}, False),
    ],
)
def test_events_of_fleets_are_told_from_others(event: dict[str, Any], is_one: bool) -> None:
    assert is_of_a_fleet(event) == is_one


def test_the_page_shows_an_e_mail_as_it_is() -> None:
    rows = (
        row(3, Outcome="Failed", Error="QuotaExceededError"),
        row(0, Outcome="Running", TookSeconds=571.0),
        row(1, Outcome="Running", TookSeconds=634.0),
        row(2, Outcome="AlreadyRunning", TookSeconds=0.4),
    )
    failure = {
        "Error": "FleetIncompleteError",
        "Cause": "1 of 4 models is not running: parts/parts.3 (QuotaExceededError).",
    }
    event = of_state(*rows, ElapsedSeconds=3_604.0)
    event["Fleet"]["Failure"] = failure

    message = told(event, statuses=("RUNNING", "RUNNING", "RUNNING", "STOPPED"))

    page = (Path(__file__).parents[4] / "docs" / "fleets.md").read_text(encoding="utf-8")
    assert f"```text\nSubject: {message.subject}\n\n{message.text}```" in page
