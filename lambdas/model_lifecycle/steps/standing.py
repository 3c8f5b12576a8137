"""How a start stands in the line of those that wait for a place in the account's quota."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Self

from model_lifecycle.model.line import LONGEST_LOOK, Waiter
from model_lifecycle.steps.report import Waited
from model_lifecycle.vocabulary.values import dataclass

MOST_NAMED = 5
_SELDOM_BEHIND = 10
"""Who has more before it looks as seldom as it may: all together they call the service a few times a second."""
_JUST_AFTER = timedelta(seconds=1)
_LATE = timedelta(seconds=10)
_SOON = 2
"""Seconds until another look at one that should be back: it may be at it right now."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`since`: what its place goes by. `until`: when it left. `behind`: the models that were before it, at most five of
    `behind_count`. `ahead`: how many starts are before it now. `follows_at`, `follows_every`: when the one just
    before it looks again, and after how many seconds each time; None if none is. `refused_at`: when the service
    refused it last.
    """

    since: datetime
    until: datetime | None = None
    behind: tuple[str, ...] = ()
    behind_count: int = 0
    ahead: int = 0
    follows_at: datetime | None = None
    follows_every: int | None = None
    refused_at: datetime | None = None

    def seeing(self, models: Sequence[str], ahead: Sequence[Waiter]) -> Self:
        """Take in who is before it now, and which models these want besides its own."""
        seen = replace(self, until=None, ahead=len(ahead), follows_at=None, follows_every=None)
        if ahead:
            every = (ahead[-1].returns_at - ahead[-1].seen_at).total_seconds()
            seen = replace(seen, follows_at=ahead[-1].returns_at, follows_every=max(round(every), 1))
        different = tuple(dict.fromkeys(models))
        # One that asked before may come to the line a little later.
        named = tuple(dict.fromkeys((*self.behind, *different)))[:MOST_NAMED]
        return replace(seen, behind=named, behind_count=max(self.behind_count, len(different), len(named)))

    def interval(self, usual: int, *, fixed: bool, now: datetime) -> int:
        """Return seconds to the next look: just after the one before it, once a minute at least.

        `fixed`: not as often as that one looks, but as `usual`.
        """
        if self.ahead > _SELDOM_BEHIND:
            return LONGEST_LOOK
        usual = min(usual, LONGEST_LOOK)
        if self.follows_at is None or self.follows_every is None or now - self.follows_at > _LATE:
            return usual
        seconds = max(ceil((self.follows_at + _JUST_AFTER - now).total_seconds()), _SOON)
        if fixed and seconds > _SOON:
            seconds += max(usual - seconds, 0) // self.follows_every * self.follows_every
        return min(seconds, LONGEST_LOOK)

    def waited(self, *, now: datetime) -> Waited:
        """Return for how long it has waited until now."""
        seconds = ((self.until or now) - self.since).total_seconds()
        return Waited(
            since=self.since, seconds=round(max(seconds, 0), 3), behind=self.behind, behind_count=self.behind_count
        )
