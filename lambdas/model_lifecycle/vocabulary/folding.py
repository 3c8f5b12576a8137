"""Many texts that begin alike as one short text: a function's environment has room for 4 KB of variables."""

from collections.abc import Iterable, Iterator
from itertools import takewhile

_BETWEEN = ","
_SHARED = ">"
"""Neither is in any ARN."""


def fold(texts: Iterable[str]) -> str:
    """Return the texts, separated by commas, each as what it shares with the one before: `arn:a/b,6>c` has `arn:a/c`.

    What shares nothing is written as it is, and so is what would not be shorter.
    """
    before, folded = "", []
    for text in texts:
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(before, text, strict=False))))
        short = f"{shared}{_SHARED}{text[shared:]}"
        folded.append(min(text, short, key=len))
        before = text
    return _BETWEEN.join(folded)


def unfold(folded: str) -> list[str]:
    """Return what was folded, or merely separated by commas; nothing for an empty text."""
    return list(_unfolded(filter(None, folded.split(_BETWEEN))))


def _unfolded(parts: Iterable[str]) -> Iterator[str]:
    before = ""
    for part in parts:
        shared, mark, rest = part.partition(_SHARED)
        before = f"{before[: int(shared)]}{rest}" if mark else part
        yield before
