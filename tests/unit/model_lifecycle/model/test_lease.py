"""Until when a model is wanted: which of several leases counts."""

from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from model_lifecycle.model.lease import Lease, lease_of, of_ended_run, of_new_run, of_same_run
from model_lifecycle.model.record import ModelRecord
from tests.fakes.given import EXECUTION, after

SECONDS = st.integers(0, 5_000)
WANTED = st.none() | SECONDS.map(lambda seconds: Lease(ends_at=after(seconds), leased_by=f"{EXECUTION}-{seconds}"))
NOW = after(0)


def wanted_until(record: ModelRecord) -> datetime | None:
    """Return the end of the lease in force."""
    lease = lease_of(record)
    return lease.ends_at if lease else None


@given(st.lists(WANTED, min_size=1, max_size=6))
def test_of_several_leases_of_one_run_the_latest_end_counts_and_without_one_it_is_wanted_without_end(
    wanted: list[Lease | None],
) -> None:
    first, *later = wanted
    record = of_new_run(ModelRecord(), first)
    for lease in later:
        record = of_same_run(record, lease, now=after(-1))

    ends = [lease.ends_at for lease in wanted if lease]
    assert wanted_until(record) == (max(ends) if first else None)
    assert lease_of(record) in wanted


@given(st.lists(WANTED, min_size=2, max_size=6))
def test_a_lease_names_the_one_that_it_replaced_and_nothing_else(wanted: list[Lease | None]) -> None:
    first, *later = wanted
    records = [of_new_run(ModelRecord(), first)]
    for lease in later:
        records.append(of_same_run(records[-1], lease, now=after(-1)))

    assert records[0].lease_before is None
    for before, record in pairwise(records):
        moved = lease_of(before) != lease_of(record)
        assert record.lease_before == (wanted_until(before) if moved else before.lease_before)


@given(SECONDS, SECONDS)
def test_a_start_without_a_lease_changes_none_but_one_that_is_over(ends: int, now: int) -> None:
    record = of_new_run(ModelRecord(), Lease(ends_at=after(ends), leased_by=EXECUTION))

    wanted_too = of_same_run(record, None, now=after(now))

    if now < ends:
        assert wanted_too == record
    else:
        assert (lease_of(wanted_too), wanted_too.lease_before) == (None, None)


@given(WANTED, WANTED)
def test_what_held_for_an_earlier_run_holds_no_more_for_a_new_one(before: Lease | None, wanted: Lease | None) -> None:
    record = of_new_run(of_new_run(ModelRecord(), before), wanted)

    assert (lease_of(record), record.lease_before) == (wanted, None)


@given(WANTED, WANTED)
def test_a_run_that_ended_has_no_lease(first: Lease | None, second: Lease | None) -> None:
    record = of_ended_run(of_same_run(of_new_run(ModelRecord(), first), second, now=NOW), stopped_at=after(9))

    assert (lease_of(record), record.lease_before, record.stopped_at) == (None, None, after(9))
