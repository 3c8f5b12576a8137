"""What a stop does next: look first, ask only what can be stopped, be safe to repeat, and never end in silence."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from model_lifecycle.model.lease import Lease
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.stop_request import NOBODY, StopRequest, parse_stop_request
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    InvalidRequestError,
    ModelInUseError,
    ModelLifecycleError,
    ModelNotFoundError,
    QuotaExceededError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, STOP_EXECUTION, VERSION, after, begin_stop, stop_request
from tests.fakes.state_machine import check_stopping, drive_stop, stop

IN_USE = ModelInUseError("StopProjectVersion answered ResourceInUseException: It is busy.")
THROTTLED = ServiceUnavailableError("StopProjectVersion answered ThrottlingException", perhaps_done=False)
LOST = ServiceUnavailableError("StopProjectVersion got no answer: read timed out", perhaps_done=True)
DENIED = AccessDeniedError("not yours")
FINAL = [
    DENIED,
    InvalidRequestError("not so"),
    QuotaExceededError("not more"),
    ServiceRefusedError("not at all"),
]
ANOTHER = f"{EXECUTION}-of-another"
LEASE_END = after(-20)
RUN_BY_EXECUTION = ModelRecord(
    version=1,
    latest_start=EXECUTION,
    wanted_at=after(-3_600),
    asked_by=EXECUTION,
    asked_at=after(-3_590),
    status_when_asked="STOPPED",
    ran_at=after(-3_000),
    min_inference_units=2,
)
LEASED = replace(RUN_BY_EXECUTION, lease_ends_at=LEASE_END, leased_by=EXECUTION)


def known(record: ModelRecord, *looks: Any, **more: Any) -> FakeModel:
    """A model of which that is remembered."""
    model = FakeModel(*looks, **more)
    model.records.record = record
    return model


def lease_over() -> StopRequest:
    """What a lease's end asks for."""
    return stop_request(LeaseEndsAt=to_instant(LEASE_END), Reason="The lease is over.")


def failed_start() -> StopRequest:
    """What a start that gave up asks for."""
    failed = {"ExecutionArn": EXECUTION, "Input": {"ProjectVersionArn": VERSION}}
    return parse_stop_request({"FailedStart": failed, "Reason": "It gave up."}, defaults=DEFAULTS, home=HOME)


def error_of(progress: StopProgress) -> tuple[str, str]:
    """Error and Cause of an execution that gave up."""
    assert progress.failure is not None
    return progress.failure.name, progress.failure.cause


def asked(model: FakeModel, seconds: float = 1, request: StopRequest | None = None) -> StopProgress:
    """An execution whose stop the service accepted so many seconds in."""
    progress = stop(begin_stop(request), model, now=after(seconds))
    assert (progress.phase, progress.asked, model.stops) == (Phase.STOPPING, True, 1)
    return progress


def minutes(first: datetime, last: datetime, units: float) -> list[Datapoint]:
    """What is measured in each minute from the first to the last."""
    count = int((last - first) / timedelta(minutes=1))
    return [Datapoint(first + timedelta(minutes=number), units) for number in range(count + 1)]


def test_a_running_model_is_stopped_once() -> None:
    model = FakeModel("RUNNING", "STOPPING", "STOPPING", "STOPPED")

    (_, first), *_, (when, last) = drive_stop(begin_stop(), model)

    assert (last.phase, last.asked, last.joined, last.already_stopped) == (Phase.STOPPED, True, False, False)
    assert (last.asked_at, last.stopped_at, last.started_again) == (after(0), when, False)
    assert (last.checks, model.stops, last.may_bill) == (4, 1, False)
    assert first.next_check_seconds == 15


@pytest.mark.parametrize("status", ["STOPPED", "FAILED", "TRAINING_COMPLETED", "EXPIRED"])
def test_a_model_that_does_not_bill_is_a_success_at_once_that_says_so(status: str) -> None:
    model = FakeModel(status)

    progress = stop(begin_stop(), model, now=after(1))

    assert (progress.phase, progress.already_stopped, progress.asked) == (Phase.STOPPED, True, False)
    assert (progress.stopped_at, progress.may_bill, model.stops) == (after(1), False, 0)


def test_a_starting_model_is_waited_for_until_it_can_be_stopped() -> None:
    model = FakeModel("STARTING", "STARTING", "RUNNING", "STOPPING", "STOPPED")

    steps = drive_stop(begin_stop(), model)

    assert [progress.phase for _, progress in steps] == [
        Phase.BLOCKED,
        Phase.BLOCKED,
        Phase.STOPPING,
        Phase.STOPPING,
        Phase.STOPPED,
    ]
    assert model.stops == 1


