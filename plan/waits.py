"""How long starts wait for their places: each gets the next one that is free, in the order in which they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plan.entries import Model
from plan.stretches import Stretch

STOPPING = timedelta(minutes=10)
"""How long a model may need to stop, and keep its place in the quota. Most need a few minutes."""

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wait:
    """`longest`: how long a start waits, if all models need so long to stop; None if it gives up before. `behind`: the
    models whose starts came before it, and wait as well.
    """

    longest: timedelta | None
    behind: Sequence[Model] = ()


class Places:
    """The places that an account has for the running models of one service."""

    def __init__(self, number: int) -> None:
        self._free_at = [_ALWAYS] * number
        self._of: dict[Model, datetime] = {}
        self._waiting: list[tuple[Model, datetime]] = []

    def enter(self, model: Model, stretch: Stretch) -> Wait:
        """Let a run have its place: the runs of all models come in the order of their beginnings."""
        begin = stretch.begin
        self._waiting = [(other, until) for other, until in self._waiting if until > begin]
        behind = tuple(dict.fromkeys(other for other, _ in self._waiting if other != model))
        # A model that is started again while it stops waits for itself.
        own = self._of.get(model, _ALWAYS)
        free_at = own if own > begin else min(self._free_at)
        got = max(free_at, begin)
        if free_at == _NEVER or got - begin > stretch.started_by.start_timeout:
            return Wait(None, behind)
        if got > begin:
            self._waiting.append((model, got))
        ends = _NEVER if stretch.end is None else max(stretch.end, got) + STOPPING
        self._free_at[self._free_at.index(free_at)] = self._of[model] = ends
        return Wait(got - begin, behind)
