"""What a status says of one model, and in which order of several."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint, Source
from model_lifecycle.services.rekognition import REKOGNITION
from operations.status.origin import By
from operations.status.row import Leased, State, rows_of
from operations.status.seen import Asked
from operations.status.status import status_of
from tests.fakes.given import EXECUTION, STOP_EXECUTION
from tests.unit.operations.status.seeing import (
    HOUR,
    LEASED,
    NOW,
    RUNS,
    armed_for,
    model,
    row,
    schedule,
    seen,
)

HOURS_LEFT = 26.5 * 24 - 1
"""Of January in Berlin."""
SHOWN = {
    "RUNNING": State.RUNS,
    "STARTING": State.STARTS,
    "STOPPING": State.STOPS,
    "SOMETHING_NEW": State.UNCLEAR,
}


@pytest.mark.parametrize("status", [*sorted(REKOGNITION.statuses), "SOMETHING_NEW"])
def test_only_what_runs_starts_or_stops_is_shown_and_what_nobody_knows(status: str) -> None:
    found = rows_of(seen(model(status, ModelRecord())))

    assert [each.state for each in found] == ([SHOWN[status]] if status in SHOWN else [])


@pytest.mark.parametrize("record", [RUNS, replace(RUNS, stopped_at=NOW), None])
@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, [(NOW + HOUR, EXECUTION, NOW - 3 * HOUR)]),
        ({"asked": {}}, []),
        ({"asked": {EXECUTION: Asked("another")}}, []),
        ({"unclaimed": ()}, []),
    ],
)
def test_a_stopped_model_is_shown_while_its_start_waits_until_it_can_ask(
    record: ModelRecord | None, more: dict[str, Any], shown: list[tuple[datetime, str, datetime]]
) -> None:
    one = model("STOPPED", record)
    waits: dict[str, Any] = {"unclaimed": [EXECUTION], "asked": {EXECUTION: Asked(one.request.model_id, 4 * HOUR)}}

    found = rows_of(seen(one, **{**waits, **more}))

    assert [(each.waits_until, each.started_by and each.started_by.execution, each.since) for each in found] == shown
    assert [(each.state, each.usd_per_hour, each.unleased) for each in found] == [(State.WAITS, 0, False)] * len(shown)


def test_a_start_that_waits_until_its_model_is_stopped_is_the_one_that_wants_it() -> None:
    one = model("STOPPING", replace(RUNS, stopping=STOP_EXECUTION))
    waits = EXECUTION.replace("morning", "noon")

    found = row(one, unclaimed=[waits], asked={waits: Asked(one.request.model_id)})

    assert (found.state, found.started_by and found.started_by.execution, found.wanted_by) == (
        State.STOPS,
        EXECUTION,
        waits,
    )


def test_a_run_costs_what_its_units_cost_so_far_and_at_this_pace_until_the_month_ends() -> None:
    found = row(model())

    assert (found.since, found.units, found.usd, found.usd_per_hour) == (NOW - 2 * HOUR, (2, None), 16, 8)
    assert found.usd_by_month_end == 16 + 8 * HOURS_LEFT


def test_what_is_measured_counts_before_what_is_remembered() -> None:
    one = model()
    measured = [Datapoint(NOW - timedelta(minutes=minutes), 3) for minutes in range(60, 0, -1)]

    found = row(one, measured={one.request.model_id: measured})

    assert found.usage is not None
    assert (found.since, found.usage.source) == (NOW - HOUR, Source.METRIC)
    assert (found.usd, found.usd_per_hour) == (12, 12)


def test_what_starts_has_cost_nothing_and_what_stops_will_cost_nothing_more() -> None:
    starts, stops = (
        row(model("STARTING", replace(RUNS, ran_at=None))),
        row(model("STOPPING", replace(RUNS, stopping=STOP_EXECUTION, stop_asked_at=NOW - HOUR / 60))),
    )

    assert (starts.since, starts.usd, starts.usd_by_month_end) == (NOW - 3 * HOUR, 0, 8 * HOURS_LEFT)
    assert (stops.since, stops.stopping_by, stops.usd, stops.usd_by_month_end) == (
        NOW - HOUR / 60,
        STOP_EXECUTION,
        16,
        16,
    )
    assert not stops.unleased


@pytest.mark.parametrize(
    ("record", "more", "leased", "unleased"),
    [
        (RUNS, {}, Leased.NOBODY, True),
        (LEASED, {}, Leased.ARMED, False),
        (LEASED, {"armed": frozenset()}, Leased.UNARMED, False),
        (LEASED, {"armed": None}, Leased.UNKNOWN, False),
        (replace(LEASED, lease_ends_at=NOW), {}, Leased.OVER, False),
        (replace(LEASED, stopped_at=NOW - HOUR), {}, Leased.NOBODY, True),
        (ModelRecord(), {}, Leased.NOBODY, True),
        (None, {}, Leased.UNKNOWN, False),
    ],
)
def test_nobody_leased_a_model_only_where_its_record_says_so(
    record: ModelRecord | None, more: dict[str, Any], leased: Leased, unleased: bool
) -> None:
    found = row(model(record=record), **more)

    assert (found.leased, found.unleased, found.known) == (leased, unleased, record is not None)


def test_the_next_stop_is_that_of_the_lease_or_of_a_schedule() -> None:
    one, other = model(record=LEASED), model(name="other")
    schedules = [
        schedule(one, "start", "cron(0 7 ? * * *)"),
        schedule(one, "stop", "cron(30 12 ? * * *)"),
        schedule(other, "stop", "cron(1 12 ? * * *)"),
    ]

    found = row(one, schedules=schedules)

    assert (found.next_start and found.next_start.at, found.next_stop and found.next_stop.at) == (
        NOW + 19 * HOUR,
        NOW + HOUR / 2,
    )
    assert found.stops_at == NOW + HOUR / 2
    assert row(one).stops_at == NOW + HOUR
    assert row(one, armed=frozenset()).stops_at is None


def test_a_model_that_was_started_elsewhere_says_so_and_who_wanted_it_since() -> None:
    found = row(model(record=replace(RUNS, asked_by=None)))

    assert (found.started_by, found.wanted_by) == (None, EXECUTION)
    assert row(model(record=replace(RUNS, stopped_at=NOW - HOUR))).wanted_by is None


def test_what_started_the_execution_is_told() -> None:
    found = row(model())

    assert found.started_by is not None
    assert (found.started_by.execution, found.started_by.by) == (EXECUTION, By.CALLER)


def test_models_that_nobody_leased_come_first_and_the_costliest_of_them() -> None:
    leased, cheap, costly = (
        model(record=LEASED, name="a"),
        model(record=replace(RUNS, ran_at=NOW), name="b"),
        model(name="c"),
    )

    status = status_of(seen(leased, cheap, costly))

    assert [each.request.project for each in status.rows] == ["c", "b", "a"]
    assert (status.unleased, status.usd, status.usd_per_hour) == (2, 32, 24)
    assert status.usd_by_month_end == 32 + 24 * HOURS_LEFT
    assert armed_for(leased)
