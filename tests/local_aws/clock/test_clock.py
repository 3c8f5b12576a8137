"""The clocks of the local AWS: the machine's, and one that jumps."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.clock.clock import Clock, Interrupt, VirtualClock, WallClock

PATIENCE = 120
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with VirtualClock(NOON) as clock:
        yield clock


def after(clock: Clock, seconds: float) -> datetime:
    return clock.now() + timedelta(seconds=seconds)


def test_a_virtual_year_passes_at_once(clock: VirtualClock) -> None:
    clock.wait(365 * 86_400)
    assert clock.now() == NOON + timedelta(days=365)


def test_virtual_time_stands_still_while_someone_works(clock: VirtualClock) -> None:
    rang = threading.Event()
    with clock.running():
        clock.call_at(after(clock, 1), rang.set)
        assert not rang.wait(0.05)
        assert clock.now() == NOON
    assert rang.wait(PATIENCE)


def test_a_marked_thread_that_waits_is_idle(clock: VirtualClock) -> None:
    with clock.running(), clock.running():
        clock.wait(60)
        assert clock.now() == NOON + timedelta(seconds=60)


def test_timers_ring_by_moment_and_then_in_the_order_in_which_they_were_set(clock: VirtualClock) -> None:
    rang: list[tuple[str, datetime]] = []
    with clock.running():
        for name, seconds in (("late", 9), ("first", 5), ("second", 5), ("past", -5)):
            clock.call_at(after(clock, seconds), lambda name=name: rang.append((name, clock.now())))  # type: ignore[misc]
        clock.wait(10)
    assert [name for name, _ in rang] == ["past", "first", "second", "late"]
    assert [(at - NOON).seconds for _, at in rang] == [0, 5, 5, 9]


def test_one_action_ends_or_waits_before_the_next_begins(clock: VirtualClock) -> None:
    story: list[str] = []

    def slow() -> None:
        time.sleep(0.02)
        story.append("slow")
        clock.wait(3)
        story.append("slow again")

    with clock.running():
        clock.call_at(after(clock, 1), slow)
        clock.call_at(after(clock, 1), lambda: story.append("quick"))
        clock.wait(10)
    assert story == ["slow", "quick", "slow again"]


def test_a_cancelled_timer_never_rings_nor_makes_time_pass(clock: VirtualClock) -> None:
    rang = threading.Event()
    with clock.running():
        clock.call_at(after(clock, 5), rang.set).cancel()
    assert not rang.wait(0.05)
    assert clock.now() == NOON


def test_a_background_timer_rings_only_when_others_make_time_pass(clock: VirtualClock) -> None:
    rang = threading.Event()
    clock.call_at(after(clock, 5), rang.set, background=True)
    assert not rang.wait(0.05)
    clock.wait(6)
    assert rang.wait(PATIENCE)


def test_a_spawned_thread_is_at_work_before_it_has_begun(clock: VirtualClock) -> None:
    seen: list[datetime] = []
    for _ in range(20):
        with clock.running():
            clock.call_at(after(clock, 1), lambda: None)
            clock.spawn(lambda: seen.append(clock.now()), name="worker")
            moment = clock.now()
        clock.wait(1)
        assert seen.pop() == moment


def test_an_interrupted_thread_is_at_work_from_that_moment(clock: VirtualClock) -> None:
    stop, woke = Interrupt(), threading.Event()
    moments: list[datetime] = []

    def sleeper() -> None:
        clock.wait(3_600, stop)
        time.sleep(0.02)
        moments.append(clock.now())
        woke.set()

    with clock.running():
        clock.spawn(sleeper, name="sleeper")
        clock.wait(10)
        stop.set()
    assert woke.wait(PATIENCE)
    assert moments == [NOON + timedelta(seconds=10)]


def test_a_wait_without_end_ends_by_its_interrupt_alone(clock: VirtualClock) -> None:
    stop = Interrupt()
    with clock.running():
        clock.call_at(after(clock, 7), stop.set)
        clock.wait(None, stop)
        assert clock.now() == NOON + timedelta(seconds=7)


def test_an_interrupt_that_is_set_already_ends_the_wait_at_once(clock: VirtualClock) -> None:
    stop = Interrupt()
    stop.set()
    with clock.running():
        clock.wait(60, stop)
        assert clock.now() == NOON


@pytest.mark.parametrize("make", [WallClock, lambda: VirtualClock(NOON)])
def test_closing_ends_every_wait_and_every_thread(make: type[WallClock]) -> None:
    before = set(threading.enumerate())
    clock = make()
    clock.spawn(lambda: clock.wait(None), name="waits for ever")
    clock.spawn(lambda: clock.wait(None, Interrupt()), name="waits for a call")
    clock.call_at(after(clock, 10**6), lambda: None, background=True)
    clock.close()
    assert set(threading.enumerate()) <= before


def test_the_wall_clock_rings_at_its_moment() -> None:
    rang = threading.Event()
    with WallClock() as clock:
        moment = after(clock, 0.05)
        cancelled = threading.Event()
        clock.call_at(after(clock, 0.01), cancelled.set).cancel()
        clock.call_at(moment, rang.set)
        assert rang.wait(PATIENCE)
        assert clock.now() >= moment
        assert not cancelled.is_set()


def test_a_wait_on_the_wall_clock_can_be_interrupted() -> None:
    stop = Interrupt()
    with WallClock() as clock:
        clock.call_at(after(clock, 0.02), stop.set)
        clock.wait(None, stop)
        assert stop.is_set()


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        VirtualClock(datetime(2026, 1, 5))  # noqa: DTZ001
