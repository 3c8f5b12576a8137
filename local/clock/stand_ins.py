"""Stand-ins for the standard library's modules of time and threads, on a clock of the local AWS.

moto's interpreter of state machines says `threading.Thread`, `time.sleep` and `datetime.datetime.now` in two dozen
places. Put in the place of the modules that these names stand for, the stand-ins bring all of them onto one clock.
"""

import datetime as real_datetime
import threading as real_threading
import time as real_time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from local.clock.clock import Clock, Interrupt

_FOR_EVER_SECONDS = 99_999_999
"""What a state machine's definition has for "no timeout", three years."""


class _StandIn:
    """A module of which some names mean something else."""

    def __init__(self, module: Any, **names: Any) -> None:
        self._module = module
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def threading_on(clock: Clock) -> Any:
    """Stand in for `threading`: threads count as work in progress, and waiting for one makes time pass."""
    return _StandIn(real_threading, Thread=thread_on(clock), Event=event_on(clock))


def time_on(clock: Clock) -> Any:
    """Stand in for `time`."""
    return _StandIn(real_time, sleep=clock.wait, time=lambda: clock.now().timestamp())


def datetime_on(clock: Clock) -> Any:
    """Stand in for `datetime`."""

    class AnyDatetime(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_datetime.datetime)

    class Datetime(real_datetime.datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: real_datetime.tzinfo | None = None) -> Any:
            moment = clock.now()
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    return _StandIn(real_datetime, datetime=Datetime)


def event_on(clock: Clock) -> type:
    """Stand in for `threading.Event`."""

    class Event:
        def __init__(self) -> None:
            self._guard = real_threading.Lock()
            self._set = False
            self._waiting: list[Interrupt] = []

        def is_set(self) -> bool:
            return self._set

        def set(self) -> None:
            with self._guard:
                self._set = True
                waiting, self._waiting = self._waiting, []
            for interrupt in waiting:
                interrupt.set()

        def clear(self) -> None:
            with self._guard:
                self._set = False

        def wait(self, timeout: float | None = None) -> bool:
            interrupt = Interrupt()
            with self._guard:
                if self._set:
                    return True
                self._waiting.append(interrupt)
            clock.wait(None if timeout is None or timeout >= _FOR_EVER_SECONDS else timeout, interrupt)
            with self._guard:
                if interrupt in self._waiting:
                    self._waiting.remove(interrupt)
                    return False
            return True

    return Event


def thread_on(clock: Clock) -> type:
    """Stand in for `threading.Thread`."""
    new_event: Callable[[], Any] = event_on(clock)

    class Thread:
        native_id: int | None = None

        def __init__(
            self,
            target: Callable[..., object],
            args: Iterable[Any] = (),
            kwargs: Mapping[str, Any] | None = None,
            name: str = "state machine",
            daemon: bool = True,
        ) -> None:
            self.name = name
            self.daemon = daemon
            self._work = partial(target, *args, **(kwargs or {}))
            self._ended = new_event()

        def start(self) -> None:
            clock.spawn(self._live, name=self.name)

        def _live(self) -> None:
            self.native_id = real_threading.get_native_id()
            try:
                self._work()
            finally:
                self._ended.set()

        def join(self, timeout: float | None = None) -> None:
            self._ended.wait(timeout)

        def is_alive(self) -> bool:
            return not self._ended.is_set()

    return Thread
