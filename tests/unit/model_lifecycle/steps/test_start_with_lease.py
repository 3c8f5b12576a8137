"""A start with a lease: look, schedule the stop, and only then start."""

from dataclasses import replace
from typing import Any

import pytest

from model_lifecycle.model.lease import Lease, lease_of
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.steps.report import LeaseStanding
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.vocabulary.errors import (
    InvalidRequestError,
    ModelLifecycleError,
    QuotaExceededError,
    ServiceRefusedError,
)
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, START, STOP_EXECUTION, after, begin, request
from tests.fakes.machines import ANOTHER, DENIED, TEMPORARY, THROTTLED, error_of, known, phases_of
from tests.fakes.state_machine import check, drive, start

OWN = Lease(ends_at=after(3_600), leased_by=EXECUTION)
EARLIER = Lease(ends_at=after(1_800), leased_by=ANOTHER)
LATER = Lease(ends_at=after(7_200), leased_by=ANOTHER)
SAME = replace(OWN, leased_by=ANOTHER)
OVER = Lease(ends_at=after(-5), leased_by=ANOTHER)
UP = pytest.mark.parametrize("status", ["RUNNING", "STARTING"])


def leased(**more: Any) -> StartProgress:
    """Return an execution that has just started, and wants the model for an hour."""
    return begin(StopAfterSeconds=3_600, **more)


def of_another(lease: Lease | None) -> ModelRecord:
    """Return what is remembered of a model that another execution started half an hour ago."""
    return ModelRecord(
        version=1,
        latest_start=ANOTHER,
        wanted_at=after(-1_800),
        asked_by=ANOTHER,
        asked_at=after(-1_799),
        status_when_asked="STOPPED",
        lease_ends_at=lease.ends_at if lease else None,
        leased_by=lease.leased_by if lease else None,
    )


def told(progress: StartProgress) -> LeaseStanding | None:
    """Return what the report says of the lease: the end that was asked for, the end in force, and the end before."""
    return progress.report(now=after(100)).lease


def in_words(*, asked: Lease | None, ends: Lease | None, moved_from: Lease | None = None) -> LeaseStanding:
    """Return a lease as a report tells it."""
    asked_until, ends_at, moved = (lease.ends_at if lease else None for lease in (asked, ends, moved_from))
    return LeaseStanding(asked=asked_until, ends_at=ends_at, moved_from=moved)


