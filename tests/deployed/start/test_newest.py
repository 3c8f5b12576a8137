"""The newest version of a project, started and stopped in the deployed whole."""

import json
from typing import Any

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import LOOKOUT_VISION, REKOGNITION

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1"
NEWEST = {"ProjectArn": PROJECT, "Version": "newest"}
NEWEST_BOARD = {"ProjectName": "boards", "Version": "newest"}


def version(number: int, **behaviour: Any) -> dict[str, Any]:
    """Return a version that was made so many minutes after the first."""
    arn = f"{PROJECT.rpartition('/')[0]}/version/parts.{number}/{1_767_603_600_000 + 60_000 * number}"
    return {"ProjectVersionArn": arn, "ProjectArn": PROJECT, "StartSeconds": 60, "StopSeconds": 20, **behaviour}


def test_the_newest_is_chosen_once_whatever_goes_wrong_and_its_stop_finds_it(lifecycle: Lifecycle) -> None:
    several = [version(number) for number in range(1, 102)]
    throttled = {"Operation": "DescribeProjectVersions", "Error": "ThrottlingException", "Times": 5}
    killed = {"Operation": REKOGNITION.start, "Effect": "KillAfter", "Times": 1}
    boards = [{**LOOKOUT_VISION.model, "ModelVersion": str(number), "StartSeconds": 60} for number in (9, 10, 11)]
    boards[2] |= {"Status": "TRAINING"}
    lifecycle.given(*several, version(102, Status="TRAINING_FAILED"), *boards, faults=[throttled, killed])

    started = [lifecycle.run({**each, "StopAfterSeconds": 7_200}) for each in (NEWEST, NEWEST_BOARD)]
    armed = len(lifecycle.armed())
    stopped = [lifecycle.run_stop(each) for each in (NEWEST, NEWEST_BOARD)]

    for ended, chosen in zip([*started, *stopped], ["parts.101", "10"] * 2, strict=True):
        assert ended.output["Version"] == chosen
        assert f"/{chosen} is" in lifecycle.only_message(ended).document["Summary"]
        assert ended.output["Request"]["Version"] == "newest"
    assert "It is the newest version of parts that can run." in lifecycle.only_message(started[0]).document["Summary"]
    assert (armed, lifecycle.armed()) == (2, [])


def test_what_newest_cannot_mean_is_said_and_an_abort_names_what_was_chosen(lifecycle: Lifecycle) -> None:
    lifecycle.given(version(1, Status="RUNNING"), version(2, Status="RUNNING"))
    unclear = lifecycle.run_stop(NEWEST)
    assert unclear.error == "InvalidRequestError"
    assert "2 versions of parts are running (parts.2 and parts.1)" in unclear.cause
    assert lifecycle.only_message(unclear).document["Outcome"] == "StillBilling"

    lifecycle.given(version(1, Status="TRAINING_FAILED"), version(2, Status="TRAINING_IN_PROGRESS"))
    none = lifecycle.run(NEWEST)
    assert "There are: 1 TRAINING_IN_PROGRESS and 1 TRAINING_FAILED." in none.cause
    told = lifecycle.only_message(none).document
    assert (told["Outcome"], told["MayBill"], told["Version"]) == ("Failed", False, "newest")
    gone = lifecycle.run({**NEWEST, "ProjectArn": PROJECT.replace("parts", "gone")})
    assert gone.error == "ModelNotFoundError"

    lifecycle.given(version(1), version(2, StartSeconds=600))
    arn = lifecycle.start(NEWEST)
    lifecycle.pass_time(100)
    lifecycle.abort(arn)
    aborted = lifecycle.only_message(lifecycle.end_of(arn)).document
    assert (aborted["Version"], aborted["Status"]) == ("parts.2", "STARTING")
    assert json.loads(json.dumps(aborted["StopInput"])) == {"ProjectVersionArn": version(2)["ProjectVersionArn"]}


def test_a_fleet_starts_and_stops_the_newest_of_projects(lifecycle: Lifecycle) -> None:
    lifecycle.given(version(1), version(2))
    models = {"Models": [NEWEST, {"ProjectName": "gone", "Version": "newest"}]}

    for begin, outcome in ((lifecycle.start_all, "Running"), (lifecycle.stop_all, "Stopped")):
        ended = lifecycle.end_of(begin(models))
        told = lifecycle.only_message(ended).document
        assert ended.cause.endswith("gone/newest (ModelNotFoundError).")
        assert [row["Outcome"] for row in told["Models"]] == ["Failed", outcome]
