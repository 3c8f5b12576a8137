"""What a model costs, in USD, by the price of the settings."""

from dataclasses import field
from datetime import UTC, datetime, timedelta, tzinfo

from model_lifecycle.endings.ending import Ending
from model_lifecycle.model.usage import Run, Source
from model_lifecycle.vocabulary.values import dataclass

_SOURCES = {Source.METRIC: "measured by InServiceInferenceUnits", Source.RECORD: "from the model's record"}


def end_of_month(moment: datetime, zone: tzinfo) -> datetime:
    """Return when the month of a moment ends in a time zone."""
    month = moment.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (month + timedelta(days=31)).replace(day=1)


def hours_left_of_month(moment: datetime, zone: tzinfo) -> float:
    """Return how many hours pass until then."""
    # Of two moments in one zone Python takes the difference of what their clocks show.
    return (end_of_month(moment, zone).astimezone(UTC) - moment.astimezone(UTC)).total_seconds() / 3_600


@dataclass(frozen=True, kw_only=True)
class PaidRun(Run):
    """A run with what it cost."""

    usd: float = field(metadata={"minimum": 0})


@dataclass(frozen=True)
class Money:
    """The price of an inference unit for an hour, and the units that an ending is about."""

    units: int
    price: float

    @classmethod
    def of(cls, ending: Ending, price: float) -> "Money | None":
        """Return what the units in force cost, or the units asked for where none are known to be in force."""
        if ending.request is None:
            return None
        in_force = ending.report.inference_units.in_force.min_inference_units if ending.report else None
        asked: int = getattr(ending.request, "min_inference_units", 1)
        return cls(in_force or asked, price)

    @property
    def usd_per_hour(self) -> float:
        """What the model costs while it runs."""
        return round(self.units * self.price, 2)

    def paid(self, ran: Run) -> PaidRun:
        """Return the run with what it cost."""
        return PaidRun(**vars(ran), usd=round(ran.inference_unit_hours * self.price, 2))

    @staticmethod
    def unit_hours(ran: Run) -> str:
        """Return the inference-unit hours of a run, and how they are known."""
        return f"{ran.inference_unit_hours:,.2f} inference-unit hours ({_SOURCES[ran.source]})"

    def by_end_of_month(self, ran: Run, zone: tzinfo) -> float:
        """Return what a run that goes on will have cost when the month ends in that time zone."""
        return self.paid(ran).usd + hours_left_of_month(ran.until, zone) * self.usd_per_hour

    def __str__(self) -> str:
        units = "1 inference unit" if self.units == 1 else f"{self.units:,} inference units"
        return f"about {self.usd_per_hour:,.2f} USD an hour ({units} at {self.price:,.2f} USD)"
