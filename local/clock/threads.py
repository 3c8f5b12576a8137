"""The owner of all threads of a local AWS: all end before it does, and none of their errors is lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_JOIN_SECONDS = 120
"""When all waits have ended, only work is left that takes a moment on an idle machine."""


class Threads:
    """Starts threads, waits for their end, and keeps what they raise for whoever asks."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._alive: set[threading.Thread] = set()
        self._errors: list[BaseException] = []
        self._over = False

    def start(self, work: Callable[[], object], *, name: str) -> threading.Thread:
        """Run `work` in a thread of its own.

        Raises `RuntimeError` once `join` has seen the last thread end.
        """

        def run() -> None:
            try:
                with self.keeping_errors():
                    work()
            finally:
                with self._guard:
                    self._alive.discard(thread)

        thread = threading.Thread(target=run, name=name, daemon=True)
        with self._guard:
            if self._over:
                raise RuntimeError(f"cannot start {name}: all threads have ended")
            self._alive.add(thread)
        try:
            thread.start()
        except RuntimeError:
            with self._guard:
                self._alive.discard(thread)
            raise
        return thread

    @contextmanager
    def keeping_errors(self) -> Iterator[None]:
        """Keep what the block raises for `raise_errors`."""
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - raised again by `raise_errors`
            self.keep(error)

    def keep(self, error: BaseException) -> None:
        """Keep an error for `raise_errors`."""
        with self._guard:
            self._errors.append(error)

    @property
    def failed(self) -> bool:
        """Whether there is anything to raise."""
        with self._guard:
            return bool(self._errors)

    def raise_errors(self) -> None:
        """Raise what was kept since the last call, as one `ExceptionGroup`."""
        with self._guard:
            errors, self._errors = self._errors, []
        if errors:
            raise BaseExceptionGroup("threads of the local AWS failed", errors)

    def join(self) -> None:
        """Wait until no thread is left, also none that another has started meanwhile; from then on none may start.

        Raises `RuntimeError` if one does not end.
        """
        while True:
            with self._guard:
                alive = list(self._alive)
                self._over = not alive
            if not alive:
                return
            for thread in alive:
                # One that was not started yet cannot be joined, and will be there in the next round.
                if thread.ident is not None:
                    thread.join(timeout=_JOIN_SECONDS)
                if thread.is_alive():
                    raise RuntimeError(f"still at work after {_JOIN_SECONDS} seconds: {thread.name}")
