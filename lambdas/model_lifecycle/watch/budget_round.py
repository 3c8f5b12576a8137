"""What the watch does about the budget, after it has looked at every model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Protocol, TypeVar

from model_lifecycle.endings.ending import Ending
from model_lifecycle.model.budget import Budget, BudgetStanding
from model_lifecycle.model.spending import Ledger, Ledgers
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.stop_request import NOBODY, StopRequest
from model_lifecycle.watch.budget_told import budget_reached, why_stopped
from model_lifecycle.watch.counting import (
    SeenModel,
    counted,
    having_told,
    periods_of,
    standings_of,
    to_be_stopped,
    untold,
)
from model_lifecycle.watch.watch import Stops, Watched

Result = TypeVar("Result")


class WrittenLedgers(Ledgers, Protocol):
    """The ledgers, where they can be written."""

    def write(self, ledgers: Sequence[Ledger]) -> None:
        """Write them in the place of all that are there."""
        ...


class Meters(Protocol):
    """What the services measure of many models."""

    def units_of_all(
        self, requests: Sequence[ModelRequest], *, since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Datapoint]]:
        """Return the average units in each whole `BUDGET_PERIOD` by model ids, oldest first. Raises as `Model` does."""
        ...


class BudgetRound:
    """Adds up what ran, tells what is reached, and stops what runs over a spent budget if the settings want that.

    `price`: of an inference unit for an hour. `tell`: tells an ending, once. `hour`: which look of the watch it is.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        ledgers: WrittenLedgers,
        meter: Meters,
        stops: Stops,
        tell: Callable[[Ending], object],
        price: float,
        zone: tzinfo,
        now: datetime,
        hour: str,
    ) -> None:
        self._budget = budget
        self._ledgers = ledgers
        self._meter = meter
        self._stops = stops
        self._tell = tell
        self._price = price
        self._zone = zone
        self._now = now
        self._hour = hour
        self._seen: list[SeenModel] = []
        self._troubles: list[Exception] = []

    def note(self, request: StopRequest, watched: Watched) -> None:
        """Remember a model that the watch has looked at."""
        units = None if watched.description is None else watched.description.min_inference_units or 1
        self._seen.append(SeenModel(request=request, record=watched.record, units=units, since=watched.since))

    def settle(self, *, all_seen: bool) -> tuple[list[BudgetStanding], list[Exception]]:
        """Return where the budget stands, and what went wrong meanwhile. `all_seen`: whether there are no other models.

        What could not be told is told at the next look.
        """
        before = self._ledgers.ledgers()
        periods = periods_of(self._budget, before, zone=self._zone, now=self._now)
        points = self._attempt(
            lambda: self._meter.units_of_all(
                [model.request for model in self._seen], since=periods[-1].begins_at, until=self._now
            )
        )
        ledgers = counted(self._seen, points or {}, before, periods, all_seen=all_seen, now=self._now)
        # Before it is told: what starts are refused by does not wait for a topic.
        self._ledgers.write(ledgers)
        told = [self._told(ledger) for ledger in reversed(ledgers)][::-1]
        if told != ledgers:
            self._ledgers.write(told)
        standings = standings_of(self._budget, ledgers[0], price=self._price)
        if self._budget.stops:
            for model, spent in to_be_stopped(self._seen, standings):
                self._attempt(lambda model=model, spent=spent: self._stop(model, spent))  # type: ignore[misc]
        return standings, self._troubles

    def _told(self, ledger: Ledger) -> Ledger:
        standings = standings_of(self._budget, ledger, price=self._price)
        told = [each for each in untold(ledger, standings) if self._attempt(lambda each=each: self._told_now(each))]  # type: ignore[misc]
        after = having_told(ledger, standings, told)
        return replace(after, closed=after.closed and not [*untold(after, standings)])

    def _told_now(self, standing: BudgetStanding) -> bool:
        running = _of(standing, (model.request for model in self._seen if model.units is not None))
        self._tell(budget_reached(standing, running, stops=self._budget.stops, zone=self._zone, now=self._now))
        return True

    def _stop(self, model: SeenModel, spent: BudgetStanding) -> object:
        # It stops nothing that someone starts, or wants all the same, in between.
        latest = model.record.latest_start or NOBODY
        reason = why_stopped(spent, self._zone)
        return self._stops.start(replace(model.request, latest_start=latest, reason=reason), once=self._hour)

    def _attempt(self, act: Callable[[], Result]) -> Result | None:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - it is raised after the others
            self._troubles.append(error)
            return None


def _of(standing: BudgetStanding, requests: Iterable[StopRequest]) -> list[StopRequest]:
    return [request for request in requests if standing.project in (None, request.project)]
