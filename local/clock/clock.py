"""The clocks of the local AWS."""

import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Self

from local.clock.agenda import Agenda, Due
from local.clock.threads import Threads

Action = Callable[[], object]


class NeverSettlesError(Exception):
    """What was to come to its end in some virtual time goes on."""


class Interrupt(threading.Event):
    """An event that ends a `Clock.wait`.

    A plain event cannot tell a virtual clock that a thread is at work again from the moment it is set.
    """

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._listeners: list[Action] = []

    def set(self) -> None:
        with self._guard:
            super().set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def on_set(self, listener: Action) -> None:
        """Call `listener` in the thread that sets the event; at once if it is set."""
        with self._guard:
            if not self.is_set():
                self._listeners.append(listener)
                return
        listener()

    def forget(self, listener: Action) -> None:
        """Call `listener` no more, if it was to be called."""
        with self._guard:
            if listener in self._listeners:
                self._listeners.remove(listener)


class Timer:
    """An action that waits for its moment."""

    def __init__(self, cancel: Action) -> None:
        self._cancel = cancel

    def cancel(self) -> None:
        """Never run the action, unless it runs already."""
        self._cancel()


class Clock(ABC):
    """The one source of time for everything in the local AWS, and the owner of its threads."""

    virtual: bool
    """Whether the time is other than the machine's."""
    ticks = False
    """Whether a virtual time goes on by itself."""
    threads: Threads
    """Whatever is started through it neither counts as work in progress nor makes time stand still."""

    def __init__(self) -> None:
        self.threads = Threads()
        self._changed = threading.Condition()
        self._agenda = Agenda()
        self._closed = Interrupt()
        self._keeps_time = False

    @abstractmethod
    def now(self) -> datetime:
        """Tell the time, in UTC."""

    @abstractmethod
    def wait(self, seconds: float | None, interrupted: Interrupt | None = None) -> None:
        """Return when `seconds` have passed (`None`: never), or `interrupted` is set, or the clock is closed."""

    def call_at(self, moment: datetime, action: Action, *, background: bool = False) -> Timer:
        """Run `action` in a thread of its own once `moment` has come; at once if it is past.

        A background action does not make virtual time pass: it runs when other work or someone's wait brings
        its moment. Schedules are of this kind, or an idle virtual clock would run through the centuries.
        """
        with self._changed:
            due = self._add(moment, lambda: self.spawn(action, name="timer"), background=background)
        return Timer(lambda: self._remove(due))

    @abstractmethod
    def running(self) -> AbstractContextManager[None]:
        """Mark the calling thread as work in progress: virtual time stands still except while it waits."""

    @abstractmethod
    def spawn(self, action: Action, *, name: str) -> None:
        """Run `action` in a thread of its own that counts as work in progress from this call on."""

    def close(self) -> None:
        """Cancel all timers, end all waits and all threads, and raise what threads have raised, in one group."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        self.threads.join()
        self.threads.raise_errors()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _pass_to(self, due: Due) -> bool:
        """Let its moment come, with the lock held; `False` once something has changed before that."""

    def _add(self, moment: datetime, fire: Action, *, background: bool) -> Due:
        due = self._agenda.add(moment, fire, background=background)
        if not self._keeps_time and not self._closed.is_set():
            self._keeps_time = True
            self.threads.start(self._keep_time, name="clock")
        self._changed.notify_all()
        return due

    def _remove(self, due: Due) -> None:
        with self._changed:
            self._agenda.remove(due)
            self._changed.notify_all()

    def _keep_time(self) -> None:
        with self._changed:
            while not self._closed.is_set():
                due = self._agenda.first()
                if due is None:
                    self._changed.wait()
                elif self._pass_to(due):
                    self._agenda.remove(due)
                    due.fire()
                    self._changed.notify_all()


class WallClock(Clock):
    """The machine's own time."""

    virtual = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, seconds: float | None, interrupted: Interrupt | None = None) -> None:
        if interrupted is None:
            self._closed.wait(seconds)
            return
        self._closed.on_set(interrupted.set)
        try:
            interrupted.wait(seconds)
        finally:
            self._closed.forget(interrupted.set)

    def running(self) -> AbstractContextManager[None]:
        return nullcontext()

    def spawn(self, action: Action, *, name: str) -> None:
        self.threads.start(action, name=name)

    def _pass_to(self, due: Due) -> bool:
        left = (due.moment - self.now()).total_seconds()
        if left > 0:
            self._changed.wait(min(left, threading.TIMEOUT_MAX))
        return left <= 0


