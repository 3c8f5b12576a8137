"""How a program of this folder is told to end."""

import signal

_ENDS = (signal.SIGINT, signal.SIGTERM)


def end_once() -> None:
    """Let the first SIGINT or SIGTERM raise KeyboardInterrupt, and let none disturb the end that it begins.

    `make` passes a terminal's SIGINT on a second time. And a shell starts what it puts in the background with SIGINT
    ignored.
    """
    for number in _ENDS:
        signal.signal(number, _end)


def _end(*_: object) -> None:
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