class TestAModelThatIsStartedWithALease:
    """Nothing is started whose stop is not armed."""

    @pytest.mark.parametrize("before", [ModelRecord(), of_another(LATER)], ids=["at first", "after an earlier run"])
    @pytest.mark.parametrize(
        ("wanted", "lease"),
        [({"StopAfterSeconds": 3_600}, OWN), ({"StopAt": "2026-01-05T11:00:00+01:00"}, OWN), ({}, None)],
        ids=["for an hour", "until a moment", "without a lease"],
    )
    def test_has_its_stop_armed_and_its_end_told(
        self, wanted: dict[str, Any], lease: Lease | None, before: ModelRecord
    ) -> None:
        model = FakeModel("STOPPED", "STARTING", "RUNNING")
        model.records.record = before

        (_, first), *_, (_, last) = drive(begin(**wanted), model)

        assert model.leases.armed == ([lease] if lease else [])
        assert lease_of(model.records.record) == lease
        assert (first.phase, last.phase, model.starts) == (Phase.STARTING, Phase.RUNNING, 1)
        assert told(last) == in_words(asked=lease, ends=lease)

    @TEMPORARY
    def test_waits_until_its_stop_can_be_armed(self, trouble: ModelLifecycleError) -> None:
        model = FakeModel("STOPPED")
        model.leases.trouble = trouble

        waiting = start(leased(), model, now=after(1))

        assert (waiting.phase, waiting.asked, waiting.trouble) == (Phase.BLOCKED, False, str(trouble))
        assert (model.starts, replace(model.records.record, version=0)) == (0, ModelRecord())

        model.leases.trouble = None
        started = start(waiting, model, now=after(16))
        assert (started.phase, model.starts, model.leases.armed) == (Phase.STARTING, 1, [OWN])

    def test_says_until_the_deadline_why_its_stop_could_not_be_armed(self) -> None:
        model = FakeModel("STOPPED")
        model.leases.trouble = THROTTLED

        *_, (_, last) = drive(leased(StartTimeoutSeconds=60), model)

        assert (last.phase, last.may_bill, model.starts) == (Phase.OVERDUE, False, 0)
        assert "ThrottlingException" in error_of(last)[1]

    @pytest.mark.parametrize(
        "error", [DENIED, ServiceRefusedError("There is no such group."), InvalidRequestError("x")]
    )
    def test_is_not_started_if_its_stop_can_never_be_armed(self, error: ModelLifecycleError) -> None:
        model = FakeModel("STOPPED")
        model.leases.trouble = error

        progress = start(leased(), model, now=after(1))

        assert (progress.phase, progress.asked, progress.may_bill) == (Phase.FAILED, False, False)
        assert error_of(progress) == (
            "StopNotArmedError",
            f"The stop on Mon 5 Jan 2026 at 10:00 UTC could not be scheduled, so nothing was started. {error}",
        )
        assert (model.starts, replace(model.records.record, version=0)) == (0, ModelRecord())

    def test_has_its_stop_armed_once_however_often_the_start_is_repeated(self) -> None:
        model = FakeModel("STOPPED", starts=[THROTTLED, THROTTLED, "STARTING"])

        drive(leased(), model, until=after(60))

        assert model.leases.armed == [OWN]

    def test_is_not_asked_for_if_a_step_died_that_armed_it_before(self) -> None:
        model = FakeModel("STOPPED", "STARTING", "RUNNING")
        start(leased(), model, now=after(1))

        again = start(leased(), model, now=after(4))

        assert (again.phase, again.asked, model.starts, model.leases.armed) == (Phase.STARTING, True, 1, [OWN])
        assert told(check(again, model, now=after(60))) == in_words(asked=OWN, ends=OWN)

    def test_that_is_refused_leaves_the_record_as_it_was(self) -> None:
        before = of_another(LATER)
        model = known(before, "STOPPED", starts=[QuotaExceededError("not more")])

        progress = start(leased(), model, now=after(1))

        assert (progress.phase, progress.cleans_up) == (Phase.BLOCKED, False)
        assert replace(model.records.record, version=before.version) == before


class TestALeaseThatEndsBeforeTheModelCanBeStarted:
    """Nothing is started then, and it is said."""

    @pytest.mark.parametrize("looks", [("STOPPING",), (THROTTLED,)], ids=["stopping", "not seen"])
    def test_ends_the_start(self, looks: tuple[Any, ...]) -> None:
        model = FakeModel(*looks)

        *_, (when, last) = drive(begin(StopAfterSeconds=60), model)

        assert (last.phase, last.asked, model.starts, model.leases.armed) == (Phase.FAILED, False, 0, [])
        assert when < after(3_600)
        name, cause = error_of(last)
        assert name == "LeaseOverError"
        assert "its lease ended on Mon 5 Jan 2026 at 09:01 UTC, before a start was possible" in cause
        assert ("STOPPING" if looks == ("STOPPING",) else "not known") in cause

    def test_ends_it_at_the_very_end_of_the_lease(self) -> None:
        model = FakeModel("STOPPED")

        assert error_of(start(begin(StopAfterSeconds=60), model, now=after(60)))[0] == "LeaseOverError"
        assert start(begin(StopAfterSeconds=60), FakeModel("STOPPED"), now=after(59)).phase is Phase.STARTING

    def test_does_not_end_a_start_that_is_under_way(self) -> None:
        model = FakeModel("STOPPED", *["STARTING"] * 9, "RUNNING")

        *_, (_, last) = drive(begin(StopAfterSeconds=60), model)

        assert last.phase is Phase.RUNNING

    @pytest.mark.parametrize(
        "ends",
        [
            "2026-01-05T09:00:00Z",
            "2026-01-05T08:59:59.999Z",
            "2000-01-01T00:00:00+01:00",
            "2027-01-06T09:00:01Z",
            "9998-01-01T00:00:00Z",
        ],
    )
    def test_is_refused_if_it_is_not_within_a_leap_year_from_the_execution_s_start(self, ends: str) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            begin(StopAt=ends).checked()

        allowed = "must be after the execution's start, Mon 5 Jan 2026 at 09:00 UTC, and not after Wed 6 Jan 2027"
        assert allowed in str(caught.value)

    def test_is_accepted_if_it_is_over_a_moment_later(self) -> None:
        assert begin(StopAt="2026-01-05T09:00:00.001Z").checked().wanted_lease_end == after(1)
        assert begin(StopAt="2027-01-06T09:00:00Z").checked()


