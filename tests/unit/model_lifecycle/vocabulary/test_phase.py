"""What each status means, before and after an execution's own start."""

import json

import pytest

from model_lifecycle.services.lookout_vision import SERVICE_MODELS
from model_lifecycle.vocabulary.phase import LOOKOUT_VISION, REKOGNITION, Phase, meaning_of
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import after, begin
from tests.fakes.service_endpoint import enum_of
from tests.fakes.state_machine import check, start

EVERY_STATUS = enum_of("rekognition", "ProjectVersionStatus")
STARTABLE = {"TRAINING_COMPLETED", "STOPPED", "COPYING_COMPLETED"}
PERHAPS_STARTABLE = {"FAILED"}
COMING_TO_BE_STARTABLE = {"TRAINING_IN_PROGRESS", "COPYING_IN_PROGRESS", "STOPPING"}
NEVER_STARTABLE = {"TRAINING_FAILED", "COPYING_FAILED", "DELETING", "DEPRECATED", "EXPIRED"}
UP_OR_COMING_UP = {"STARTING", "RUNNING"}
UNHEARD_OF = ["running", "RUNNING ", "HOSTED", "PAUSED", "STARTING_2", "\udcff"]


def test_every_status_of_the_service_has_one_meaning_here_and_no_other_has() -> None:
    named = [
        *STARTABLE,
        *PERHAPS_STARTABLE,
        *COMING_TO_BE_STARTABLE,
        *NEVER_STARTABLE,
        *UP_OR_COMING_UP,
    ]

    assert sorted(named) == sorted(EVERY_STATUS)
    assert set(REKOGNITION) == EVERY_STATUS


@pytest.mark.parametrize("status", sorted(STARTABLE | PERHAPS_STARTABLE))
def test_a_model_that_can_be_started_is_started_and_waited_for(status: str) -> None:
    model = FakeModel(status)

    progress = start(begin(), model, now=after(1))

    assert progress.phase is Phase.STARTING
    assert progress.asked
    assert model.starts == 1


@pytest.mark.parametrize("status", sorted(COMING_TO_BE_STARTABLE))
def test_a_model_that_comes_to_be_startable_is_waited_for_before_it_is_asked(status: str) -> None:
    model = FakeModel(status)

    progress = start(begin(), model, now=after(1))

    assert progress.phase is Phase.BLOCKED
    assert progress.next_check_seconds
    assert model.starts == 0


@pytest.mark.parametrize("status", sorted(NEVER_STARTABLE))
def test_a_model_that_can_never_run_ends_the_start_unasked_and_says_its_status(status: str) -> None:
    model = FakeModel(status, message="It is over.")

    progress = start(begin(), model, now=after(1))

    assert (progress.phase, model.starts) == (Phase.FAILED, 0)
    assert progress.failure
    assert progress.failure.name == "ModelFailedError"
    assert f"{status} (It is over.)" in progress.failure.cause


def test_a_model_that_runs_already_is_a_success_that_says_so() -> None:
    model = FakeModel("RUNNING")

    progress = start(begin(), model, now=after(1))

    assert (progress.phase, progress.already_running, progress.asked) == (Phase.RUNNING, True, False)
    assert progress.running_at == after(1)
    assert model.starts == 0


def test_a_model_that_is_starting_already_is_joined() -> None:
    model = FakeModel("STARTING", "RUNNING")

    progress = start(begin(), model, now=after(1))
    assert (progress.phase, progress.joined, progress.asked) == (Phase.STARTING, True, False)

    progress = check(progress, model, now=after(16))
    assert (progress.phase, progress.joined, progress.already_running) == (Phase.RUNNING, True, False)
    assert model.starts == 0


@pytest.mark.parametrize("joined", [False, True], ids=["after its own start", "after a joined start"])
@pytest.mark.parametrize("status", sorted(EVERY_STATUS - UP_OR_COMING_UP))
def test_whatever_a_started_model_turns_instead_of_running_ends_the_start(status: str, joined: bool) -> None:
    model = FakeModel("STARTING" if joined else "STOPPED", status)
    started = start(begin(), model, now=after(1))

    progress = check(started, model, now=after(16))

    assert progress.phase is Phase.FAILED
    assert progress.failure
    assert status in progress.failure.cause
    assert model.starts == (0 if joined else 1)


@pytest.mark.parametrize("status", sorted({"STOPPING", "STOPPED"}))
def test_a_model_that_someone_stopped_is_not_started_again_even_if_the_start_is_repeated(status: str) -> None:
    model = FakeModel("STOPPED", status)
    started = start(begin(), model, now=after(1))

    progress = start(started, model, now=after(16))

    assert (progress.phase, model.starts) == (Phase.FAILED, 1)
    assert progress.failure
    assert "someone stopped it" in progress.failure.cause


@pytest.mark.parametrize("status", UNHEARD_OF)
@pytest.mark.parametrize("asked", [False, True], ids=["before", "after"])
def test_a_status_that_nobody_has_heard_of_ends_the_start_and_may_bill(status: str, asked: bool) -> None:
    model = FakeModel(*(["STOPPED"] if asked else []), status)
    progress = begin()
    if asked:
        progress = start(progress, model, now=after(1))

    progress = check(progress, model, now=after(16))

    assert progress.phase is Phase.FAILED
    assert progress.failure
    assert "not known here" in progress.failure.cause
    assert progress.may_bill


@pytest.mark.parametrize("status", sorted(EVERY_STATUS))
def test_only_what_is_up_or_comes_up_bills(status: str) -> None:
    assert meaning_of(status, REKOGNITION).may_bill == (status in UP_OR_COMING_UP)


def test_every_status_of_the_service_model_that_ships_with_the_code_has_one_meaning_too() -> None:
    shipped = json.loads((SERVICE_MODELS / "lookoutvision" / "2020-11-20" / "service-2.json").read_text())

    assert set(LOOKOUT_VISION) == set(shipped["shapes"]["ModelStatus"]["enum"])
