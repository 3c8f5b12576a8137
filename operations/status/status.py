"""A status: the rows, and what they come to."""

from dataclasses import dataclass
from datetime import datetime

from model_lifecycle.endings.money import end_of_month
from operations.status.recurring import Due, next_of
from operations.status.row import Row, State, rows_of
from operations.status.seen import Seen


@dataclass(frozen=True)
class Status:
    """What runs, starts or stops at a moment."""

    seen: Seen
    rows: list[Row]

    @property
    def usd(self) -> float:
        """What the runs have cost so far."""
        return round(sum(row.usd for row in self.rows), 2)

    @property
    def usd_per_hour(self) -> float:
        """What they cost now."""
        return round(sum(row.usd_per_hour for row in self.rows), 2)

    @property
    def usd_by_month_end(self) -> float:
        """What they will have cost at this pace when the month ends."""
        return round(sum(row.usd_by_month_end for row in self.rows), 2)

    @property
    def month_end(self) -> datetime:
        """When it ends, in the time zone of the deploy."""
        return end_of_month(self.seen.now, self.seen.deployed.zone)

    @property
    def unleased(self) -> int:
        """How many nobody leased."""
        return sum(row.unleased for row in self.rows)

    def count(self, state: State) -> int:
        """Return how many are in a state."""
        return sum(row.state is state for row in self.rows)

    @property
    def next_start(self) -> Due | None:
        """The next scheduled start of any model."""
        return next_of(self.seen.schedules or (), "start", self.seen.now)


def status_of(seen: Seen) -> Status:
    """Return the status."""
    return Status(seen, rows_of(seen))