def test_a_starting_model_that_fails_by_itself_needs_no_stop() -> None:
    model = FakeModel("STARTING", "FAILED")

    *_, (_, last) = drive_stop(begin_stop(), model)

    assert (last.phase, last.asked, model.stops) == (Phase.STOPPED, False, 0)


def test_a_stop_under_way_is_joined() -> None:
    model = FakeModel("STOPPING", "STOPPING", "STOPPED")

    *_, (_, last) = drive_stop(begin_stop(), model)

    assert (last.phase, last.joined, last.asked, last.already_stopped) == (Phase.STOPPED, True, False, False)
    assert model.stops == 0


class TestAModelThatIsWantedAgain:
    """Someone started it after its stop: left alone, and said so."""

    @pytest.mark.parametrize("joined", [False, True], ids=["after its own stop", "after a joined stop"])
    @pytest.mark.parametrize("again", [["STOPPED", "STARTING"], ["STARTING"], ["STOPPING", "RUNNING"]])
    def test_is_no_failure_and_not_stopped_again(self, again: list[str], joined: bool) -> None:
        model = FakeModel("STOPPING" if joined else "RUNNING", *["STOPPING"] * 4, *again)

        *_, (_, last) = drive_stop(begin_stop(), model)

        assert last.phase is Phase.STOPPED
        assert model.stops == (0 if joined else 1)
        if again[0] == "STOPPED":
            assert (last.started_again, last.stopped_at is None) == (False, False)
        else:
            assert (last.started_again, last.stopped_at, last.may_bill) == (True, None, True)
            assert last.left_alone == "It was started again after its stop."

    @pytest.mark.parametrize("status", ["RUNNING", "STARTING"])
    def test_cannot_be_known_just_after_the_stop_was_accepted(self, status: str) -> None:
        """The service does not say yet what it accepted: nothing is stopped and started again within seconds."""
        model = FakeModel("RUNNING", status)
        first = asked(model)

        soon = check_stopping(first, model, now=after(16))
        assert (soon.phase, soon.started_again) == (Phase.STOPPING, False)

        later = check_stopping(soon, model, now=after(32))
        assert (later.phase, later.started_again, model.stops) == (Phase.STOPPED, True, 1)

    @pytest.mark.parametrize("status", ["RUNNING", "STARTING"])
    def test_by_an_execution_that_began_later_is_left_alone_before_anything_is_asked(self, status: str) -> None:
        wanted = replace(RUN_BY_EXECUTION, latest_start=ANOTHER, wanted_at=after(5))
        model = known(wanted, "STARTING", status)
        waiting = stop(begin_stop(), known(RUN_BY_EXECUTION, "STARTING"), now=after(1))

        progress = stop(waiting, model, now=after(16))

        assert (progress.phase, progress.started_again, progress.may_bill) == (Phase.STOPPED, True, True)
        assert ANOTHER in progress.left_alone
        assert model.stops == 0

    def test_in_the_moment_before_the_stop_was_to_be_asked_is_left_alone(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING")
        model.records.meanwhile = replace(RUN_BY_EXECUTION, version=2, latest_start=ANOTHER, wanted_at=after(1))

        progress = stop(begin_stop(), model, now=after(2))

        assert (progress.phase, progress.started_again, model.stops) == (Phase.STOPPED, True, 0)

    def test_keeps_its_lease(self) -> None:
        wanted = replace(LEASED, latest_start=ANOTHER, wanted_at=after(5), lease_ends_at=after(9_000))
        model = known(wanted, "RUNNING")
        model.leases.armed = [Lease(ends_at=after(9_000), leased_by=EXECUTION)]

        progress = stop(begin_stop(), model, now=after(16))

        assert progress.started_again
        assert model.records.record.lease_ends_at == after(9_000)
        assert model.leases.armed

    def test_is_not_left_alone_for_a_start_that_began_before_the_stop(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING")
        model.records.meanwhile = replace(RUN_BY_EXECUTION, version=2, ran_at=after(0))

        progress = stop(begin_stop(), model, now=after(2))

        assert (progress.phase, model.stops) == (Phase.STOPPING, 1)


class TestAStopWhoseAnswerWasLost:
    """The call may have been carried out."""

    def test_counts_as_asked_and_is_waited_for_where_the_model_stops(self) -> None:
        model = FakeModel("RUNNING", "STOPPING", "STOPPING", "STOPPED", stops=[LOST])

        (_, first), *_, (_, last) = drive_stop(begin_stop(), model)

        assert (first.phase, first.asked, first.joined) == (Phase.STOPPING, True, False)
        assert (last.phase, last.already_stopped, model.stops) == (Phase.STOPPED, False, 1)

    def test_of_a_model_that_is_stopped_at_once_is_no_model_that_was_stopped_before(self) -> None:
        model = FakeModel("RUNNING", "STOPPED", stops=[LOST])

        progress = stop(begin_stop(), model, now=after(1))

        assert (progress.phase, progress.asked, progress.already_stopped) == (Phase.STOPPED, True, False)

    def test_of_a_model_that_still_runs_is_asked_for_again(self) -> None:
        model = FakeModel("RUNNING", "RUNNING", "RUNNING", "STOPPED", stops=[LOST, "STOPPING"])

        (_, first), (_, second), (_, last) = drive_stop(begin_stop(), model)

        assert (first.phase, first.asked, first.may_bill) == (Phase.BLOCKED, True, True)
        assert (second.phase, last.phase, model.stops) == (Phase.STOPPING, Phase.STOPPED, 2)

    def test_of_a_model_that_nobody_can_look_at_is_looked_at_later(self) -> None:
        model = FakeModel("RUNNING", THROTTLED, "STOPPING", stops=[LOST])

        first = stop(begin_stop(), model, now=after(1))
        assert (first.phase, first.asked, first.may_bill) == (Phase.BLOCKED, True, True)

        second = stop(first, model, now=after(16))
        assert (second.phase, second.joined, model.stops) == (Phase.STOPPING, False, 1)


class TestARefusedStop:
    """The service says that the model is not in a status for a stop."""

    def test_means_look_again_and_join_a_stop_that_someone_else_made_meanwhile(self) -> None:
        model = FakeModel("RUNNING", "STOPPING", "STOPPED", stops=[IN_USE])

        *_, (_, last) = drive_stop(begin_stop(), model)

        assert (last.phase, last.joined, last.asked, model.stops) == (Phase.STOPPED, True, False, 1)

    def test_of_a_model_that_stopped_meanwhile_is_a_success(self) -> None:
        model = FakeModel("RUNNING", "STOPPED", stops=[IN_USE])

        assert stop(begin_stop(), model, now=after(1)).phase is Phase.STOPPED

    def test_is_asked_for_again_until_the_deadline_and_then_told_as_still_billing(self) -> None:
        first = begin_stop(StopTimeoutSeconds=100)
        model = FakeModel("RUNNING", of=first.request, stops=[IN_USE])

        steps = drive_stop(first, model)

        (when, last) = steps[-1]
        assert (when, last.phase, last.may_bill) == (after(100), Phase.OVERDUE, True)
        assert model.stops == len(steps)
        name, cause = error_of(last)
        assert name == "StopTimedOutError"
        assert "is still billing" in cause
        assert "The stop could not even be asked for." in cause
        assert "ResourceInUseException: It is busy." in cause

    def test_of_a_status_that_nobody_has_heard_of_gives_up_in_the_service_s_words(self) -> None:
        model = FakeModel("MIGRATING", stops=[IN_USE])

        progress = stop(begin_stop(), model, now=after(1))

        assert (progress.phase, progress.may_bill, model.stops) == (Phase.FAILED, True, 1)
        assert error_of(progress)[0] == "ModelFailedError"
        assert "MIGRATING" in error_of(progress)[1]
        assert "It is busy." in error_of(progress)[1]


class TestAServiceThatCannotAnswerNow:
    """Throttled, or broken on its side."""

    @pytest.mark.parametrize("trouble", [THROTTLED, LOST], ids=["throttled", "no answer"])
    def test_leaves_a_stop_under_way_as_it_is(self, trouble: ModelLifecycleError) -> None:
        model = FakeModel("RUNNING", "STOPPING", trouble, trouble, "STOPPED")

        steps = drive_stop(begin_stop(), model)

        assert [progress.phase for _, progress in steps] == [*[Phase.STOPPING] * 4, Phase.STOPPED]
        assert [bool(progress.trouble) for _, progress in steps] == [False, False, True, True, False]
        assert model.stops == 1

    def test_puts_off_a_stop_that_was_not_made(self) -> None:
        model = FakeModel("RUNNING", stops=[THROTTLED, THROTTLED, "STOPPING"])

        steps = drive_stop(begin_stop(), model, until=after(30))

        assert [progress.phase for _, progress in steps] == [Phase.BLOCKED, Phase.BLOCKED, Phase.STOPPING]
        assert [progress.asked for _, progress in steps] == [False, False, True]

    @pytest.mark.parametrize("known", [(), ("STOPPING",), ("STARTING",)], ids=["nothing", "stopping", "starting"])
    def test_never_hides_past_the_deadline(self, known: tuple[str, ...]) -> None:
        first = begin_stop(StopTimeoutSeconds=600)

        *_, (when, last) = drive_stop(first, FakeModel(*known, THROTTLED, of=first.request))

        assert (when, last.phase, last.may_bill) == (after(600), Phase.OVERDUE, True)
        name, cause = error_of(last)
        assert name == "StopTimedOutError"
        assert "within 600 seconds" in cause
        assert (known[0] if known else "could not be read") in cause
        assert "ThrottlingException" in cause


class TestAStopThatDoesNotTakeByTheDeadline:
    """It ends in Fail, and says that the model is still billing, and since when."""

    def test_says_since_when_by_the_record(self) -> None:
        first = begin_stop(StopTimeoutSeconds=100)
        model = known(RUN_BY_EXECUTION, "RUNNING", "STOPPING", of=first.request, units=(2, None))

        *_, (when, last) = drive_stop(first, model)

        assert (when, last.phase, last.may_bill) == (after(100), Phase.OVERDUE, True)
        assert error_of(last) == (
            "StopTimedOutError",
            (
                "The model parts.2026-01-05 of the project parts is still billing since 2026-01-05T08:10:00.000Z: "
                "it was not stopped within 100 seconds, its status is STOPPING."
            ),
        )
        assert last.ran == {
            "Since": "2026-01-05T08:10:00.000Z",
            "Until": "2026-01-05T09:01:40.000Z",
            "Hours": 0.8611,
            "InferenceUnitHours": 1.7222,
            "Source": "record",
        }

    def test_says_since_when_by_what_is_measured(self) -> None:
        first = begin_stop(StopTimeoutSeconds=100)
        model = FakeModel("RUNNING", "STOPPING", of=first.request)
        model.meter.measured = minutes(after(-7_200), after(60), 1)

        *_, (_, last) = drive_stop(first, model)

        assert "is still billing since 2026-01-05T07:00:00.000Z: " in error_of(last)[1]

    def test_says_it_though_nobody_knows_since_when(self) -> None:
        first = begin_stop(StopTimeoutSeconds=100)

        *_, (_, last) = drive_stop(first, FakeModel("RUNNING", "STOPPING", of=first.request))

        assert "is still billing: it was not stopped" in error_of(last)[1]
        assert last.ran is None

    def test_still_lets_the_last_look_find_a_stopped_model(self) -> None:
        progress = asked(FakeModel("RUNNING"))

        assert check_stopping(progress, FakeModel("STOPPED"), now=after(1_800)).phase is Phase.STOPPED

    def test_does_not_move_when_a_step_is_repeated_later(self) -> None:
        first = asked(FakeModel("RUNNING"))

        again = stop(first, FakeModel("STOPPING"), now=after(1_000))

        assert again.deadline == first.deadline == after(1_800)


@pytest.mark.parametrize("error", FINAL, ids=lambda error: error.name)
class TestAnErrorThatNoWaitingHeals:
    """Bad input, no permission: at once told, in the words of the service. What nobody could see may bill."""

    def test_ends_the_stop_at_the_first_look(self, error: ModelLifecycleError) -> None:
        progress = stop(begin_stop(), FakeModel(error), now=after(1))

        assert (progress.phase, progress.asked, progress.may_bill) == (Phase.FAILED, False, True)
        assert error_of(progress) == (error.name, str(error))

    def test_ends_the_stop_when_it_is_the_answer_to_it(self, error: ModelLifecycleError) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", stops=[error])

        progress = stop(begin_stop(), model, now=after(1))

        assert (progress.phase, progress.asked, progress.may_bill) == (Phase.FAILED, False, True)
        assert (error_of(progress), model.stops) == ((error.name, str(error)), 1)
        assert progress.ran
        assert progress.ran["Since"] == "2026-01-05T08:10:00.000Z"

    def test_ends_a_stop_that_is_under_way(self, error: ModelLifecycleError) -> None:
        model = FakeModel("RUNNING", error)

        *_, (_, last) = drive_stop(begin_stop(), model)

        assert (last.phase, last.asked, error_of(last)) == (Phase.FAILED, True, (error.name, str(error)))


def test_a_model_that_does_not_exist_is_told_and_does_not_bill() -> None:
    progress = stop(begin_stop(), FakeModel(ModelNotFoundError("not there")), now=after(1))

    assert (progress.phase, progress.may_bill) == (Phase.FAILED, False)
    assert error_of(progress) == ("ModelNotFoundError", "not there")


def test_a_status_that_nobody_has_heard_of_is_not_waited_for_after_the_stop() -> None:
    model = FakeModel("RUNNING", "MIGRATING")

    *_, (_, last) = drive_stop(begin_stop(), model)

    assert (last.phase, last.may_bill) == (Phase.FAILED, True)
    assert "MIGRATING" in error_of(last)[1]
    assert "may still bill" in error_of(last)[1]


class TestAStopOnACondition:
    """It stops the model only while the record says what it was asked for; else it ends, and nobody is told."""

    HOLD = pytest.mark.parametrize(
        ("request_", "record"),
        [
            (lease_over(), LEASED),
            (failed_start(), RUN_BY_EXECUTION),
            (stop_request(LatestStart=EXECUTION), RUN_BY_EXECUTION),
            (stop_request(LatestStart=NOBODY), ModelRecord()),
        ],
        ids=["lease", "failed start", "latest start", "nobody's start"],
    )

    @HOLD
    def test_that_holds_stops_the_model(self, request_: StopRequest, record: ModelRecord) -> None:
        model = known(record, "RUNNING", "STOPPING", "STOPPED")

        *_, (_, last) = drive_stop(begin_stop(request_), model)

        assert (last.phase, last.started_again, model.stops) == (Phase.STOPPED, False, 1)

    @pytest.mark.parametrize("status", ["RUNNING", "STARTING", "STOPPED", "MIGRATING"])
    @pytest.mark.parametrize(
        ("request_", "record"),
        [
            (lease_over(), replace(LEASED, lease_ends_at=after(3_600), lease_before=LEASE_END)),
            (lease_over(), replace(LEASED, lease_ends_at=None, leased_by=None)),
            (lease_over(), ModelRecord()),
            (failed_start(), replace(RUN_BY_EXECUTION, latest_start=ANOTHER)),
            (failed_start(), replace(RUN_BY_EXECUTION, asked_by=ANOTHER)),
            (failed_start(), ModelRecord()),
            (stop_request(LatestStart=EXECUTION), replace(RUN_BY_EXECUTION, latest_start=ANOTHER)),
            (stop_request(LatestStart=EXECUTION), ModelRecord()),
            (stop_request(LatestStart=NOBODY), RUN_BY_EXECUTION),
            (lease_over(), replace(LEASED, latest_start=ANOTHER, wanted_at=after(0.5))),
        ],
        ids=[
            "a later lease",
            "a lease that was removed",
            "a lease of which nothing is remembered",
            "a failed start that is not the latest",
            "a failed start of what another asked for",
            "a failed start of which nothing is remembered",
            "not the latest start any more",
            "not the latest start",
            "not nobody's start",
            "a start since",
        ],
    )
    def test_that_does_not_hold_leaves_the_model_alone_in_silence(
        self, request_: StopRequest, record: ModelRecord, status: str
    ) -> None:
        model = known(record, status)
        model.leases.armed = [Lease(ends_at=after(3_600), leased_by=EXECUTION)]

        progress = stop(begin_stop(request_), model, now=after(1))

        assert (progress.phase, progress.failure, model.stops) == (Phase.SUPERSEDED, None, 0)
        assert progress.left_alone
        assert model.records.record == record
        assert model.leases.armed

    @HOLD
    def test_that_ceases_to_hold_while_the_model_starts_leaves_it_alone(
        self, request_: StopRequest, record: ModelRecord
    ) -> None:
        model = known(record, "STARTING", "RUNNING")
        waiting = stop(begin_stop(request_), model, now=after(1))
        assert waiting.phase is Phase.BLOCKED

        model.records.record = replace(
            record, version=2, latest_start=ANOTHER, wanted_at=after(-1), lease_ends_at=after(3_600)
        )
        progress = stop(waiting, model, now=after(16))

        assert (progress.phase, model.stops) == (Phase.SUPERSEDED, 0)

    @HOLD
    def test_that_ceases_to_hold_in_the_moment_before_the_call_is_seen(
        self, request_: StopRequest, record: ModelRecord
    ) -> None:
        model = known(record, "RUNNING")
        model.records.meanwhile = replace(
            record, version=record.version + 1, latest_start=ANOTHER, wanted_at=after(-1), lease_ends_at=after(3_600)
        )

        progress = stop(begin_stop(request_), model, now=after(1))

        assert (progress.phase, model.stops) == (Phase.SUPERSEDED, 0)

    @HOLD
    def test_counts_no_more_once_its_stop_is_under_way(self, request_: StopRequest, record: ModelRecord) -> None:
        model = known(record, "RUNNING", "STOPPING", "STOPPED")
        first = asked(model, request=request_)
        model.records.record = replace(model.records.record, latest_start=ANOTHER, wanted_at=after(-1), stopping=None)

        again = stop(first, model, now=after(16))

        assert (again.phase, model.stops) == (Phase.STOPPING, 1)

    @HOLD
    @pytest.mark.parametrize("trouble", [THROTTLED, LOST], ids=["throttled", "no answer"])
    def test_waits_until_its_record_can_be_read(
        self, request_: StopRequest, record: ModelRecord, trouble: ModelLifecycleError
    ) -> None:
        model = known(record, "RUNNING")
        model.records.trouble = trouble

        waiting = stop(begin_stop(request_), model, now=after(1))
        assert (waiting.phase, waiting.trouble, model.stops) == (Phase.BLOCKED, str(trouble), 0)

        model.records.trouble = None
        assert stop(waiting, model, now=after(16)).phase is Phase.STOPPING

    @HOLD
    @pytest.mark.parametrize("trouble", [THROTTLED, LOST], ids=["throttled", "no answer"])
    def test_waits_until_its_record_can_be_written(
        self, request_: StopRequest, record: ModelRecord, trouble: ModelLifecycleError
    ) -> None:
        model = known(record, "RUNNING")
        model.records.write_troubles = [trouble] * 3

        waiting = stop(begin_stop(request_), model, now=after(1))
        assert (waiting.phase, waiting.trouble, model.stops) == (Phase.BLOCKED, str(trouble), 0)

        assert stop(waiting, model, now=after(16)).phase is Phase.STOPPING

    def test_gives_up_and_may_bill_if_its_record_can_never_be_read(self) -> None:
        model = FakeModel("RUNNING")
        model.records.trouble = DENIED

        progress = stop(begin_stop(lease_over()), model, now=after(1))

        assert (progress.phase, progress.may_bill, model.stops) == (Phase.FAILED, True, 0)
        assert error_of(progress) == ("AccessDeniedError", "not yours")


@pytest.mark.parametrize("trouble", [THROTTLED, LOST, DENIED], ids=["throttled", "no answer", "denied"])
def test_a_stop_without_a_condition_is_asked_for_though_that_cannot_be_written(trouble: ModelLifecycleError) -> None:
    model = FakeModel("RUNNING")
    model.records.write_troubles = [trouble]

    assert asked(model).trouble == ""


@pytest.mark.parametrize("trouble", [THROTTLED, LOST, DENIED], ids=["throttled", "no answer", "denied"])
def test_a_stop_without_a_condition_is_asked_for_whatever_the_table_says(trouble: ModelLifecycleError) -> None:
    model = FakeModel("RUNNING", "STOPPED")
    model.records.trouble = trouble

    (_, first), (_, last) = drive_stop(begin_stop(), model)

    assert (first.phase, last.phase, model.stops) == (Phase.STOPPING, Phase.STOPPED, 1)


class TestAStepThatDied:
    """Its answer, and with it all that it knew, is lost; the step is taken again with what stood before."""

    CONDITIONAL = pytest.mark.parametrize("request_", [stop_request(), lease_over()], ids=["plain", "conditional"])

    @CONDITIONAL
    def test_after_its_call_still_counts_as_having_asked(self, request_: StopRequest) -> None:
        model = known(LEASED, "RUNNING", "STOPPING")
        asked(model, request=request_)

        again = stop(begin_stop(request_), model, now=after(4))

        assert (again.phase, again.asked, again.joined, model.stops) == (Phase.STOPPING, True, False, 1)
        assert again.asked_at == after(1)

    @CONDITIONAL
    def test_after_its_call_of_a_model_that_is_stopped_already_says_that_it_stopped_it(
        self, request_: StopRequest
    ) -> None:
        model = known(LEASED, "RUNNING", "STOPPED")
        asked(model, request=request_)

        again = stop(begin_stop(request_), model, now=after(4))

        assert (again.phase, again.already_stopped, model.stops) == (Phase.STOPPED, False, 1)

    @CONDITIONAL
    def test_after_a_call_that_never_arrived_asks_again(self, request_: StopRequest) -> None:
        model = known(LEASED, "RUNNING")
        asked(model, request=request_)

        again = stop(begin_stop(request_), model, now=after(4))

        assert (again.phase, again.asked, model.stops) == (Phase.STOPPING, True, 2)

    def test_is_not_taken_for_one_of_another_execution(self) -> None:
        model = FakeModel("RUNNING", "STOPPING")
        stop(replace(begin_stop(), execution_arn=f"{STOP_EXECUTION}-of-another"), model, now=after(1))

        progress = stop(begin_stop(), model, now=after(4))

        assert (progress.phase, progress.asked, progress.joined) == (Phase.STOPPING, False, True)

    def test_after_it_had_told_the_record_that_the_model_is_stopped_ends_the_same_way(self) -> None:
        model = known(LEASED, "RUNNING", "STOPPED")
        first = asked(model)
        once = check_stopping(first, model, now=after(16))

        again = check_stopping(first, model, now=after(18))

        assert (again.phase, again.ran, again.joined) == (once.phase, once.ran, once.joined)
        assert (once.stopped_at, again.stopped_at) == (after(16), after(18))


class TestWhatAStopRemembers:
    """In the model's record, and in the schedules of its leases."""

    ARMED = Lease(ends_at=LEASE_END, leased_by=EXECUTION)

    def test_is_who_was_about_to_ask_before_the_call_goes_out(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", stops=[LOST])

        stop(begin_stop(), model, now=after(1))

        assert (model.records.record.stopping, model.records.record.stop_asked_at) == (STOP_EXECUTION, after(1))

    @pytest.mark.parametrize("refusal", [THROTTLED, IN_USE, DENIED], ids=["throttled", "in use", "denied"])
    def test_is_nothing_of_a_stop_that_was_refused_so_that_no_start_waits_for_it(
        self, refusal: ModelLifecycleError
    ) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", stops=[refusal])

        stop(begin_stop(), model, now=after(1))

        assert replace(model.records.record, version=RUN_BY_EXECUTION.version) == RUN_BY_EXECUTION

    def test_of_a_refused_stop_means_nothing_where_it_could_not_be_taken_back(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", "STOPPING", "STOPPED", stops=[THROTTLED])
        model.records.write_troubles = [None, THROTTLED]

        (_, first), (_, second), (_, last) = drive_stop(begin_stop(), model)

        assert (first.asked, second.asked, second.joined) == (False, False, True)
        assert (last.phase, last.asked, model.stops) == (Phase.STOPPED, False, 1)

    @pytest.mark.parametrize("looks", [("RUNNING", "STOPPED"), ("STOPPING", "STOPPED"), ("STOPPED",)])
    def test_is_that_the_model_is_stopped_and_has_no_lease_any_more(self, looks: tuple[str, ...]) -> None:
        model = known(LEASED, *looks)
        model.leases.armed = [self.ARMED]

        *_, (when, last) = drive_stop(begin_stop(), model)

        assert last.phase is Phase.STOPPED
        record = model.records.record
        assert (record.stopped_at, record.stopping) == (when, STOP_EXECUTION)
        assert (record.lease_ends_at, record.leased_by, record.lease_before) == (None, None, None)
        assert (record.latest_start, record.ran_at) == (EXECUTION, after(-3_000))
        assert model.leases.armed == []

    @pytest.mark.parametrize("status", ["RUNNING", "STARTING"])
    def test_leaves_the_lease_as_long_as_the_model_is_not_stopped(self, status: str) -> None:
        model = known(LEASED, status)
        model.leases.armed = [self.ARMED]

        stop(begin_stop(), model, now=after(1))

        assert model.records.record.lease_ends_at == LEASE_END
        assert model.leases.armed == [self.ARMED]

    @pytest.mark.parametrize("trouble", [THROTTLED, DENIED], ids=["throttled", "denied"])
    def test_does_not_matter_to_the_end_if_the_schedule_cannot_be_removed(self, trouble: ModelLifecycleError) -> None:
        model = known(LEASED, "RUNNING", "STOPPED")
        model.leases.trouble = trouble

        *_, (_, last) = drive_stop(begin_stop(), model)

        assert (last.phase, last.failure, last.trouble) == (Phase.STOPPED, None, str(trouble))
        assert model.records.record.lease_ends_at is None

    def test_never_overwrites_what_a_start_that_came_later_wrote(self) -> None:
        model = known(LEASED, "RUNNING", "STOPPED")
        first = asked(model)
        wanted = replace(
            model.records.record,
            version=9,
            latest_start=ANOTHER,
            wanted_at=after(10),
            lease_ends_at=after(9_000),
            leased_by=ANOTHER,
        )
        model.records.record = wanted

        progress = check_stopping(first, model, now=after(16))

        assert progress.phase is Phase.STOPPED
        assert model.records.record == wanted

    def test_is_not_that_a_model_is_stopped_which_another_execution_is_just_about_to_start(self) -> None:
        """It looks stopped as long as the start call is on its way: the stop would be told, and the model would run."""
        about_to = replace(LEASED, asked_by=ANOTHER, asked_at=after(0), ran_at=None, status_when_asked="STOPPED")
        model = known(about_to, "STOPPED", "RUNNING", "STOPPED")

        progress = stop(begin_stop(), model, now=after(1))

        assert progress.phase is Phase.BLOCKED
        assert model.records.record == about_to


class TestHowLongItRan:
    """Told with the stop: by the metric where it has data, else by the record, and which."""

    def stopped(self, model: FakeModel) -> StopProgress:
        """A stop that took."""
        *_, (_, last) = drive_stop(begin_stop(), model)
        assert last.phase is Phase.STOPPED
        return last

    def test_is_by_the_metric_where_it_has_data(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", "STOPPED")
        model.meter.measured = minutes(after(-2_700), after(-60), 3)

        assert self.stopped(model).ran == {
            "Since": "2026-01-05T08:15:00.000Z",
            "Until": "2026-01-05T09:00:00.000Z",
            "Hours": 0.75,
            "InferenceUnitHours": 2.25,
            "Source": "metric",
        }

    @pytest.mark.parametrize("trouble", [None, THROTTLED, DENIED], ids=["nothing measured", "throttled", "denied"])
    def test_is_by_the_record_where_the_metric_has_none(self, trouble: ModelLifecycleError | None) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", "STOPPED")
        model.meter.trouble = trouble

        assert self.stopped(model).ran == {
            "Since": "2026-01-05T08:10:00.000Z",
            "Until": "2026-01-05T09:00:00.000Z",
            "Hours": 0.8333,
            "InferenceUnitHours": 1.6667,
            "Source": "record",
        }

    def test_is_not_by_the_record_of_a_run_that_was_stopped_before(self) -> None:
        before = replace(RUN_BY_EXECUTION, stopping=f"{STOP_EXECUTION}-of-another", stopped_at=after(-600))

        assert self.stopped(known(before, "RUNNING", "STOPPED")).ran is None
        assert self.stopped(known(before, "STOPPING", "STOPPED")).ran is None

    def test_is_not_known_of_a_model_of_which_nobody_knows_anything(self) -> None:
        assert self.stopped(FakeModel("RUNNING", "STOPPED")).ran is None

    def test_is_not_told_of_a_model_that_did_not_run(self) -> None:
        model = known(RUN_BY_EXECUTION, "STOPPED")
        model.meter.measured = minutes(after(-2_700), after(-60), 3)

        assert self.stopped(model).ran is None

    def test_is_told_of_a_run_that_was_stopped_by_someone_else(self) -> None:
        assert self.stopped(known(RUN_BY_EXECUTION, "STOPPING", "STOPPED")).ran

    def test_ends_when_the_stop_was_asked_for(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", *["STOPPING"] * 9, "STOPPED")

        ran = self.stopped(model).ran

        assert ran
        assert ran["Until"] == "2026-01-05T09:00:00.000Z"


def test_what_was_looked_up_on_the_way_is_known_from_then_on() -> None:
    model = FakeModel("STOPPING", of=stop_request().knowing("ProjectArn", "arn:of:the:project"))

    progress = stop(begin_stop(), model, now=after(1))

    assert dict(progress.request.identity) == {"ProjectVersionArn": VERSION, "ProjectArn": "arn:of:the:project"}
