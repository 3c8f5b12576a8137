"""The next step of a stop: look first, stop only what can be stopped, repeat safely, and always report."""

from dataclasses import replace
from typing import Any

import pytest

from model_lifecycle.model.lease import Lease
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint, Run, Source
from model_lifecycle.requests.stop_request import NOBODY, StopRequest, parse_stop_request
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.codec import read_json
from model_lifecycle.vocabulary.errors import ModelLifecycleError
from model_lifecycle.vocabulary.phase import Phase
from model_lifecycle.vocabulary.wording import execution
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, STOP_EXECUTION, VERSION, after, begin_stop, stop_request
from tests.fakes.machines import (
    ANOTHER,
    DENIED,
    IN_USE,
    LEASE_END,
    LEASE_OVER,
    LEASED,
    LOST,
    RUN_BY_EXECUTION,
    TEMPORARY,
    THROTTLED,
    error_of,
    known,
)
from tests.fakes.state_machine import check_stopping, drive_stop, stop

CALL = pytest.mark.parametrize("call", ["read", "written"])
OF_LATEST_START = stop_request(LatestStart=EXECUTION)
THAT_CEASED: dict[str, Any] = {"latest_start": ANOTHER, "wanted_at": after(-1), "lease_ends_at": after(3_600)}


def lease_over() -> StopRequest:
    """Return what a lease's end asks for."""
    return stop_request(**LEASE_OVER)


def failed_start() -> StopRequest:
    """Return what a start that gave up asks for."""
    failed = {"ExecutionArn": EXECUTION, "Input": {"ProjectVersionArn": VERSION}}
    return parse_stop_request({"FailedStart": failed, "Reason": "It gave up."}, defaults=DEFAULTS, home=HOME)


def asked(model: FakeModel, request: StopRequest | None = None) -> StopProgress:
    """Return an execution whose stop the service accepted a second in."""
    progress = stop(begin_stop(request), model, now=after(1))
    assert (progress.phase, progress.asked, model.stops) == (Phase.STOPPING, True, 1)
    return progress


def minutes(first: int, last: int, units: float) -> list[Datapoint]:
    """Return what is measured in each minute from the first to the last, counted from the execution's start."""
    return [Datapoint(after(60 * minute), units) for minute in range(first, last + 1)]


def ran(since: str, until: str, hours: float, unit_hours: float, source: str = "metric") -> Run:
    """Return a run as it is told, on the day of these stories."""
    written = {"Since": f"2026-01-05T{since}:00.000Z", "Until": f"2026-01-05T{until:0<8}.000Z"}
    return read_json(Run, written, hours=hours, inference_unit_hours=unit_hours, source=Source(source))


def make_trouble(model: FakeModel, call: str, troubles: list[ModelLifecycleError | None]) -> None:
    """Let the model's record be neither read nor written, or let the next writes fail."""
    if call == "read":
        model.records.trouble = troubles[0]
    else:
        model.records.write_troubles = troubles


