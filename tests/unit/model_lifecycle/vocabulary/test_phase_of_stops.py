"""What each status of either service means to a stop, before and after it was asked for."""

import pytest

from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import Service
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.phase import Phase, meaning_of
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, HOME, VERSION, after, begin_stop
from tests.fakes.state_machine import check_stopping, stop

NAMED = {
    REKOGNITION.name: {"ProjectVersionArn": VERSION},
    LOOKOUT_VISION.name: {"ProjectName": "boards", "ModelVersion": "1"},
}
RUNNING = {REKOGNITION.name: "RUNNING", LOOKOUT_VISION.name: "HOSTED"}
STOPPING = {REKOGNITION.name: "STOPPING", LOOKOUT_VISION.name: "STOPPING_HOSTING"}
COMING_UP = {REKOGNITION.name: ["STARTING"], LOOKOUT_VISION.name: ["STARTING_HOSTING"]}
UPDATING = {REKOGNITION.name: [], LOOKOUT_VISION.name: ["SYSTEM_UPDATING"]}
NOT_BILLING = {
    REKOGNITION.name: {
        "TRAINING_IN_PROGRESS",
        "TRAINING_COMPLETED",
        "TRAINING_FAILED",
        "FAILED",
        "STOPPED",
        "DELETING",
        "COPYING_IN_PROGRESS",
        "COPYING_COMPLETED",
        "COPYING_FAILED",
        "DEPRECATED",
        "EXPIRED",
    },
    LOOKOUT_VISION.name: {"TRAINING", "TRAINED", "TRAINING_FAILED", "HOSTING_FAILED", "DELETING"},
}
SERVICES = [REKOGNITION, LOOKOUT_VISION]
EACH = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def of(**statuses: dict[str, list[str]] | dict[str, set[str]]) -> pytest.MarkDecorator:
    """Every such status of every service."""
    [(_, found)] = statuses.items()
    return pytest.mark.parametrize(
        ("service", "status"), [(service, status) for service in SERVICES for status in sorted(found[service.name])]
    )


def request_to(service: Service) -> StopRequest:
    """A request to stop a model of that service."""
    return parse_stop_request(NAMED[service.name], defaults=DEFAULTS, home=HOME)


def asked(service: Service, model: FakeModel) -> StopProgress:
    """A stop that the service accepted."""
    progress = stop(begin_stop(request_to(service)), model, now=after(1))
    assert (progress.phase, progress.asked, model.stops) == (Phase.STOPPING, True, 1)
    return progress


@EACH
def test_every_status_of_the_service_has_one_meaning_here_and_no_other_has(service: Service) -> None:
    name = service.name
    named = [RUNNING[name], STOPPING[name], *COMING_UP[name], *UPDATING[name], *NOT_BILLING[name]]

    assert sorted(named) == sorted(service.statuses)


@EACH
def test_a_model_that_runs_is_stopped(service: Service) -> None:
    model = FakeModel(RUNNING[service.name], stops=[STOPPING[service.name]])

    assert asked(service, model).status == STOPPING[service.name]


@EACH
def test_a_model_that_stops_already_is_joined(service: Service) -> None:
    model = FakeModel(STOPPING[service.name])

    progress = stop(begin_stop(request_to(service)), model, now=after(1))

    assert (progress.phase, progress.joined, model.stops) == (Phase.STOPPING, True, 0)


@of(blocked=COMING_UP)
def test_a_model_that_comes_up_is_waited_for_before_it_is_asked(service: Service, status: str) -> None:
    assert_it_waits_unasked(service, status)


@of(blocked=UPDATING)
def test_an_update_of_the_system_is_waited_for_before_it_is_asked(service: Service, status: str) -> None:
    assert_it_waits_unasked(service, status)


def assert_it_waits_unasked(service: Service, status: str) -> None:
    """It comes back to ask later."""
    model = FakeModel(status)

    progress = stop(begin_stop(request_to(service)), model, now=after(1))

    assert (progress.phase, progress.asked, model.stops) == (Phase.BLOCKED, False, 0)
    assert progress.next_check_seconds
    assert progress.may_bill


@of(stopped=NOT_BILLING)
def test_whatever_does_not_bill_is_a_success_before_the_stop(service: Service, status: str) -> None:
    model = FakeModel(status)

    progress = stop(begin_stop(request_to(service)), model, now=after(1))

    assert (progress.phase, progress.already_stopped, progress.may_bill) == (Phase.STOPPED, True, False)
    assert model.stops == 0


@pytest.mark.parametrize("joined", [False, True], ids=["after its own stop", "after a joined stop"])
@of(stopped=NOT_BILLING)
def test_whatever_does_not_bill_is_a_success_after_the_stop(service: Service, status: str, joined: bool) -> None:
    model = FakeModel((STOPPING if joined else RUNNING)[service.name], status)
    first = stop(begin_stop(request_to(service)), model, now=after(1))

    progress = check_stopping(first, model, now=after(16))

    assert (progress.phase, progress.already_stopped, progress.started_again) == (Phase.STOPPED, False, False)
    assert progress.stopped_at == after(16)


@pytest.mark.parametrize("joined", [False, True], ids=["after its own stop", "after a joined stop"])
@EACH
def test_what_starts_or_runs_after_the_stop_was_started_again(service: Service, joined: bool) -> None:
    for status in [RUNNING[service.name], *COMING_UP[service.name]]:
        model = FakeModel((STOPPING if joined else RUNNING)[service.name], status)
        first = stop(begin_stop(request_to(service)), model, now=after(1))

        progress = check_stopping(first, model, now=after(61))

        assert (progress.phase, progress.started_again, progress.stopped_at) == (Phase.STOPPED, True, None)
        assert model.stops == (0 if joined else 1)


@of(updating=UPDATING)
def test_an_update_after_the_stop_is_nobody_s_start_and_waited_for(service: Service, status: str) -> None:
    model = FakeModel(RUNNING[service.name], status)

    assert check_stopping(asked(service, model), model, now=after(61)).phase is Phase.STOPPING


@EACH
def test_a_status_that_nobody_has_heard_of_may_bill_and_so_it_is_asked(service: Service) -> None:
    assert meaning_of("MIGRATING", service.statuses).may_bill
    assert asked(service, FakeModel("MIGRATING")).asked


@EACH
def test_a_status_that_nobody_has_heard_of_is_never_waited_for_after_the_stop(service: Service) -> None:
    model = FakeModel(RUNNING[service.name], "MIGRATING")

    progress = check_stopping(asked(service, model), model, now=after(16))

    assert (progress.phase, progress.may_bill) == (Phase.FAILED, True)
    assert progress.failure
    assert "not known here" in progress.failure.cause
