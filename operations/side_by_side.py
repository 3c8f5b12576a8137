"""Calls at the same time, of which none that fails keeps the others from being answered."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

from model_lifecycle.vocabulary.errors import ModelLifecycleError
from model_lifecycle.vocabulary.wording import sentence
from operations.errors import OperationsError, on_one_line

Answer = TypeVar("Answer")

_AT_ONCE = 16


class SideBySide:
    """Calls in threads of a block. `failures`: what went wrong, a sentence each, in the order in which it did."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(_AT_ONCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        # An interrupted block does not wait for what nobody will read.
        self._threads.shutdown(wait=kind is None, cancel_futures=True)

    def begin(self, what: str, call: Callable[..., Answer], *given: Any) -> "Future[Answer | None]":
        """Call in a thread. The answer is None if that fails. `what`: the beginning of the sentence that says so."""
        return self._threads.submit(self.attempt, what, call, *given)

    def attempt(self, what: str, call: Callable[..., Answer], *given: Any) -> Answer | None:
        """Do the same in this thread."""
        try:
            with on_one_line():
                return call(*given)
        except (OperationsError, ModelLifecycleError) as error:
            with self._lock:
                self.failures.append(f"{what} could not be read: {sentence(str(error))}")
            return None
