"""What is said of how long a start takes, against what is usual."""

import json
from typing import Any

import pytest

from model_lifecycle.endings.message import Message, compose
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.vocabulary.errors import QuotaExceededError
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, HOME, after, begin
from tests.fakes.machines import ANOTHER
from tests.fakes.state_machine import drive
from tests.fakes.told import PRICE, UTC, endings, read, state_event, told

NAME = "Model parts/parts.2026-01-05"


def usual(*looks: Any, record: ModelRecord | None = None, **script: Any) -> FakeModel:
    """Return a model whose starts took 9 to 12 minutes."""
    model = FakeModel(*looks, **script)
    model.records.record = record or ModelRecord(start_seconds=(540, 600, 720))
    return model


def long_start() -> dict[str, Any]:
    """Return what "Notify still starting" sends after 25 minutes."""
    now, last = drive(begin(PollIntervalSeconds=300), usual("STOPPED", *["STARTING"] * 9), until=after(1_500))[-1]
    return state_event(last, now)


def said(event: dict[str, Any]) -> Message:
    """Return what is told then."""
    ending = read(endings(now=after(1_500)), event)
    return compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME)


def test_a_start_that_takes_long_is_told_against_what_is_usual_with_when_it_will_be_given_up() -> None:
    message = said(long_start())

    assert message.subject == "Still starting: parts parts.2026-01-05"
    assert message.text.startswith(
        f"{NAME} is still starting after 25 min; usual is 9 to 12 min. If it is still not running on Mon 5 Jan "
        "2026 at 10:00 UTC, its start will be given up.\nNothing to do.\n"
    )
    assert message.document["NotificationId"] == f"{EXECUTION}#still-starting"
    assert (message.document["Outcome"], message.document["MayBill"]) == ("StillStarting", True)
    assert (message.document["StartTookSeconds"], message.document["Error"]) == (1_500, None)
    assert message.document["UsualStart"] == {"LeastSeconds": 540, "MostSeconds": 720, "Starts": 3}


@pytest.mark.parametrize("redrives", [0, 1, 3])
def test_it_is_told_once_however_often_the_execution_is_redriven(redrives: int) -> None:
    event = long_start()
    event["Execution"]["RedriveCount"] = redrives

    assert endings().identity(json.loads(json.dumps(event))) == f"{EXECUTION}#still-starting"


@pytest.mark.parametrize(("status", "late"), [("RUNNING", False), ("ABORTED", True), ("SUCCEEDED", True)])
def test_how_an_execution_goes_on_comes_too_late_once_it_has_ended(status: str, late: bool) -> None:
    class Executions:
        def describe_execution(self, **_: str) -> dict[str, str]:
            return {"status": status}

    assert endings(executions=Executions()).come_too_late(long_start()) is late


def test_a_running_model_is_told_with_what_is_usual() -> None:
    message = told(usual("STOPPED", *["STARTING"] * 39, "RUNNING"))

    assert message.document["Summary"].startswith(f"{NAME} is running (took 10 min; usual is 9 to 12 min).")


def test_what_a_start_waited_for_before_is_not_compared() -> None:
    message = told(
        usual(
            "STOPPED", "STOPPED", *["STARTING"] * 39, "RUNNING", starts=(QuotaExceededError("It is full."), "STARTING")
        )
    )

    assert message.document["Summary"].startswith(
        f"{NAME} is running (took 10 min 15 s). The start itself took 10 min; usual is 9 to 12 min."
    )


def test_whoever_joins_a_start_hears_how_long_that_took() -> None:
    under_way = ModelRecord(
        asked_by=ANOTHER, asked_at=after(-600), status_when_asked="STOPPED", start_seconds=(540, 600, 720)
    )
    message = told(usual("STARTING", "RUNNING", record=under_way))

    assert message.document["Summary"].startswith(
        f"{NAME} is running. Its start was already under way, so this execution waited 15 s for it. "
        "The start itself took 10 min 15 s; usual is 9 to 12 min."
    )