@pytest.mark.parametrize(
    ("fields", "started", "ends"),
    [
        ({"StopAfterSeconds": 60}, 0, 60),
        ({"StopAfterSeconds": 60}, 0.001, 61),
        ({"StopAfterSeconds": 60}, 0.999, 61),
        ({"StopAt": "2026-01-05T09:01:00Z"}, 0.5, 60),
        ({"StopAt": "2026-01-05T09:01:00.25Z"}, 0.5, 61),
        ({}, 0, None),
    ],
)
def test_a_lease_ends_on_the_next_whole_second_as_a_schedule_can_fire(
    fields: dict[str, Any], started: float, ends: int | None
) -> None:
    progress = StartProgress.begin(request(**fields), execution_arn=EXECUTION, started_at=after(started))

    assert progress.wanted_lease_end == (None if ends is None else after(ends))
    assert after(0) == START


@UP
class TestAModelThatIsUpAlready:
    """Of several leases the latest end counts."""

    @pytest.mark.parametrize(
        ("in_force", "wanted", "ends", "moved_from"),
        [
            pytest.param(None, OWN, None, None, id="without a lease is wanted without end and no stop is armed"),
            pytest.param(EARLIER, OWN, OWN, EARLIER, id="with an earlier lease is wanted longer and its stop moves"),
            pytest.param(LATER, OWN, LATER, None, id="with a later lease keeps it"),
            pytest.param(SAME, OWN, SAME, None, id="with the same lease keeps it"),
            pytest.param(LATER, None, LATER, None, id="keeps its lease if a start without one wants it too"),
            # Its stop is on its way: it would end what this start wants.
            pytest.param(OVER, None, None, None, id="loses one that is over if a start without one wants it too"),
        ],
    )
    def test_with_the_latest_end(
        self,
        status: str,
        in_force: Lease | None,
        wanted: Lease | None,
        ends: Lease | None,
        moved_from: Lease | None,
    ) -> None:
        model = known(of_another(in_force), status, "RUNNING")

        *_, (_, last) = drive(leased() if wanted else begin(), model)

        assert (last.phase, last.failure) == (Phase.RUNNING, None)
        assert model.leases.armed == ([ends] if ends else [])
        assert lease_of(model.records.record) == ends
        assert model.records.record.lease_before == (moved_from and moved_from.ends_at)
        assert told(last) == in_words(asked=wanted, ends=ends, moved_from=moved_from)

    def test_is_the_latest_start_s_from_then_on(self, status: str) -> None:
        model = known(of_another(LATER), status, "RUNNING")

        drive(begin(), model)

        record = model.records.record
        assert (record.latest_start, record.wanted_at) == (EXECUTION, after(0))
        assert (record.asked_by, record.asked_at) == (ANOTHER, after(-1_799))

    @TEMPORARY
    @pytest.mark.parametrize("seam", ["leases", "records"])
    def test_is_not_said_to_run_until_then_before_that_is_armed_and_written(
        self, status: str, seam: str, trouble: ModelLifecycleError
    ) -> None:
        model = known(of_another(EARLIER), status)
        getattr(model, seam).trouble = trouble

        waiting = start(leased(), model, now=after(1))
        assert waiting.phase is Phase.BLOCKED
        assert model.records.record == of_another(EARLIER)

        getattr(model, seam).trouble = None
        assert told(start(waiting, model, now=after(16))) == in_words(asked=OWN, ends=OWN, moved_from=EARLIER)

    def test_keeps_its_lease_if_a_later_stop_can_never_be_armed(self, status: str) -> None:
        model = known(of_another(EARLIER), status)
        model.leases.trouble = DENIED

        progress = start(leased(), model, now=after(1))

        assert (progress.phase, progress.cleans_up) == (Phase.FAILED, False)
        name, cause = error_of(progress)
        assert name == "StopNotArmedError"
        assert "so nothing was changed" in cause
        assert (model.records.record, model.leases.armed) == (of_another(EARLIER), [EARLIER])

    def test_is_read_again_where_someone_else_wrote_just_before(self, status: str) -> None:
        model = known(of_another(EARLIER), status)
        model.records.meanwhile = replace(of_another(LATER), version=2)

        progress = start(leased(), model, now=after(1))

        assert progress.phase is Phase(status)
        assert told(progress) == in_words(asked=OWN, ends=LATER)
        assert model.records.record.leased_by == ANOTHER

    def test_is_no_success_if_its_lease_can_never_be_written(self, status: str) -> None:
        model = known(of_another(EARLIER), status)
        model.records.trouble = DENIED

        progress = start(leased(), model, now=after(1))

        assert (progress.phase, progress.may_bill, progress.cleans_up) == (Phase.FAILED, True, False)


