"""What programs read of a status."""

import json
from dataclasses import replace

from model_lifecycle.model.record import ModelRecord
from operations.status.document import document
from operations.status.status import status_of
from tests.fakes.given import EXECUTION
from tests.unit.operations.status.seeing import BUDGET, HOUR, LEASED, NOW, fleet, model, schedule, seen

ARN = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05/1767603600000"
MODEL = {
    "ModelId": f"Rekognition {ARN}",
    "Service": "Rekognition",
    "Project": "parts",
    "Version": "parts.2026-01-05",
    "ProjectVersionArn": ARN,
    "State": "Running",
    "Status": "RUNNING",
    "RecordRead": True,
    "Since": "2026-01-05T10:00:00.000Z",
    "StartedBy": {"Execution": EXECUTION, "By": "Caller", "Name": None},
    "WantedBy": None,
    "StoppedBy": None,
    "ReadyBy": None,
    "AsksFrom": None,
    "UsualStart": None,
    "WaitsUntil": None,
    "PlaceInLine": None,
    "Behind": [],
    "InferenceUnits": {"Min": 2, "Max": None},
    "Unleased": False,
    "Lease": {"EndsAt": "2026-01-05T13:00:00.000Z", "LeasedBy": EXECUTION, "StopScheduled": True},
    "NextStart": None,
    "NextStop": {
        "At": "2026-01-05T18:00:00.000Z",
        "ReadyBy": None,
        "Schedule": "weekdays",
        "ModelId": f"Rekognition {ARN}",
    },
    "StopsAt": "2026-01-05T13:00:00.000Z",
    "Ran": {"Since": "2026-01-05T10:00:00.000Z", "Hours": 2.0, "InferenceUnitHours": 4.0, "Source": "record"},
    "Usd": 16.0,
    "UsdPerHour": 8.0,
    "UsdByMonthEnd": 5_096.0,
}


def test_it_has_every_figure_and_moment() -> None:
    one = model(record=LEASED)
    schedules = [schedule(one, "stop", "cron(0 18 ? * * *)")]

    written = document(status_of(seen(one, schedules=schedules, failures=["x."])))

    assert json.loads(json.dumps(written)) == {
        "At": "2026-01-05T12:00:00.000Z",
        "Stack": "ModelLifecycle",
        "Stage": None,
        "Account": "123456789012",
        "Region": "us-east-1",
        "TimeZone": "Europe/Berlin",
        "UsdPerInferenceUnitHour": 4.0,
        "Models": [MODEL],
        "Unleased": 0,
        "Usd": 16.0,
        "UsdPerHour": 8.0,
        "MonthEnd": "2026-01-31T23:00:00.000Z",
        "UsdByMonthEnd": 5_096.0,
        "NextStart": None,
        "Fleets": [],
        "Budgets": [],
        "ProjectsLeftOut": 0,
        "NotRead": ["x."],
    }


def test_what_is_not_known_is_null() -> None:
    by_hand, unread = model(record=ModelRecord()), model(record=replace(LEASED, lease_ends_at=NOW + HOUR), name="other")

    one, other = document(status_of(seen(by_hand, unread, armed=None)))["Models"]

    assert (one["Since"], one["StartedBy"], one["Lease"], one["Ran"], one["Unleased"]) == (None, None, None, None, True)
    assert other["Lease"]["StopScheduled"] is None


def test_it_says_what_is_spent_of_each_budget() -> None:
    written = document(status_of(seen(budgets=[BUDGET])))

    assert written["Budgets"] == [
        {
            "Project": "parts",
            "Per": "day",
            "LimitUsd": 100.0,
            "SpentUsd": 84.2,
            "BeginsAt": "2026-01-04T23:00:00.000Z",
            "EndsAt": "2026-01-05T23:00:00.000Z",
        }
    ]
    assert document(status_of(seen(budgets=None)))["Budgets"] is None


def test_it_has_each_fleet_and_how_far_it_is() -> None:
    [one, unread] = document(status_of(seen(fleets=[fleet(), fleet(total=None, done=None, failed=None)])))["Fleets"]

    assert one == {
        "Execution": EXECUTION.replace("start-model:", "start-models:"),
        "Goal": "RUNNING",
        "Since": "2026-01-05T11:00:00.000Z",
        "StartedBy": {"Execution": EXECUTION, "By": "Caller", "Name": None},
        "Total": 12,
        "Done": 3,
        "Failed": 0,
        "UnderWay": 2,
    }
    assert (unread["Total"], unread["Done"], unread["Failed"]) == (None, None, None)
    assert document(status_of(seen(fleets=None)))["Fleets"] is None
