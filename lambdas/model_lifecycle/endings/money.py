"""What a model costs, in USD, by the price of the settings."""

from dataclasses import dataclass
from typing import Any

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.wording import duration

_SOURCES = {"metric": "by the metric InServiceInferenceUnits", "record": "by the model's record"}


@dataclass(frozen=True)
class Money:
    """The price of an inference unit for an hour, and the units that an ending is about."""

    units: int
    price: float

    @classmethod
    def of(cls, ending: Ending, price: float) -> "Money | None":
        """What the units in force cost, or the units asked for where none are known to be in force."""
        if ending.request is None:
            return None
        in_force = (ending.report or {}).get("InferenceUnits", {}).get("InForce", {}).get("MinInferenceUnits")
        asked: int = getattr(ending.request, "min_inference_units", 1)
        return cls(in_force or asked, price)

    @property
    def usd_per_hour(self) -> float:
        """What the model costs while it runs."""
        return round(self.units * self.price, 2)

    def usage(self, ran: dict[str, Any] | None) -> dict[str, Any] | None:
        """A `Usage` in JSON, with what it cost."""
        return ran and {**ran, "Usd": round(ran["InferenceUnitHours"] * self.price, 2)}

    def in_words(self, ran: dict[str, Any]) -> str:
        """What a run cost, and how that is known."""
        unit_hours = ran["InferenceUnitHours"]
        ran_for = f"{duration(ran['Hours'] * 3_600)}, which is {unit_hours:,.2f} inference-unit hours"
        return f"{ran_for} and about {unit_hours * self.price:,.2f} USD, {_SOURCES[ran['Source']]}"

    def __str__(self) -> str:
        units = "1 inference unit" if self.units == 1 else f"{self.units:,} inference units"
        return f"about {self.usd_per_hour:,.2f} USD an hour while it runs ({units} at {self.price:,.2f} USD)"
