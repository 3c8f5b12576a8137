"""How long a model ran, and with how many inference units."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import MEASURED, METRIC_PERIOD, Datapoint, Source, Usage, usage_of
from model_lifecycle.vocabulary.codec import fields_json
from tests.fakes.given import after

UNTIL = after(0)
SECONDS = st.integers(-(10**6), 10**6)
RECORDS = st.builds(
    ModelRecord,
    asked_at=st.none() | SECONDS.map(after),
    ran_at=st.none() | SECONDS.map(after),
    min_inference_units=st.none() | st.integers(1, 50),
)
UNITS = st.sampled_from([0.5, 1.0, 2.0, 7.0])


@st.composite
def measured(draw: st.DrawFn) -> list[Datapoint]:
    """Return what a metric may have measured: minutes, oldest first, with gaps, some of them later than the end."""
    moment = after(60 * draw(st.integers(-20, 5)))
    found = []
    for step in draw(st.lists(st.sampled_from([1, 1, 1, 1, 2, 5, 6, 30]), max_size=40)):
        found.append(Datapoint(moment, draw(UNITS)))
        moment -= step * METRIC_PERIOD
    return found[::-1]


def minutes(first: int, last: int, units: float = 1.0) -> list[Datapoint]:
    """One datapoint a minute, from the minute of that number to that of the other."""
    return [Datapoint(after(60 * minute), units) for minute in range(first, last + 1)]


def used(points: list[Datapoint], record: ModelRecord | None = None, *, units: int | None = None) -> Usage | None:
    """Return the usage up to the end."""
    return usage_of(points, record or ModelRecord(), until=UNTIL, units=units)


@given(measured(), RECORDS, st.none() | st.integers(1, 50))
def test_a_run_lasts_for_no_negative_time_and_its_unit_hours_are_hours_times_units(
    points: list[Datapoint], record: ModelRecord, units: int | None
) -> None:
    usage = usage_of(points, record, until=UNTIL, units=units)

    if usage is None:
        return
    assert usage.until == UNTIL
    assert usage.hours >= 0
    if usage.source is Source.RECORD:
        assert usage.since in (record.ran_at, record.asked_at)
        assert usage.unit_hours == pytest.approx(usage.hours * (record.min_inference_units or units or 1))
    else:
        counted = [point.units for point in points if usage.since <= point.at < UNTIL]
        assert min(counted) * usage.hours <= usage.unit_hours + 1e-9
        assert usage.unit_hours <= max(counted) * usage.hours + 1e-9
        assert usage.since in [point.at for point in points]


@given(measured(), RECORDS)
def test_what_is_measured_of_a_run_has_no_gap_in_which_the_model_can_have_been_down(
    points: list[Datapoint], record: ModelRecord
) -> None:
    usage = used(points, record)

    if usage is not None and usage.source is Source.METRIC:
        counted = [point.at for point in points if usage.since <= point.at < UNTIL]
        pairs = zip(counted, [*counted[1:], UNTIL], strict=True)
        gaps = [end - start for start, end in pairs]
        assert max(gaps[:-1], default=timedelta()) <= timedelta(minutes=5)
        assert gaps[-1] <= timedelta(minutes=15)
        assert record.asked_at is None or usage.since + METRIC_PERIOD > record.asked_at


@given(measured(), RECORDS)
def test_something_is_known_of_a_run_whenever_its_record_says_since_when(
    points: list[Datapoint], record: ModelRecord
) -> None:
    since = record.ran_at or record.asked_at

    assert used(points, record) is not None or since is None or since > UNTIL


def test_a_run_is_counted_from_its_first_minute_to_the_end_with_the_units_of_each() -> None:
    usage = used([*minutes(-60, -31, 1.0), *minutes(-30, -1, 3.0)])

    assert usage == Usage(since=after(-3_600), until=UNTIL, unit_hours=2.0, source=Source.METRIC)
    assert usage.hours == 1.0


def test_a_run_before_the_last_one_is_another_run() -> None:
    usage = used([*minutes(-600, -300), *minutes(-30, -1)])

    assert usage is not None
    assert usage.since == after(-1_800)


def test_a_missing_minute_does_not_begin_another_run() -> None:
    usage = used([*minutes(-60, -40), *minutes(-36, -1)])

    assert usage is not None
    assert (usage.since, usage.unit_hours) == (after(-3_600), 1.0)


def test_a_run_that_was_asked_for_since_is_another_run_however_short_the_gap() -> None:
    usage = used(minutes(-60, -1), ModelRecord(asked_at=after(-1_230)))

    assert usage is not None
    assert (usage.since, usage.source) == (after(-1_260), Source.METRIC)


@pytest.mark.parametrize(("latest", "source"), [(-1, Source.METRIC), (-15, Source.METRIC), (-16, Source.RECORD)])
def test_minutes_that_ended_long_ago_are_not_of_the_run_that_ends_now(latest: int, source: Source) -> None:
    """The last ones are not there yet, but a model that is down for a quarter of an hour has run before."""
    usage = used(minutes(-60, latest), ModelRecord(ran_at=after(-7_200)))

    assert usage is not None
    assert usage.source is source


def test_a_run_of_which_the_metric_has_forgotten_the_beginning_is_counted_by_the_record() -> None:
    since = UNTIL - MEASURED - timedelta(hours=1)
    forgotten = [Datapoint(UNTIL - number * METRIC_PERIOD, 1.0) for number in range(200, 0, -1)]

    usage = used(forgotten, ModelRecord(ran_at=since, min_inference_units=2))

    assert usage is not None
    assert (usage.since, usage.source) == (since, Source.RECORD)


@pytest.mark.parametrize(
    ("record", "units", "since", "unit_hours"),
    [
        (ModelRecord(ran_at=after(-3_600), min_inference_units=3), 5, after(-3_600), 3.0),
        (ModelRecord(ran_at=after(-3_600)), 5, after(-3_600), 5.0),
        (ModelRecord(ran_at=after(-3_600)), None, after(-3_600), 1.0),
        (ModelRecord(asked_at=after(-7_200)), None, after(-7_200), 2.0),
        (ModelRecord(asked_at=after(-7_200), ran_at=after(-3_600)), None, after(-3_600), 1.0),
    ],
)
def test_without_a_metric_a_run_is_counted_by_its_record(
    record: ModelRecord, units: int | None, since: datetime, unit_hours: float
) -> None:
    assert used([], record, units=units) == Usage(since=since, until=UNTIL, unit_hours=unit_hours, source=Source.RECORD)


@pytest.mark.parametrize("record", [ModelRecord(), ModelRecord(ran_at=after(1)), ModelRecord(min_inference_units=4)])
def test_nothing_is_made_up_of_a_run_of_which_nothing_is_known(record: ModelRecord) -> None:
    assert used([], record) is None
    assert used(minutes(1, 5), record) is None


def test_a_usage_is_written_with_its_source_and_its_hours_to_the_second() -> None:
    usage = Usage(since=after(-10_000), until=UNTIL, unit_hours=2 * 10_000 / 3_600, source=Source.METRIC)

    assert fields_json(usage.told) == {
        "Since": "2026-01-05T06:13:20.000Z",
        "Until": "2026-01-05T09:00:00.000Z",
        "Hours": 2.7778,
        "InferenceUnitHours": 5.5556,
        "Source": "metric",
    }