class VirtualClock(Clock):
    """Time that jumps to the next moment at which something is due, as soon as no marked thread is at work.

    One thing happens after the other: what is due next starts only when all that came before has ended or waits.
    """

    virtual = True

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start} has no time zone")
        super().__init__()
        self._now = start.astimezone(UTC)
        self._at_work = 0
        self._mine = threading.local()

    def now(self) -> datetime:
        with self._changed:
            return self._present()

    def _present(self) -> datetime:
        """Tell the time, with the lock held."""
        return self._now

    def wait(self, seconds: float | None, interrupted: Interrupt | None = None) -> None:
        if (seconds is not None and seconds <= 0) or (interrupted is not None and interrupted.is_set()):
            return
        waiting = _Waiting(self._changed, self._count if self._marked else lambda _: None)
        with self._changed:
            if self._closed.is_set():
                return
            waiting.begin()
            due = None
            if seconds is not None and math.isfinite(seconds):
                due = self._add(self._present() + timedelta(seconds=seconds), waiting.end, background=False)
        signals = [signal for signal in (interrupted, self._closed) if signal is not None]
        for signal in signals:
            signal.on_set(waiting.end)
        waiting.over.wait()
        for signal in signals:
            signal.forget(waiting.end)
        if due is not None:
            self._remove(due)

    def call_at(self, moment: datetime, action: Action, *, background: bool = False) -> Timer:
        with self._changed:
            return super().call_at(max(moment.astimezone(UTC), self._present()), action, background=background)

    @contextmanager
    def running(self) -> Iterator[None]:
        if self._marked:
            yield
            return
        self._count(+1)
        self._mine.marked = True
        try:
            yield
        finally:
            self._mine.marked = False
            self._count(-1)

    def spawn(self, action: Action, *, name: str) -> None:
        def run() -> None:
            self._mine.marked = True
            try:
                # Whoever waits until all is settled hears of an error, so it is kept before the work counts as done.
                with self.threads.keeping_errors():
                    action()
            finally:
                self._count(-1)

        self._count(+1)
        try:
            self.threads.start(run, name=name)
        except RuntimeError:
            self._count(-1)
            raise

    def settle(self, *, timeout: float = 600, within: timedelta = timedelta.max) -> None:
        """Wait until no marked thread is at work and nothing is due but in the background.

        Raises what threads have raised since, `NeverSettlesError` if that does not come `within` so much virtual time,
        and `TimeoutError` after so many of the machine's own seconds.
        """

        def goes_on() -> bool:
            return bool(self._at_work or self._agenda.drives)

        def is_late() -> bool:
            return self._now - begun > within

        with self._changed:
            begun = self._now
            in_time = self._changed.wait_for(lambda: self.threads.failed or not goes_on() or is_late(), timeout)
            late = goes_on() and is_late()
        self.threads.raise_errors()
        if late:
            raise NeverSettlesError(f"still going on after {within}")
        if not in_time:
            raise TimeoutError(f"still at work after {timeout} seconds")

    @property
    def _marked(self) -> bool:
        return getattr(self._mine, "marked", False)

    def _count(self, change: int) -> None:
        with self._changed:
            self._at_work += change
            if self._at_work == 0:
                self._changed.notify_all()

    def _pass_to(self, due: Due) -> bool:
        comes = not self._at_work and (self._agenda.drives or due.moment <= self._now)
        if comes:
            self._now = due.moment
        else:
            self._changed.wait()
        return comes


class _Waiting:
    """One thread's wait: idle from `begin` to `end`, whoever calls that first."""

    def __init__(self, lock: threading.Condition, count: Callable[[int], None]) -> None:
        self.over = threading.Event()
        self._lock = lock
        self._count = count

    def begin(self) -> None:
        self._count(-1)

    def end(self) -> None:
        with self._lock:
            if not self.over.is_set():
                self._count(+1)
                self.over.set()
