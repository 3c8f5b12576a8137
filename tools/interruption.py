"""The end of a tool by a signal: first its children, then itself by the same signal."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE_SECONDS = 10
_TICK_SECONDS = 0.01


class Interrupted(BaseException):
    """One of `ENDING_SIGNALS` arrived."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def raise_when_interrupted() -> None:
    """Raise `Interrupted` at the first ending signal, and let no second one disturb the clean-up.

    Also where SIGINT is ignored: a shell starts what it puts in the background so.
    """
    for number in ENDING_SIGNALS:
        signal.signal(number, _raise)


@contextmanager
def interruptions_wait() -> Iterator[None]:
    """Let a signal that arrives in the block act at its end: what is only half begun cannot be ended."""
    arrived: list[int] = []
    handlers = {number: signal.signal(number, lambda number, _: arrived.append(number)) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if arrived:
        signal.raise_signal(arrived[0])


def wait_for_interruption() -> NoReturn:
    """Wait until `Interrupted` is raised.

    The kernel may give a signal to any thread, and none but its wake-up descriptor then wakes the one that waits here.
    """
    receiver, sender = socket.socketpair()
    with receiver, sender:
        sender.setblocking(False)
        signal.set_wakeup_fd(sender.fileno())
        while True:
            receiver.recv(1)


def end_by(number: int) -> int:
    """End this process by a signal, so that its exit status tells it."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number


def end_group(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    """End a process that leads a group or a session, and all the others in it; return when they are gone.

    First as Ctrl-C does, since most programs clean up after that alone.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (members := _members(process.pid)) and time.monotonic() < deadline:
        for member in members:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        time.sleep(_TICK_SECONDS)


def _members(leader: int) -> list[int]:
    """Return the processes of a group or a session that have not ended. None where there is no `/proc` to look into."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # One that ends meanwhile.
        with suppress(OSError):
            state, _, group, session = stat.read_text(errors="replace").rpartition(")")[2].split()[:4]
            if str(leader) in (group, session) and state != "Z":
                found.append(int(stat.parent.name))
    return found


def _raise(number: int, _frame: object) -> None:
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)
