"""The input of start-model: which model, how large, how long to wait, and when it is stopped again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from model_lifecycle.requests.model_request import (
    MAX_TIMEOUT_SECONDS,
    PARENT,
    POLL_INTERVAL,
    STOP_TIMEOUT,
    TOLD_BY,
    Defaults,
    Given,
    ModelRequest,
    checked,
    read_fields,
)
from model_lifecycle.requests.ready_by import READY_BY, moment_of
from model_lifecycle.services.fields import instant, integer, text
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from model_lifecycle.vocabulary.values import dataclass

MAX_LEASE_SECONDS = 366 * 86_400

_MIN_UNITS = integer("MinInferenceUnits", 1)
_MAX_UNITS = integer("MaxInferenceUnits", 1)
_START_TIMEOUT = integer("StartTimeoutSeconds", 1, MAX_TIMEOUT_SECONDS)
_STOP_AFTER = integer("StopAfterSeconds", 1, MAX_LEASE_SECONDS)
_STOP_AT = instant("StopAt")
IGNORE_BUDGET = text(
    "IgnoreBudget",
    r"[\s\S]*\S[\s\S]*",
    characters=(1, 2_000),
    allowed="a reason in words, of at most 2,000 characters",
)
"""Why this start is not to mind that the budget is spent."""
_COMMON = (
    _MIN_UNITS,
    _MAX_UNITS,
    _START_TIMEOUT,
    STOP_TIMEOUT,
    POLL_INTERVAL,
    _STOP_AFTER,
    _STOP_AT,
    READY_BY,
    IGNORE_BUDGET,
    TOLD_BY,
)


@dataclass(frozen=True, kw_only=True)
class Request(ModelRequest):
    """A valid input of start-model. The lease is `stop_after_seconds`, from the execution's start, or `stop_at`.

    `ignore_budget`: why the model is started although the budget is spent. `ready_by`: when the model is to be running;
    None: as soon as it can be. `price_per_inference_unit_hour`: in USD; it and `ready_lead_seconds` are of the
    settings, not of the input.
    """

    min_inference_units: int
    max_inference_units: int | None
    start_timeout_seconds: int
    client_token: str | None = None
    stop_after_seconds: int | None = None
    stop_at: datetime | None = None
    ignore_budget: str | None = None
    ready_by: datetime | None = None
    ready_lead_seconds: int = 1_500
    price_per_inference_unit_hour: float = 4.0

    @property
    def units(self) -> dict[str, int]:
        """The inference units as both services' start calls take them."""
        units = {_MIN_UNITS.name: self.min_inference_units, _MAX_UNITS.name: self.max_inference_units}
        return {name: value for name, value in units.items() if value is not None}

    def to_json(self) -> dict[str, Any]:
        """Return an execution input that parses to the same request."""
        fields = {
            **self.naming_fields,
            **self.units,
            PARENT.name: self.parent,
            TOLD_BY.name: self.told_by,
            "ClientToken": self.client_token,
            _START_TIMEOUT.name: self.start_timeout_seconds,
            STOP_TIMEOUT.name: self.stop_timeout_seconds,
            POLL_INTERVAL.name: self.poll_interval_seconds,
            _STOP_AFTER.name: self.stop_after_seconds,
            _STOP_AT.name: self.stop_at and to_instant(self.stop_at),
            IGNORE_BUDGET.name: self.ignore_budget,
            READY_BY.name: self.ready_by and to_instant(self.ready_by),
        }
        return {name: value for name, value in fields.items() if value is not None}


def parse_request(execution_input: object, *, defaults: Defaults, home: Home | None, ours: bool = False) -> Request:
    """Return the request that an input of start-model makes.

    `home`: where the functions act; None if not known, as at synth. `ours`: whether the app wrote the input, perhaps
    in a later release: fields that are not known are then left out.

    Raises InvalidRequestError with one sentence that names every violation.
    """
    read = read_fields(execution_input, _COMMON, home=home, start_options=True, ours=ours)
    read.violations.extend([*_unit_contradictions(read.given, read.valid), *_lease_contradictions(read.given)])
    if not ours:
        # What the app wrote has passed already, perhaps when the settings allowed more.
        read.violations.extend(_too_many_units(read.valid, defaults.max_inference_units))
    service, valid = checked(read), read.valid
    return Request(
        service=service,
        identity=read.identity,
        newest=read.newest,
        min_inference_units=valid.get(_MIN_UNITS.name, 1),
        max_inference_units=valid.get(_MAX_UNITS.name),
        start_timeout_seconds=valid.get(_START_TIMEOUT.name, defaults.start_timeout_seconds),
        stop_timeout_seconds=valid.get(STOP_TIMEOUT.name, defaults.stop_timeout_seconds),
        poll_interval_seconds=valid.get(POLL_INTERVAL.name),
        client_token=valid.get("ClientToken"),
        parent=read.parent,
        ignore_budget=valid.get(IGNORE_BUDGET.name),
        told_by=valid.get(TOLD_BY.name),
        zone=defaults.zone,
        ready_by=moment_of(valid[READY_BY.name]) if READY_BY.name in valid else None,
        ready_lead_seconds=defaults.ready_lead_seconds,
        price_per_inference_unit_hour=defaults.price_per_inference_unit_hour,
        **_lease(read, defaults),
    )


def _lease(read: Given, defaults: Defaults) -> dict[str, Any]:
    if _STOP_AT.name in read.valid:
        return {"stop_at": from_instant(read.valid[_STOP_AT.name])}
    return {"stop_after_seconds": read.valid.get(_STOP_AFTER.name, defaults.stop_after_seconds)}


def _unit_contradictions(given: Mapping[str, object], valid: Mapping[str, Any]) -> list[str]:
    lowest = valid.get(_MIN_UNITS.name, 1)
    highest = valid.get(_MAX_UNITS.name, lowest)
    if (_MIN_UNITS.name in given and _MIN_UNITS.name not in valid) or highest >= lowest:
        return []
    return [f"MaxInferenceUnits must be at least MinInferenceUnits ({lowest}), got {highest}"]


def _too_many_units(valid: Mapping[str, Any], most: int | None) -> list[str]:
    return [
        f"{name} must be at most {most:,} (the setting max_inference_units), got {valid[name]:,}"
        for name in (_MIN_UNITS.name, _MAX_UNITS.name)
        if most is not None and valid.get(name, 0) > most
    ]


def _lease_contradictions(given: Mapping[str, object]) -> list[str]:
    if _STOP_AFTER.name in given and _STOP_AT.name in given:
        return [f"{_STOP_AFTER.name} and {_STOP_AT.name} both say when the lease ends, give one of them"]
    return []
