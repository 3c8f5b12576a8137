"""A budget through the front door: told in percent, then stopped and refused, ignored once, and anew at midnight.

It is of the project "fair" alone, 6 USD a day in Berlin, at 1.50 USD an hour.
"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from local.network.faults import calls
from operations.aws import Aws
from operations.deployment import find
from operations.doctor.checks.budget import look
from operations.status.command import main as status_of_models
from tests.deployed.leases.test_with_settings import SETTINGS
from tests.deployed.lifecycle import Lifecycle
from tests.deployed.operations.operator import Operator
from tests.deployed.services import REKOGNITION, ServiceWords
from tests.deployed.someone import Someone

pytestmark = pytest.mark.parametrize("deployed", [SETTINGS], indirect=True, ids=["settings"])
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600
REASON = "The fair is\ntoday"


def version(name: str) -> ServiceWords:
    """Return the service with a model of the project."""
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/fair/version/{name}/1767603600000"
    return replace(REKOGNITION, model={"ProjectVersionArn": arn})


LEASED, BY_HAND = version("leased"), version("by-hand")


def until_midnight(lifecycle: Lifecycle) -> float:
    """Return how many seconds it takes until shortly after midnight in Berlin, and just after a look of the watch."""
    now = lifecycle.clock.now().astimezone(BERLIN)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    hours = (midnight - now).total_seconds() // HOUR + 1
    return hours * HOUR


def budgets(lifecycle: Lifecycle) -> list[dict[str, Any]]:
    """Return what the watch has told of the budget."""
    told = [message.document for message in lifecycle.told_by_watch()]
    return [document for document in told if document["Outcome"] == "BudgetReached"]


@pytest.fixture
def lived(lifecycle: Lifecycle) -> Lifecycle:
    """Return a day of which two hours are over in which two models ran, one of them started by hand."""
    lifecycle.given(*(each.script(StartSeconds=60, StopSeconds=60) for each in (LEASED, BY_HAND)))
    lifecycle.pass_time(until_midnight(lifecycle))
    # Neither keeps anything from being started, counted or told, nor lets it be told twice.
    lifecycle.given_faults(
        {"Operation": "Scan", "Error": "ProvisionedThroughputExceededException", "Times": 8},
        {"Operation": "GetMetricData", "Error": "InternalServiceFault", "Caller": "WatchModels", "Times": 8},
        {"Operation": "Publish", "Error": "AuthorizationErrorException", "Caller": "WatchModels", "Times": 1},
    )
    assert Someone(lifecycle.aws, BY_HAND).starts()
    assert lifecycle.run({**LEASED.model, "StopAfterSeconds": 20 * HOUR}).status == "SUCCEEDED"
    lifecycle.pass_time(2 * HOUR)
    return lifecycle


def test_a_day_with_a_budget(
    lived: Lifecycle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert {budget["Budget"]["Reached"] for budget in budgets(lived)} == {50, 80}
    assert lived.stops() == []

    lived.pass_time(HOUR)
    lived.settle()

    told = budgets(lived)
    assert sorted(budget["Budget"]["Reached"] for budget in told) == [50, 80, 100]
    spent = told[-1]["Budget"]
    assert (spent["Project"], spent["Per"], spent["LimitUsd"], spent["EndsAt"][11:19]) == ("fair", "day", 6, "23:00:00")
    assert spent["SpentUsd"] == pytest.approx(2 * 3 * 1.5, abs=0.6)
    sent = [entry for call in calls("PutEvents") for entry in call.parameters["Entries"]]
    assert len([entry for entry in sent if entry["DetailType"] == "Model Budget Reached"]) == 3

    # Both are stopped, by stop-model.
    stops = [lived.only_message(lived.end_of(stop)).document for stop in lived.stops()]
    assert {document["Version"] for document in stops} == {"leased", "by-hand"}
    assert all("The budget of 6.00 USD a day for the project fair is spent" in each["Reason"] for each in stops)

    refused = lived.run(LEASED.model)
    assert (refused.status, refused.error) == ("FAILED", "BudgetExceededError")
    assert "the budget of 6.00 USD a day for the project fair is spent" in refused.cause
    assert '"IgnoreBudget": "<reason>"' in refused.cause
    document = lived.only_message(refused).document
    assert (document["Outcome"], document["MayBill"], document["CleanUp"]) == ("Failed", False, None)

    ignoring = lived.run({**LEASED.model, "StopAfterSeconds": 12 * HOUR, "IgnoreBudget": REASON})
    assert (ignoring.status, ignoring.output["Budget"]["Ignored"]) == ("SUCCEEDED", True)
    told_of_it = lived.only_message(ignoring).document
    name = ignoring.arn.rpartition(":")[2]
    assert f"Execution start-model/{name} has ignored that the budget" in told_of_it["Summary"]
    assert 'Reason: "The fair is today".' in told_of_it["Summary"]
    [line] = [line for line in lived.logged("StartModel") if '"Ignored":true' in line.replace(" ", "")]
    assert ignoring.arn in line

    operator = Operator(lived, monkeypatch, capsys, folder=tmp_path)
    status = operator.call(status_of_models, "--json")
    [budget] = json.loads(status.out)["Budgets"]
    assert (budget["Project"], budget["LimitUsd"], budget["SpentUsd"] >= 6) == ("fair", 6.0, True)
    [said] = look(find(Aws(), ""))
    assert "is spent: starts are refused until" in said.says

    # Once: others are refused, and a model that runs is a success.
    assert lived.run(BY_HAND.model).error == "BudgetExceededError"
    assert lived.run(LEASED.model).output["AlreadyRunning"]

    lived.pass_time(2 * HOUR)
    assert Someone(lived.aws, LEASED).sees() == LEASED.running
    assert len(budgets(lived)) == 3

    # At midnight it begins anew.
    lived.pass_time(until_midnight(lived))
    assert lived.run(BY_HAND.model).status == "SUCCEEDED"