def test_a_stop_that_cannot_be_disarmed_fires_in_vain_and_changes_nothing() -> None:
    model = known(of_another(OVER), "RUNNING")
    model.leases.trouble = DENIED

    progress = start(begin(), model, now=after(1))

    assert (progress.phase, progress.trouble) == (Phase.RUNNING, str(DENIED))
    assert model.records.record.lease_ends_at is None


def test_a_running_model_that_was_stopped_since_was_started_by_hand_and_nothing_is_known_of_its_run() -> None:
    before = replace(of_another(None), ran_at=after(-1_000), stopped_at=after(-500), stopping=STOP_EXECUTION)
    model = known(before, "RUNNING")

    start(leased(), model, now=after(1))

    record = model.records.record
    assert (record.latest_start, record.stopped_at, record.stopping) == (EXECUTION, None, None)
    assert (record.asked_by, record.asked_at, record.ran_at, record.lease_ends_at) == (None, None, None, None)


def test_a_lease_that_moved_while_the_model_came_up_is_told_as_it_is_in_force() -> None:
    model = FakeModel("STOPPED", "STARTING", "RUNNING")
    first = start(leased(), model, now=after(1))
    model.records.record = replace(model.records.record, version=9, lease_ends_at=LATER.ends_at, leased_by=ANOTHER)

    *_, last = check(first, model, now=after(16)), check(first, model, now=after(31))

    assert told(last) == in_words(asked=OWN, ends=LATER)


class TestARunningModelThatSomeoneIsAboutToStop:
    """It still runs, but not for long."""

    ABOUT_TO_STOP = replace(of_another(LATER), stopping=STOP_EXECUTION, stop_asked_at=after(-3))

    def test_is_not_told_as_running(self) -> None:
        model = known(self.ABOUT_TO_STOP, "RUNNING", "STOPPING", "STOPPED", "RUNNING")

        steps = drive(begin(), model)

        assert phases_of(steps) == ["BLOCKED", "BLOCKED", "STARTING", "RUNNING"]
        assert steps[0][1].trouble == "Execution stop-model/evening is about to stop it."
        assert model.starts == 1

    def test_is_wanted_again_where_that_stop_never_came(self) -> None:
        model = known(self.ABOUT_TO_STOP, "RUNNING")

        *_, (when, last) = drive(begin(), model)

        assert (last.phase, last.already_running) == (Phase.RUNNING, True)
        assert after(20) < when < after(180)
        assert (model.records.record.stopping, model.records.record.stop_asked_at) == (None, None)


class TestAModelThatAnotherIsAboutToStart:
    """It can still be started, but not for long."""

    def test_is_waited_for_and_joined(self) -> None:
        about_to = replace(of_another(None), asked_at=after(-3))
        model = known(about_to, "STOPPED", "STARTING", "RUNNING")

        steps = drive(begin(), model)

        assert phases_of(steps) == ["BLOCKED", "STARTING", "RUNNING"]
        assert (steps[-1][1].joined, steps[-1][1].asked, model.starts) == (True, False, 0)
        assert steps[0][1].trouble == "Execution start-model/morning-of-another is about to start it."

    def test_is_started_where_that_start_never_came(self) -> None:
        model = known(replace(of_another(None), asked_at=after(-3)), "STOPPED")

        steps = drive(begin(), model, until=after(240))

        asked = [when for when, progress in steps if progress.asked]
        assert after(20) < asked[0] < after(180)
        assert model.starts == 1

    def test_is_not_taken_for_one_of_another_status(self) -> None:
        """It was stopped since, or failed: that start is over."""
        model = known(replace(of_another(None), asked_at=after(-3)), "FAILED")

        assert start(begin(), model, now=after(1)).phase is Phase.STARTING