def test_a_starting_model_that_fails_by_itself_needs_no_stop() -> None:
    model = FakeModel("STARTING", "FAILED")

    *_, (_, last) = drive_stop(begin_stop(), model)

    assert (last.phase, last.asked, model.stops) == (Phase.STOPPED, False, 0)


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
            assert last.left_alone == "It was started again after it had been stopped."

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
        assert execution(ANOTHER) in progress.left_alone.lower()
        assert model.stops == 0

    def test_in_the_moment_before_the_stop_was_to_be_asked_is_left_alone(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING")
        model.records.meanwhile = replace(RUN_BY_EXECUTION, version=2, latest_start=ANOTHER, wanted_at=after(1))

        progress = stop(begin_stop(), model, now=after(2))

        assert (progress.phase, progress.started_again, model.stops) == (Phase.STOPPED, True, 0)

    def test_keeps_its_lease(self) -> None:
        wanted = replace(LEASED, latest_start=ANOTHER, wanted_at=after(5), lease_ends_at=after(9_000))
        model = known(wanted, "RUNNING")

        progress = stop(begin_stop(), model, now=after(16))

        assert progress.started_again
        assert model.records.record.lease_ends_at == after(9_000)
        assert model.leases.armed

    def test_is_not_left_alone_for_a_start_that_began_before_the_stop(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING")
        model.records.meanwhile = replace(RUN_BY_EXECUTION, version=2, ran_at=after(0))

        progress = stop(begin_stop(), model, now=after(2))

        assert (progress.phase, model.stops) == (Phase.STOPPING, 1)


class TestARefusedStop:
    """The service says that the model is not in a status for a stop."""

    def test_is_asked_for_again_until_the_deadline_and_then_told_as_still_billing(self) -> None:
        first = begin_stop(StopTimeoutSeconds=100)
        model = FakeModel("RUNNING", stops=[IN_USE])

        steps = drive_stop(first, model)

        (when, last) = steps[-1]
        assert (when, last.phase, last.may_bill) == (after(100), Phase.OVERDUE, True)
        assert model.stops == len(steps)
        name, cause = error_of(last)
        assert name == "StopTimedOutError"
        assert "is still billing" in cause
        assert "Its stop could not be requested." in cause
        assert "ResourceInUseException: It is busy." in cause

    def test_of_a_status_that_nobody_has_heard_of_gives_up_in_the_service_s_words(self) -> None:
        model = FakeModel("MIGRATING", stops=[IN_USE])

        progress = stop(begin_stop(), model, now=after(1))

        assert (progress.phase, progress.may_bill, model.stops) == (Phase.FAILED, True, 1)
        assert error_of(progress)[0] == "ModelFailedError"
        assert "MIGRATING" in error_of(progress)[1]
        assert "It is busy." in error_of(progress)[1]


@pytest.mark.parametrize(
    ("record", "measured", "since", "run"),
    [
        (
            RUN_BY_EXECUTION,
            [],
            "08:10",
            ran("08:10", "09:01:40", 0.8611, 1.7222, "record"),
        ),
        (
            ModelRecord(),
            minutes(-120, 1, 1),
            "07:00",
            ran("07:00", "09:01:40", 2.0278, 2.0278),
        ),
        (ModelRecord(), [], "", None),
    ],
    ids=["by the record", "by what is measured", "or not if nobody knows"],
)
def test_a_stop_that_does_not_take_by_the_deadline_says_since_when_the_model_bills(
    record: ModelRecord, measured: list[Datapoint], since: str, run: Run | None
) -> None:
    first = begin_stop(StopTimeoutSeconds=100)
    model = known(record, "RUNNING", "STOPPING", units=(2, None))
    model.meter.measured = measured

    *_, (when, last) = drive_stop(first, model)

    assert (when, last.phase, last.may_bill, last.ran) == (after(100), Phase.OVERDUE, True, run)
    name, cause = error_of(last)
    assert name == "StopTimedOutError"
    running = f" (running since Mon 5 Jan 2026 at {since} UTC)" if since else ""
    assert cause == (
        f"Model parts/parts.2026-01-05{running} is still billing. "
        "It was not stopped within 1 min 40 s: its status is STOPPING."
    )


def test_a_stop_that_was_refused_for_good_says_since_when_the_model_bills() -> None:
    progress = stop(begin_stop(), known(RUN_BY_EXECUTION, "RUNNING", stops=[DENIED]), now=after(1))

    assert progress.ran
    assert progress.ran.since == after(-3_000)


class TestAStopOnACondition:
    """It stops the model only while the record says what it was asked for; else it ends, and nobody is told."""

    HOLD = pytest.mark.parametrize(
        ("request_", "record"),
        [
            (lease_over(), LEASED),
            (failed_start(), RUN_BY_EXECUTION),
            (OF_LATEST_START, RUN_BY_EXECUTION),
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
            pytest.param(
                lease_over(), replace(LEASED, lease_ends_at=after(3_600), lease_before=LEASE_END), id="a later lease"
            ),
            pytest.param(
                lease_over(), replace(LEASED, lease_ends_at=None, leased_by=None), id="a lease that was removed"
            ),
            pytest.param(lease_over(), ModelRecord(), id="a lease of which nothing is remembered"),
            pytest.param(
                failed_start(),
                replace(RUN_BY_EXECUTION, latest_start=ANOTHER),
                id="a failed start that is not the latest",
            ),
            pytest.param(
                failed_start(),
                replace(RUN_BY_EXECUTION, asked_by=ANOTHER),
                id="a failed start of what another asked for",
            ),
            pytest.param(failed_start(), ModelRecord(), id="a failed start of which nothing is remembered"),
            pytest.param(
                OF_LATEST_START, replace(RUN_BY_EXECUTION, latest_start=ANOTHER), id="not the latest start any more"
            ),
            pytest.param(OF_LATEST_START, ModelRecord(), id="not the latest start"),
            pytest.param(stop_request(LatestStart=NOBODY), RUN_BY_EXECUTION, id="not nobody's start"),
            pytest.param(lease_over(), replace(LEASED, latest_start=ANOTHER, wanted_at=after(0.5)), id="a start since"),
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

        model.records.record = replace(record, version=2, **THAT_CEASED)
        progress = stop(waiting, model, now=after(16))

        assert (progress.phase, model.stops) == (Phase.SUPERSEDED, 0)

    @HOLD
    def test_that_ceases_to_hold_in_the_moment_before_the_call_is_seen(
        self, request_: StopRequest, record: ModelRecord
    ) -> None:
        model = known(record, "RUNNING")
        model.records.meanwhile = replace(record, version=record.version + 1, **THAT_CEASED)

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
    @TEMPORARY
    @CALL
    def test_waits_until_its_record_can_be(
        self, request_: StopRequest, record: ModelRecord, trouble: ModelLifecycleError, call: str
    ) -> None:
        model = known(record, "RUNNING")
        make_trouble(model, call, [trouble] * 3)

        waiting = stop(begin_stop(request_), model, now=after(1))
        assert (waiting.phase, waiting.trouble, model.stops) == (Phase.BLOCKED, str(trouble), 0)

        model.records.trouble = None
        assert stop(waiting, model, now=after(16)).phase is Phase.STOPPING

    def test_gives_up_and_may_bill_if_its_record_can_never_be_read(self) -> None:
        model = FakeModel("RUNNING")
        model.records.trouble = DENIED

        progress = stop(begin_stop(lease_over()), model, now=after(1))

        assert (progress.phase, progress.may_bill, model.stops) == (Phase.FAILED, True, 0)
        assert error_of(progress) == (DENIED.name, str(DENIED))


@pytest.mark.parametrize("trouble", [THROTTLED, LOST, DENIED], ids=["throttled", "no answer", "denied"])
@CALL
def test_a_stop_without_a_condition_is_asked_for_whatever_cannot_be(call: str, trouble: ModelLifecycleError) -> None:
    model = FakeModel("RUNNING", "STOPPED")
    make_trouble(model, call, [trouble])

    (_, first), (_, last) = drive_stop(begin_stop(), model)

    assert (first.phase, first.asked, first.trouble) == (Phase.STOPPING, True, "")
    assert (last.phase, model.stops) == (Phase.STOPPED, 1)


class TestWhatAStopRemembers:
    """In the model's record, and in the schedules of its leases."""

    def test_of_a_refused_stop_means_nothing_where_it_could_not_be_taken_back(self) -> None:
        model = known(RUN_BY_EXECUTION, "RUNNING", "STOPPING", "STOPPED", stops=[THROTTLED])
        model.records.write_troubles = [None, THROTTLED]

        (_, first), (_, second), (_, last) = drive_stop(begin_stop(), model)

        assert (first.asked, second.asked, second.joined) == (False, False, True)
        assert (last.phase, last.asked, model.stops) == (Phase.STOPPED, False, 1)

    @pytest.mark.parametrize("looks", [("RUNNING", "STOPPED"), ("STOPPING", "STOPPED"), ("STOPPED",)])
    def test_is_that_the_model_is_stopped_and_has_no_lease_any_more(self, looks: tuple[str, ...]) -> None:
        model = known(LEASED, *looks)

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

        stop(begin_stop(), model, now=after(1))

        assert model.records.record.lease_ends_at == LEASE_END
        assert model.leases.armed == [Lease(ends_at=LEASE_END, leased_by=EXECUTION)]

    @pytest.mark.parametrize("trouble", [THROTTLED, DENIED], ids=["throttled", "denied"])
    def test_does_not_matter_to_the_end_if_the_schedule_cannot_be_removed(self, trouble: ModelLifecycleError) -> None:
        model = known(LEASED, "RUNNING", "STOPPED")
        model.leases.trouble = trouble

        *_, (_, last) = drive_stop(begin_stop(), model)

        assert (last.phase, last.failure) == (Phase.STOPPED, None)
        assert model.records.record.lease_ends_at is None

    def test_never_overwrites_what_a_start_that_came_later_wrote(self) -> None:
        model = known(LEASED, "RUNNING", "STOPPED")
        first = asked(model)
        lease: dict[str, Any] = {"lease_ends_at": after(9_000), "leased_by": ANOTHER}
        wanted = replace(model.records.record, version=9, latest_start=ANOTHER, wanted_at=after(10), **lease)
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


def test_a_step_that_died_after_it_had_told_the_record_that_the_model_is_stopped_ends_the_same_way() -> None:
    model = known(LEASED, "RUNNING", "STOPPED")
    first = asked(model)
    once = check_stopping(first, model, now=after(16))

    again = check_stopping(first, model, now=after(18))

    assert (again.phase, again.ran, again.joined) == (once.phase, once.ran, once.joined)
    assert (once.stopped_at, again.stopped_at) == (after(16), after(18))


def test_of_a_run_everybody_tells_the_same_whoever_saw_its_end_first() -> None:
    model = known(RUN_BY_EXECUTION, "RUNNING", *["STOPPING"] * 3, "STOPPED")
    of_another = replace(begin_stop(), execution_arn=f"{STOP_EXECUTION}-of-another")

    *_, (_, first) = drive_stop(begin_stop(), model)
    late = replace(of_another, joined=True, phase=Phase.STOPPING)
    later = check_stopping(late, model, now=after(300))

    assert first.ran is not None
    assert (later.phase, later.ran) == (Phase.STOPPED, first.ran)


BY_RECORD = ran("08:10", "09:00:15", 0.8375, 1.675, "record")
STOPPED_BEFORE = replace(RUN_BY_EXECUTION, stopping=f"{STOP_EXECUTION}-of-another", stopped_at=after(-600))
MEASURED = minutes(-45, -1, 3)
STOPPED = ["RUNNING", "STOPPED"]


@pytest.mark.parametrize(
    ("record", "looks", "measured", "run"),
    [
        pytest.param(RUN_BY_EXECUTION, STOPPED, MEASURED, ran("08:15", "09:00:15", 0.7542, 2.2625), id="by the metric"),
        pytest.param(RUN_BY_EXECUTION, STOPPED, [], BY_RECORD, id="by the record where nothing is measured"),
        pytest.param(RUN_BY_EXECUTION, STOPPED, THROTTLED, BY_RECORD, id="by the record where it is throttled"),
        pytest.param(RUN_BY_EXECUTION, STOPPED, DENIED, BY_RECORD, id="by the record where it is denied"),
        pytest.param(STOPPED_BEFORE, STOPPED, [], None, id="not by the record of a run that was stopped before"),
        pytest.param(STOPPED_BEFORE, ["STOPPING", "STOPPED"], [], None, id="nor where the stop is joined"),
        pytest.param(ModelRecord(), STOPPED, [], None, id="not where nobody knows anything"),
        pytest.param(RUN_BY_EXECUTION, ["STOPPED"], MEASURED, None, id="not where it did not run"),
        pytest.param(
            RUN_BY_EXECUTION,
            ["STOPPING", "STOPPED"],
            [],
            BY_RECORD,
            id="of a run that someone else stopped",
        ),
        pytest.param(
            RUN_BY_EXECUTION,
            ["RUNNING", *["STOPPING"] * 9, "STOPPED"],
            [],
            ran("08:10", "09:02:20", 0.8722, 1.7444, "record"),
            id="until it was seen stopped, since it may bill until then",
        ),
    ],
)
def test_how_long_it_ran_is_told_with_the_stop(
    record: ModelRecord, looks: list[str], measured: Any, run: Run | None
) -> None:
    model = known(record, *looks)
    if isinstance(measured, ModelLifecycleError):
        model.meter.trouble = measured
    else:
        model.meter.measured = measured

    *_, (_, last) = drive_stop(begin_stop(), model)

    assert (last.phase, last.ran) == (Phase.STOPPED, run)
