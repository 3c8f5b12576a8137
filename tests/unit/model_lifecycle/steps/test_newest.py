"""Which version is meant by the newest of a project, of a start and of a stop."""

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.service import Listed
from model_lifecycle.steps.newest import newest_of
from model_lifecycle.steps.start import start_model
from model_lifecycle.steps.step import take_step
from model_lifecycle.vocabulary.errors import (
    InvalidRequestError,
    ModelFailedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, PROJECT, START, after

if TYPE_CHECKING:
    from collections.abc import Callable

NEWEST = {"ProjectArn": PROJECT, "Version": "newest"}
PARSE = {Goal.RUNNING: parse_request, Goal.STOPPED: parse_stop_request}


def arn(number: int) -> str:
    """Return the ARN of a version."""
    return f"{PROJECT.rpartition('/')[0]}/version/{number}/{number}"


def versions(*statuses: str) -> list[Listed]:
    """Return versions with these statuses, the oldest first, in an order of the service's own."""
    made = [
        Listed({"ProjectVersionArn": arn(number), "ProjectArn": PROJECT}, status, created_at=START + timedelta(number))
        for number, status in enumerate(statuses, start=1)
    ]
    return [*made[1::2], *made[::2]]


@pytest.mark.parametrize(
    ("goal", "statuses", "chosen"),
    [
        (Goal.RUNNING, ["STOPPED", "TRAINING_COMPLETED", "STOPPED"], 3),
        (Goal.RUNNING, ["STOPPED", "COPYING_COMPLETED", "TRAINING_FAILED", "TRAINING_IN_PROGRESS", "FAILED"], 2),
        (Goal.RUNNING, ["RUNNING", "STOPPED"], 2),
        (Goal.RUNNING, ["STOPPED", "RUNNING", "DELETING", "DEPRECATED", "EXPIRED"], 2),
        (Goal.RUNNING, ["STOPPED", "STARTING"], 2),
        (Goal.RUNNING, ["STOPPED", "STOPPING"], 2),
        (Goal.STOPPED, ["RUNNING", "STOPPED", "STOPPING"], 1),
        (Goal.STOPPED, ["STARTING", "STOPPED"], 1),
        (Goal.STOPPED, ["STOPPING", "STOPPED"], 1),
        (Goal.STOPPED, ["STOPPED", "TRAINING_COMPLETED", "TRAINING_FAILED"], 2),
        (Goal.STOPPED, ["TRAINING_FAILED", "TRAINING_IN_PROGRESS"], 2),
    ],
)
def test_a_start_means_the_newest_that_can_run_and_a_stop_the_one_that_runs(
    goal: Goal, statuses: list[str], chosen: int
) -> None:
    request = PARSE[goal](NEWEST, defaults=DEFAULTS, home=HOME)

    assert newest_of(request, versions(*statuses), goal).identity["ProjectVersionArn"] == arn(chosen)


@pytest.mark.parametrize("service", ["Rekognition", "LookoutVision"])
def test_where_no_version_says_when_it_was_made_its_number_does(service: str) -> None:
    named = {"Rekognition": NEWEST, "LookoutVision": {"ProjectName": "parts", "Version": "newest"}}[service]
    request = parse_request(named, defaults=DEFAULTS, home=HOME)
    fields: dict[str, Callable[[int], str]] = {"ProjectVersionArn": arn, "ModelVersion": str}
    of = fields[request.service.required[-1].name]
    listed = [
        Listed({**request.identity, request.service.required[-1].name: of(each)}, status)
        for each, status in (
            (9, "STOPPED" if service == "Rekognition" else "TRAINED"),
            (10, "STOPPED" if service == "Rekognition" else "TRAINED"),
        )
    ]

    assert request.naming(newest_of(request, listed, Goal.RUNNING).identity).version == "10"


@pytest.mark.parametrize(
    ("goal", "statuses", "error", "words"),
    [
        (Goal.RUNNING, [], ModelNotFoundError, "Rekognition's project parts has no version."),
        (Goal.STOPPED, [], ModelNotFoundError, "Rekognition's project parts has no version."),
        (
            Goal.RUNNING,
            ["TRAINING_FAILED", "TRAINING_IN_PROGRESS", "TRAINING_FAILED"],
            ModelFailedError,
            "No version of parts can be started. There are: 2 TRAINING_FAILED and 1 TRAINING_IN_PROGRESS.",
        ),
        (
            Goal.STOPPED,
            ["RUNNING", "STARTING", "STOPPED"],
            InvalidRequestError,
            "2 versions of parts are running .2 and 1., so it is not clear which one to stop",
        ),
    ],
)
def test_where_none_or_several_could_be_meant_the_error_says_what_there_is(
    goal: Goal, statuses: list[str], error: type[ModelLifecycleError], words: str
) -> None:
    request = PARSE[goal](NEWEST, defaults=DEFAULTS, home=HOME)

    with pytest.raises(error, match=words):
        newest_of(request, versions(*statuses), goal)


def test_the_choice_stands_before_anything_is_asked_and_no_later_step_chooses_again() -> None:
    model, listed = FakeModel("STOPPED", "RUNNING"), versions("STOPPED", "STOPPED")
    asked: list[ModelLifecycleError | None] = [ServiceUnavailableError("Throttled.", perhaps_done=False), None]

    def list_versions(_: object) -> list[Listed]:
        if error := asked.pop(0):
            raise error
        return listed

    def step(progress: dict[str, Any], seconds: float) -> Any:
        answer = take_step(
            {
                "Goal": "RUNNING",
                "Execution": {"Arn": EXECUTION, "StartTime": "2026-01-05T09:00:00.000Z"},
                "Progress": progress,
            },
            {Goal.RUNNING: partial(start_model, records=model.records, leases=model.leases, lines=model.lines)},
            model_of=model.named_by,
            defaults=DEFAULTS,
            home=HOME,
            now=after(seconds),
            versions=list_versions,
        )
        return json.loads(json.dumps(answer))

    throttled = step({"Request": NEWEST}, 1)
    chosen = step(throttled, 10)
    assert (throttled["Phase"], throttled["Faults"], model.looks) == ("BLOCKED", 1, 0)
    assert (chosen["Phase"], chosen["NextCheckSeconds"], model.looks) == ("BLOCKED", 1, 0)
    assert chosen["Request"]["ProjectVersionArn"] == arn(2)
    starts = step(chosen, 11)
    done = step(starts, 100)
    assert (starts["Phase"], model.starts) == ("STARTING", 1)
    assert done["Report"]["ProjectVersionArn"] == done["Report"]["Request"]["ProjectVersionArn"] == arn(2)
    assert (done["Report"]["Request"]["Version"], done["Report"]["Version"]) == ("newest", "2")


@pytest.mark.parametrize(
    ("given", "violation"),
    [
        ({"ProjectArn": PROJECT, "Version": "3"}, 'Version must be "newest", or not there'),
        ({"Version": "newest"}, "no project is named, give ProjectArn or ProjectName with Version"),
        (
            {"ProjectVersionArn": arn(1), "Version": "newest"},
            "Version and ProjectVersionArn both say which version is meant",
        ),
        (
            {"ProjectName": "parts", "ModelVersion": "1", "Version": "newest"},
            "Version and ModelVersion both say which version is meant",
        ),
        (
            {"ProjectArn": PROJECT.replace("us-east-1", "eu-west-1"), "Version": "newest"},
            "ProjectArn must be of account 123456789012, Region us-east-1",
        ),
    ],
)
@pytest.mark.parametrize("goal", Goal)
def test_an_input_that_does_not_name_one_project_is_refused(goal: Goal, given: dict[str, str], violation: str) -> None:
    with pytest.raises(InvalidRequestError, match=violation):
        PARSE[goal](given, defaults=DEFAULTS, home=HOME)
