"""The threads of a local AWS: none outlives it, and whoever waits for it gets their errors."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from local.clock.clock import Clock, NeverSettlesError, VirtualClock, WallClock
from local.clock.threads import Threads

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_is_left_to_the_excepthook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda arguments: pytest.fail(str(arguments)))


def fail(reason: str) -> None:
    raise ValueError(reason)


@pytest.mark.parametrize("clock", [WallClock(), VirtualClock(NOON)], ids=["wall clock", "virtual clock"])
def test_what_threads_and_timers_raise_is_raised_by_the_end_of_the_clock(clock: Clock) -> None:
    fired = threading.Event()

    def last_timer() -> None:
        fired.set()
        fail("a timer")

    clock.threads.start(lambda: fail("a thread"), name="thread")
    clock.spawn(lambda: fail("work"), name="work")
    clock.call_at(clock.now(), last_timer)
    assert fired.wait(120)
    with pytest.raises(ExceptionGroup) as raised:
        clock.close()
    assert {str(error) for error in raised.value.exceptions} == {"a thread", "work", "a timer"}


def test_who_waits_until_all_is_settled_hears_of_an_error_once() -> None:
    with VirtualClock(NOON) as clock:
        clock.spawn(lambda: fail("work"), name="work")
        with pytest.raises(ExceptionGroup, match="threads of the local AWS failed"):
            clock.settle()
        clock.settle()


def test_the_end_waits_for_threads_that_are_started_while_it_waits() -> None:
    threads, joins, story = Threads(), threading.Event(), []

    def parent() -> None:
        joins.wait()
        threads.start(child, name="child")

    def child() -> None:
        story.append("child")

    threads.start(parent, name="parent")
    threading.Timer(0, joins.set).start()
    threads.join()
    assert story == ["child"]


def test_nothing_starts_after_the_end() -> None:
    clock = VirtualClock(NOON)
    clock.close()
    with pytest.raises(RuntimeError, match="cannot start late: all threads have ended"):
        clock.spawn(lambda: None, name="late")
    clock.settle()


def test_what_goes_on_for_ever_in_virtual_time_is_told_from_what_hangs() -> None:
    over = threading.Event()
    with VirtualClock(NOON) as clock:

        def again() -> None:
            if not over.is_set():
                clock.call_at(clock.now() + timedelta(hours=1), again)

        again()
        with pytest.raises(NeverSettlesError, match="still going on after 1 day"):
            clock.settle(within=timedelta(days=1))
        over.set()
        clock.settle()
        over.clear()
        clock.spawn(over.wait, name="hangs")
        with pytest.raises(TimeoutError, match="still at work"):
            clock.settle(timeout=0.1, within=timedelta(days=1))
        over.set()
