"""The models of one vision service, and the calls about them."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeVar

from local.clock.clock import Clock
from local.scenario.scenario import ModelScript, Quotas
from local.vision.model_life import Condition, ModelLife, Run

Script = TypeVar("Script", bound=ModelScript)


class UnknownModelError(LookupError):
    """There is no such model."""


class NotNowError(Exception):
    """The model's status, which `condition` has, does not allow it."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(condition.status)
        self.condition = condition


class QuotaError(Exception):
    """The account may not have that; the text says what it may."""


@dataclass(frozen=True)
class Known(Generic[Script]):
    """A model's script, and its life up to the moment of asking."""

    script: Script
    life: ModelLife
    asked_at: datetime

    @cached_property
    def condition(self) -> Condition:
        """How it is then. Of many models in a list, this is found out of those that somebody wants to know of."""
        return self.life.at(self.asked_at)


class Models(Generic[Script]):
    """Models by what identifies them. May be used by many threads: of concurrent starts one is accepted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._quotas = Quotas()
        self._scripts: dict[str, Script] = {}
        self._lives: dict[str, ModelLife] = {}

    def load(self, scripts: Iterable[tuple[str, Script]], quotas: Quotas) -> None:
        """Replace all models by these; their lives begin now, or with their run before."""
        with self._lock:
            now = self._clock.now()
            self._quotas = quotas
            self._scripts = dict(scripts)
            self._lives = {
                identity: ModelLife(script, now - script.has_run_for) for identity, script in self._scripts.items()
            }

    def all(self) -> list[Known[Script]]:
        """List every model in the order of the scenario."""
        with self._lock:
            now = self._clock.now()
            return [Known(script, self._lives[identity], now) for identity, script in self._scripts.items()]

    def get(self, identity: str) -> Known[Script]:
        """Tell how one model is.

        Raises `UnknownModelError`.
        """
        with self._lock:
            return self._get(identity, self._clock.now())

    def runs(self) -> list[tuple[Script, list[Run]]]:
        """Tell when each model ran, up to now."""
        with self._lock:
            now = self._clock.now()
            return [(script, list(self._lives[identity].runs(now))) for identity, script in self._scripts.items()]

    def start(self, identity: str, *, min_units: int, max_units: int | None) -> Condition:
        """Start a model that can be started, and tell how it is then.

        Raises `UnknownModelError`, `NotNowError` and `QuotaError`.
        """
        return self._ask(
            identity,
            allowed=ModelLife.startable_at,
            permitted=lambda now: self._permit_start(now, max(min_units, max_units or 0)),
            then=lambda life, now: life.started(now, min_units=min_units, max_units=max_units),
        )

    def stop(self, identity: str) -> Condition:
        """Stop a model that runs, and tell how it is then.

        Raises `UnknownModelError` and `NotNowError`.
        """
        return self._ask(identity, allowed=ModelLife.stoppable_at, then=ModelLife.stopped)

    def _ask(
        self,
        identity: str,
        *,
        allowed: Callable[[ModelLife, datetime], bool],
        then: Callable[[ModelLife, datetime], ModelLife],
        permitted: Callable[[datetime], object] = lambda _: None,
    ) -> Condition:
        with self._lock:
            now = self._clock.now()
            known = self._get(identity, now)
            life = self._lives[identity]
            if not allowed(life, now):
                raise NotNowError(known.condition)
            permitted(now)
            asked = then(life, now)
            self._lives[identity] = asked
            return asked.accepted()

    def _permit_start(self, now: datetime, units: int) -> None:
        quotas = self._quotas
        if units > quotas.inference_units:
            raise QuotaError(f"The account may use {quotas.inference_units} inference units for a model.")
        # What stops still takes its place.
        running = sum(life.has_units(life.at(now).status) for life in self._lives.values())
        if running >= quotas.running_models:
            raise QuotaError(f"The account may run {quotas.running_models} models at a time.")

    def _get(self, identity: str, now: datetime) -> Known[Script]:
        if identity not in self._scripts:
            raise UnknownModelError(identity)
        return Known(self._scripts[identity], self._lives[identity], now)
