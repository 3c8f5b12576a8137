"""The execution input: which model, how large, how long to wait. PascalCase, the services' own field names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from model_lifecycle.errors import InvalidRequestError
from model_lifecycle.fields import Field, integer, shown
from model_lifecycle.home import Home
from model_lifecycle.service import Service
from model_lifecycle.services import SERVICES

MAX_TIMEOUT_SECONDS = 86_400

_MIN_UNITS = integer("MinInferenceUnits", 1)
_MAX_UNITS = integer("MaxInferenceUnits", 1)
_START_TIMEOUT = integer("StartTimeoutSeconds", 1, MAX_TIMEOUT_SECONDS)
_STOP_TIMEOUT = integer("StopTimeoutSeconds", 1, MAX_TIMEOUT_SECONDS)
_POLL_INTERVAL = integer("PollIntervalSeconds", 1, 3_600)
_COMMON = (_MIN_UNITS, _MAX_UNITS, _START_TIMEOUT, _STOP_TIMEOUT, _POLL_INTERVAL)
_LEASE = ("StopAfterSeconds", "StopAt")


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What the settings give where the input says nothing, in seconds."""

    start_timeout_seconds: int
    stop_timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class Request:
    """A valid execution input with its defaults filled in. Times in seconds."""

    service: Service
    identity: Mapping[str, str]
    min_inference_units: int
    max_inference_units: int | None
    start_timeout_seconds: int
    stop_timeout_seconds: int
    poll_interval_seconds: int | None
    client_token: str | None = None

    @property
    def units(self) -> dict[str, int]:
        """The inference units as both services' start calls take them."""
        units = {_MIN_UNITS.name: self.min_inference_units, _MAX_UNITS.name: self.max_inference_units}
        return {name: value for name, value in units.items() if value is not None}

    @property
    def project(self) -> str:
        """The name of the model's project."""
        return self.service.project(self.identity)

    @property
    def version(self) -> str:
        """The name of the model's version within its project."""
        return self.service.version(self.identity)

    def knowing(self, name: str, value: str) -> "Request":
        """The same request with a field of the identity that was looked up."""
        return replace(self, identity={**self.identity, name: value})

    def to_json(self) -> dict[str, Any]:
        """An execution input that parses to the same request."""
        fields = {
            **self.identity,
            **self.units,
            "ClientToken": self.client_token,
            _START_TIMEOUT.name: self.start_timeout_seconds,
            _STOP_TIMEOUT.name: self.stop_timeout_seconds,
            _POLL_INTERVAL.name: self.poll_interval_seconds,
        }
        return {name: value for name, value in fields.items() if value is not None}


def parse_request(execution_input: object, *, defaults: Defaults, home: Home | None) -> Request:
    """The request that an execution input makes.

    A field that is `null` counts as absent, as EventBridge's input transformers send it. `home`: where the functions
    act; None where that is not known, as at synth.

    Raises InvalidRequestError with one sentence that names every violation.
    """
    if not isinstance(execution_input, dict):
        raise InvalidRequestError(
            f"The execution input is {shown(execution_input)}; allowed is a JSON object with the fields of one model."
        )
    given = {name: value for name, value in execution_input.items() if value is not None}
    services = [service for service in SERVICES if any(field.name in given for field in service.fields)]
    fields = [field for field in (*_COMMON, *_fields_of(services)) if field.name in given]
    valid = {field.name: given[field.name] for field in fields if field.accepts(given[field.name])}
    violations = [
        *(field.violation(given[field.name]) for field in fields if field.name not in valid),
        *_unknown_fields(given),
        *_missing_fields(given, services),
        *_unit_contradictions(given, valid),
    ]
    identity = _identity(valid, services)
    if len(services) == 1 and all(field.name in identity for field in services[0].required):
        violations += services[0].contradictions(identity, home)
    if violations:
        raise InvalidRequestError(f"The execution input is not valid: {'; '.join(violations)}.")
    return Request(
        service=services[0],
        identity=identity,
        min_inference_units=valid.get(_MIN_UNITS.name, 1),
        max_inference_units=valid.get(_MAX_UNITS.name),
        start_timeout_seconds=valid.get(_START_TIMEOUT.name, defaults.start_timeout_seconds),
        stop_timeout_seconds=valid.get(_STOP_TIMEOUT.name, defaults.stop_timeout_seconds),
        poll_interval_seconds=valid.get(_POLL_INTERVAL.name),
        client_token=valid.get("ClientToken"),
    )


def _identity(valid: Mapping[str, Any], services: Sequence[Service]) -> dict[str, str]:
    naming = [field.name for service in services for field in (*service.required, *service.optional)]
    return {name: valid[name] for name in naming if name in valid}


def _fields_of(services: Iterable[Service]) -> list[Field]:
    return [field for service in services for field in service.fields]


def _unknown_fields(given: Mapping[str, object]) -> list[str]:
    known = [field.name for field in (*_fields_of(SERVICES), *_COMMON)]
    return [
        f"{name} is refused: no lease can stop the model again yet; stop it yourself"
        if name in _LEASE
        else f"{shown(name)} is unknown; allowed are {', '.join(known)}"
        for name in given
        if name not in known
    ]


def _missing_fields(given: Mapping[str, object], services: Sequence[Service]) -> list[str]:
    if len(services) > 1:
        named = ", ".join(field.name for field in _fields_of(services) if field.name in given)
        return [f"{named} belong to {len(services)} services; allowed are the fields of one"]
    if not services:
        ways = " or ".join(" and ".join(field.name for field in service.required) for service in SERVICES)
        return [f"no model is named; allowed is {ways}"]
    return [
        f"{field.name} is missing; allowed is {field.allowed}"
        for field in services[0].required
        if field.name not in given
    ]


def _unit_contradictions(given: Mapping[str, object], valid: Mapping[str, Any]) -> list[str]:
    lowest = valid.get(_MIN_UNITS.name, 1)
    highest = valid.get(_MAX_UNITS.name, lowest)
    if (_MIN_UNITS.name in given and _MIN_UNITS.name not in valid) or highest >= lowest:
        return []
    return [f"MaxInferenceUnits is {highest}; allowed is at least MinInferenceUnits, which is {lowest}"]
