"""What the watch saw running, in numbers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.metrics import Metric
from model_lifecycle.vocabulary.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Running:
    """A model that runs, in words; `since`: at least since when, None where nobody knows."""

    model: str
    units: int
    since: datetime | None

    def facts(self, *, price_per_inference_unit_hour: float, now: datetime) -> dict[str, Any]:
        """Return what the log of the watch says of it, by name."""
        usd_per_hour = round(self.units * price_per_inference_unit_hour, 2)
        hours = (now - self.since).total_seconds() / 3_600 if self.since else None
        return {
            "model": self.model,
            "since": self.since and to_instant(self.since),
            "units": self.units,
            "usd_per_hour": usd_per_hour,
            "usd": None if hours is None else round(hours * usd_per_hour, 2),
        }


def counted(running: Sequence[Running], *, price_per_inference_unit_hour: float, now: datetime) -> dict[Metric, float]:
    """Return the metrics of one look at all models."""
    longest = max(((now - model.since).total_seconds() for model in running if model.since), default=0.0)
    units = sum(model.units for model in running)
    return {
        Metric.RUNNING_MODELS: len(running),
        Metric.RUNNING_USD_PER_HOUR: round(units * price_per_inference_unit_hour, 2),
        Metric.LONGEST_RUN_HOURS: round(longest / 3_600, 4),
    }
