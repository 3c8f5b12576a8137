"""What time it is in the local AWS, and how it passes."""

import heapq
import itertools
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

Action = Callable[[], object]


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


class Timer(ABC):
    """An action that waits for its moment."""

    @abstractmethod
    def cancel(self) -> None:
        """Never run the action, unless it runs already."""


class Clock(ABC):
    """The one source of time for everything in the local AWS."""

    virtual: bool
    """Whether the time is other than the machine's."""

    @abstractmethod
    def now(self) -> datetime:
        """Tell the time, in UTC."""

    @abstractmethod
    def wait(self, seconds: float | None, interrupted: Interrupt | None = None) -> None:
        """Return when `seconds` have passed (`None`: never), or `interrupted` is set, or the clock is closed."""

    @abstractmethod
    def call_at(self, moment: datetime, action: Action, *, background: bool = False) -> Timer:
        """Run `action` in a thread of its own once `moment` has come; at once if it is past.

        A background action does not make virtual time pass: it runs when other work or someone's wait brings
        its moment. Schedules are of this kind, or an idle virtual clock would run through the centuries.
        An error in an action goes to `threading.excepthook`.
        """

    @abstractmethod
    def running(self) -> AbstractContextManager[None]:
        """Mark the calling thread as work in progress: virtual time stands still except while it waits."""

    @abstractmethod
    def spawn(self, action: Action, *, name: str) -> None:
        """Run `action` in a thread of its own that counts as work in progress from this call on."""

    @abstractmethod
    def close(self) -> None:
        """Cancel all timers, end all waits and, but for the calling one, all threads of this clock."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Threads:
    """The threads of a clock that have not ended."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._alive: set[threading.Thread] = set()

    def start(self, work: Action, name: str) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._guard:
                    self._alive.discard(thread)

        thread = threading.Thread(target=run, name=name, daemon=True)
        with self._guard:
            self._alive.add(thread)
        thread.start()

    def join(self) -> None:
        """Wait for all threads, for a minute at most."""
        for thread in self._others():
            thread.join(timeout=60)
        if left := self._others():
            raise RuntimeError(f"still at work after a minute: {', '.join(sorted(thread.name for thread in left))}")

    def _others(self) -> list[threading.Thread]:
        with self._guard:
            return [thread for thread in self._alive if thread is not threading.current_thread()]


@dataclass(order=True)
class _Due:
    moment: datetime
    order: int
    fire: Action = field(compare=False)
    background: bool = field(compare=False)
    gone: bool = field(default=False, compare=False)


class _Agenda:
    """What is due when, earliest first; at the same moment in the order of entry. The caller holds the lock."""

    def __init__(self) -> None:
        self._heap: list[_Due] = []
        self._orders = itertools.count()
        self._foreground = 0

    def add(self, moment: datetime, fire: Action, *, background: bool) -> _Due:
        due = _Due(moment, next(self._orders), fire, background)
        heapq.heappush(self._heap, due)
        self._foreground += not background
        return due

    def remove(self, due: _Due) -> None:
        if not due.gone:
            due.gone = True
            self._foreground -= not due.background

    def first(self) -> _Due | None:
        while self._heap and self._heap[0].gone:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    @property
    def drives(self) -> bool:
        """Whether anything is there for which time must pass."""
        return self._foreground > 0


class _ClockTimer(Timer):
    def __init__(self, cancel: Action) -> None:
        self._cancel = cancel

    def cancel(self) -> None:
        self._cancel()


class WallClock(Clock):
    """The machine's own time."""

    virtual = False

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._agenda = _Agenda()
        self._threads = _Threads()
        self._closed = Interrupt()
        self._keeps_time = False

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

    def call_at(self, moment: datetime, action: Action, *, background: bool = False) -> Timer:
        with self._changed:
            due = self._agenda.add(moment, action, background=background)
            if not self._keeps_time and not self._closed.is_set():
                self._keeps_time = True
                self._threads.start(self._keep_time, "clock")
            self._changed.notify_all()
        return _ClockTimer(lambda: self._remove(due))

    def _remove(self, due: _Due) -> None:
        with self._changed:
            self._agenda.remove(due)

    def _keep_time(self) -> None:
        with self._changed:
            while not self._closed.is_set():
                due = self._agenda.first()
                left = None if due is None else (due.moment - self.now()).total_seconds()
                if due is None or left is None or left > 0:
                    self._changed.wait(left if left is None else min(left, threading.TIMEOUT_MAX))
                    continue
                self._agenda.remove(due)
                self._threads.start(due.fire, "timer")

    def running(self) -> AbstractContextManager[None]:
        return nullcontext()

    def spawn(self, action: Action, *, name: str) -> None:
        self._threads.start(action, name)

    def close(self) -> None:
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        self._threads.join()


class VirtualClock(Clock):
    """Time that jumps to the next moment at which something is due, as soon as no marked thread is at work.

    One thing happens after the other: what is due next starts only when all that came before has ended or waits.
    """

    virtual = True

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start} has no time zone")
        self._now = start.astimezone(UTC)
        self._changed = threading.Condition()
        self._agenda = _Agenda()
        self._threads = _Threads()
        self._at_work = 0
        self._mine = threading.local()
        self._closed = Interrupt()
        self._keeps_time = False

    def now(self) -> datetime:
        with self._changed:
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
                moment = self._now + timedelta(seconds=seconds)
                due = self._agenda.add(moment, waiting.end, background=False)
                self._keep_time_from_now()
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
            due = self._agenda.add(
                max(moment.astimezone(UTC), self._now),
                lambda: self.spawn(action, name="timer"),
                background=background,
            )
            self._keep_time_from_now()
        return _ClockTimer(lambda: self._remove(due))

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
                action()
            finally:
                self._count(-1)

        self._count(+1)
        self._threads.start(run, name)

    def settle(self, *, timeout: float) -> None:
        """Wait until no marked thread is at work and nothing is due but in the background.

        Raises `TimeoutError` after so many of the machine's own seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._at_work and not self._agenda.drives, timeout):
                raise TimeoutError(f"still at work after {timeout} seconds")

    def close(self) -> None:
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        self._threads.join()

    @property
    def _marked(self) -> bool:
        return getattr(self._mine, "marked", False)

    def _count(self, change: int) -> None:
        with self._changed:
            self._at_work += change
            if self._at_work == 0:
                self._changed.notify_all()

    def _remove(self, due: _Due) -> None:
        with self._changed:
            self._agenda.remove(due)
            self._changed.notify_all()

    def _keep_time_from_now(self) -> None:
        if not self._keeps_time and not self._closed.is_set():
            self._keeps_time = True
            self._threads.start(self._keep_time, "clock")
        self._changed.notify_all()

    def _keep_time(self) -> None:
        with self._changed:
            while not self._closed.is_set():
                due = self._agenda.first()
                is_next = due is not None and (self._agenda.drives or due.moment <= self._now)
                if self._at_work or due is None or not is_next:
                    self._changed.wait()
                    continue
                self._agenda.remove(due)
                self._now = due.moment
                due.fire()
                self._changed.notify_all()


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
