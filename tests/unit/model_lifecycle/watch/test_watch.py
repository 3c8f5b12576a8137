"""What the watch finds about a model, and what it does then."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from model_lifecycle.model.lease import Lease
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.stop_request import StopRequest
from model_lifecycle.vocabulary.wording import duration
from model_lifecycle.watch.watch import Finding, Limits, Watch, Watched
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import EXECUTION, after, stop_request
from tests.fakes.machines import RUN_BY_EXECUTION, known

LIMITS = Limits(warn_after=timedelta(hours=24), stop_after=timedelta(hours=48))
HOUR = 3_600


@dataclass
class FakeStops:
    """The `Stops` of the watch: which executions are under way, and what was started, for which text."""

    under_way: set[str] = field(default_factory=set)
    started: list[tuple[StopRequest, str]] = field(default_factory=list)

    def start(self, request: StopRequest, *, once: str) -> None:
        """Start it."""
        self.started.append((request, once))

    def is_under_way(self, execution_arn: str) -> bool:
        """Whether it has not ended yet."""
        return execution_arn in self.under_way


def look(
    model: FakeModel, *, listed_as: str = "RUNNING", stops: FakeStops | None = None, limits: Limits = LIMITS
) -> Watched:
    """One look at the model."""
    watch = Watch(
        records=model.records,
        leases=model.leases,
        meter=model.meter,
        stops=stops or FakeStops(),
        limits=limits,
        now=after(0),
        hour="09:00",
    )
    request = stop_request()
    return watch.look(request, model.named_by(request), listed_as=listed_as)


def ran_for(hours: float, **more: Any) -> ModelRecord:
    """Return what is remembered of a model that has run for so long without a lease."""
    return replace(RUN_BY_EXECUTION, ran_at=after(-hours * HOUR), **more)


def leased(ends: float) -> ModelRecord:
    """Return the same with a lease that ends so many seconds from now."""
    return ran_for(1, lease_ends_at=after(ends), leased_by=EXECUTION)


def test_what_neither_ran_nor_runs_is_not_even_looked_at() -> None:
    model = FakeModel("STOPPED")

    assert look(model, listed_as="STOPPED") == Watched(finding=Finding.QUIET)
    assert model.looks == 0


@pytest.mark.parametrize("listed_as", ["RUNNING", "STOPPED"])
@pytest.mark.parametrize("lease", [None, 9_000], ids=["without a lease", "with a lease"])
def test_a_model_that_someone_stopped_by_hand_has_no_lease_any_more(listed_as: str, lease: int | None) -> None:
    model = known(leased(lease) if lease else ran_for(1), "STOPPED")

    assert look(model, listed_as=listed_as).finding is Finding.QUIET
    assert (model.records.record.stopped_at, model.records.record.lease_ends_at) == (after(0), None)
    assert model.leases.armed == []


def test_a_lease_stays_armed_where_someone_else_writes_meanwhile() -> None:
    model = known(leased(9_000), "STOPPED")
    model.records.meanwhile = replace(leased(9_000), version=2)

    assert look(model).finding is Finding.QUIET
    assert model.leases.armed


@pytest.mark.parametrize("status", ["STARTING", "STOPPING"])
def test_a_model_that_comes_up_or_stops_is_left(status: str) -> None:
    model = known(ran_for(100), status)

    assert look(model) == Watched(finding=Finding.QUIET)
    assert model.records.record == ran_for(100)


@pytest.mark.parametrize(
    ("ends", "finding"), [(1, Finding.ARMED), (0, Finding.ARMED), (-599, Finding.ARMED), (-600, Finding.LATE)]
)
def test_a_lease_is_armed_or_late(ends: int, finding: Finding) -> None:
    model, stops = known(leased(ends), "RUNNING"), FakeStops()
    model.leases.armed = []

    watched = look(model, stops=stops)

    assert (watched.finding, watched.since) == (finding, after(-HOUR))
    assert model.leases.armed == ([Lease(ends_at=after(ends), leased_by=EXECUTION)] if ends > 0 else [])
    assert len(stops.started) == (finding is Finding.LATE)
    for request, once in stops.started:
        assert (request.lease_ends_at, request.latest_start, once) == (after(ends), None, "09:00")
        assert request.reason == "Its lease ended on Mon 5 Jan 2026 at 08:50 UTC, but it was still running."


def test_a_model_whose_start_is_under_way_is_left() -> None:
    model, stops = known(ran_for(100), "RUNNING"), FakeStops(under_way={EXECUTION})

    watched = look(model, stops=stops)

    assert (watched.finding, watched.since) == (Finding.QUIET, after(-100 * HOUR))
    assert stops.started == []


@pytest.mark.parametrize(
    ("hours", "finding"),
    [
        (23.9, Finding.QUIET),
        (24, Finding.WARNED),
        (47.9, Finding.WARNED),
        (48, Finding.STOPPED),
        (100, Finding.STOPPED),
    ],
)
def test_a_model_without_a_lease_is_warned_of_and_then_stopped(hours: float, finding: Finding) -> None:
    model, stops = known(ran_for(hours), "RUNNING"), FakeStops()

    watched = look(model, stops=stops)

    assert watched.finding is finding
    assert watched.usage is not None
    assert watched.usage.hours == pytest.approx(hours)
    assert watched.description is not None
    assert model.records.record == ran_for(hours)
    assert len(stops.started) == (finding is Finding.STOPPED)
    for request, once in stops.started:
        assert (request.latest_start, request.lease_ends_at, once) == (EXECUTION, None, "09:00")
        assert request.reason == (
            f"It ran for {duration(hours * HOUR)} without a lease, longer than stop_after_hours_unleased allows."
        )


def test_it_is_warned_of_for_ever_where_nothing_stops_it() -> None:
    limits = replace(LIMITS, stop_after=None)

    assert look(known(ran_for(1_000), "RUNNING"), limits=limits).finding is Finding.WARNED


STOPPED_SINCE = ran_for(100, stopped_at=after(-HOUR))
FOR_50_HOURS = [Datapoint(after(60 * minute), 2.0) for minute in range(-50 * 60, 0)]


@pytest.mark.parametrize(
    ("record", "measured", "since"),
    [(ModelRecord(), [], 0), (STOPPED_SINCE, [], 0), (STOPPED_SINCE, FOR_50_HOURS, -50 * HOUR)],
    ids=["never started", "stopped since", "stopped since and measured"],
)
def test_a_model_that_was_started_by_hand_is_known_from_then_on(
    record: ModelRecord, measured: list[Datapoint], since: int
) -> None:
    model = known(record, "RUNNING", units=(2, 3))
    model.meter.measured = measured

    assert look(model).finding is (Finding.STOPPED if measured else Finding.QUIET)

    noted = model.records.record
    assert (noted.ran_at, noted.latest_start) == (after(since), record.latest_start)
    assert (noted.min_inference_units, noted.max_inference_units) == (2, 3)
    assert (noted.asked_by, noted.asked_at, noted.status_when_asked, noted.stopped_at) == (None, None, None, None)


def test_a_model_that_nobody_started_is_stopped_while_nobody_does() -> None:
    model, stops = known(ModelRecord(), "RUNNING"), FakeStops()
    model.meter.measured = FOR_50_HOURS

    assert look(model, stops=stops).finding is Finding.STOPPED
    assert [request.latest_start for request, _ in stops.started] == ["nobody"]
    assert model.records.record == ModelRecord()
