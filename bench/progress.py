"""What people see at a terminal while something is measured."""

import sys


def say(text: str) -> None:
    """Let people see that it goes on."""
    if sys.stderr.isatty():
        print(text, end="", file=sys.stderr, flush=True)


def dot() -> None:
    """Let people see that one more is measured."""
    say(".")
