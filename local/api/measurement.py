"""What a service measures of what it does, for whoever keeps it."""

from dataclasses import dataclass
from typing import NamedTuple


class Metric(NamedTuple):
    """What identifies a metric; the dimensions by name."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, namespace: str, name: str, **dimensions: str) -> "Metric":
        """Return the metric with these dimensions."""
        return cls(namespace, name, tuple(sorted(dimensions.items())))


@dataclass(frozen=True)
class Measurement:
    """One value of a metric, of this moment."""

    metric: Metric
    value: float = 1
    unit: str = "Count"
