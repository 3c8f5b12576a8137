"""What may be spent in a day or a month, and where that stands."""

import json
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Self

from model_lifecycle.vocabulary.foreign import word
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import when

ALL = ""
"""The budget of all models, among those of projects by their names."""


class Per(StrEnum):
    """How long a budget lasts. It begins at midnight."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """One day or one month."""

    begins_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, moment: datetime, per: Per, zone: tzinfo) -> "Period":
        """Return the day or the month of a moment, by the clocks of a time zone."""
        day = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        if per is Per.DAY:
            return cls(_utc(day), _utc(day + timedelta(days=1)))
        first = day.replace(day=1)
        return cls(_utc(first), _utc((first + timedelta(days=31)).replace(day=1)))

    def before(self, per: Per, zone: tzinfo) -> "Period":
        """Return the one that ended when this one began."""
        return Period.of(self.begins_at - timedelta(minutes=1), per, zone)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class BudgetStanding:
    """Where one budget stands. `project`: None of all models. `reached`: of what the watch tells, in percent."""

    project: str | None = field(metadata={"description": "The project whose budget it is; null of all models."})
    per: Per
    limit_usd: float = field(metadata={"exclusiveMinimum": 0})
    spent_usd: float = field(metadata={"description": "Since BeginsAt, by the price of the settings.", "minimum": 0})
    begins_at: datetime
    ends_at: datetime
    ignored: bool = field(
        default=False, metadata={"description": "Of a start: whether it went on although the budget was spent."}
    )
    reached: int | None = field(
        default=None, metadata={"description": "What the watch tells: 50, 80 or 100 percent of it is spent."}
    )

    @property
    def percent(self) -> float:
        """How much of it is spent."""
        return 100 * self.spent_usd / self.limit_usd

    @property
    def is_spent(self) -> bool:
        """Whether starts are refused."""
        return self.spent_usd >= self.limit_usd

    def ignoring(self) -> Self:
        """Return it as it stands for a start that goes on all the same."""
        return replace(self, ignored=self.is_spent)

    @property
    def in_words(self) -> str:
        """Which one it is, after "the budget"."""
        whose = f" for the project {word(self.project)}" if self.project is not None else ""
        return f"of {self.limit_usd:,.2f} USD a {self.per}{whose}"

    def so_far(self, zone: tzinfo) -> str:
        """Return what is spent since when."""
        return f"{self.spent_usd:,.2f} USD since {when(self.begins_at, zone)}"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The setting. `usd`: for all models, None for no limit. `by_project`: for the models of each project, by its name.

    `stops`: whether models that run are stopped once it is spent.
    """

    usd: float | None
    per: Per
    by_project: Mapping[str, float] = field(default_factory=dict)
    stops: bool = False

    @property
    def limits(self) -> dict[str, float]:
        """The limit of each project, by its name, and before them that of all models."""
        return {**({} if self.usd is None else {ALL: self.usd}), **self.by_project}

    def to_json(self) -> str:
        """Return it for a function's environment, as short as it can be."""
        written = {"usd": self.usd, "per": self.per, "by": dict(self.by_project), "stops": self.stops}
        return json.dumps({name: value for name, value in written.items() if value}, separators=(",", ":"))

    @classmethod
    def from_json(cls, written: str) -> "Budget | None":
        """Return what `to_json` wrote; None for an empty text."""
        if not written:
            return None
        read = json.loads(written)
        return cls(
            usd=read.get("usd"), per=Per(read["per"]), by_project=read.get("by", {}), stops=read.get("stops", False)
        )

    def standings(self, spent: Mapping[str, float], period: Period) -> list[BudgetStanding]:
        """Return where each stands. `spent`: USD, by the project's name."""
        return [
            BudgetStanding(
                project=project or None,
                per=self.per,
                limit_usd=limit,
                spent_usd=round(spent.get(project, 0.0) if project else sum(spent.values()), 2),
                begins_at=period.begins_at,
                ends_at=period.ends_at,
            )
            for project, limit in self.limits.items()
        ]
