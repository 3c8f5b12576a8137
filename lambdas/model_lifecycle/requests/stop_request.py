"""The input of stop-model: which model, how long to wait, why, and on what condition."""

from datetime import datetime
from typing import Any

from model_lifecycle.requests.model_request import (
    PARENT,
    POLL_INTERVAL,
    STOP_TIMEOUT,
    TOLD_BY,
    Defaults,
    ModelRequest,
    checked,
    is_reserved,
    read_fields,
)
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.services.fields import (
    EXECUTION_ARN,
    EXECUTION_IN_WORDS,
    VERSION,
    Field,
    execution_arn,
    free_text,
    instant,
    shown,
    text,
)
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from model_lifecycle.vocabulary.values import dataclass

NOBODY = "nobody"
"""The `LatestStart` of a model that no execution has started."""

_REASON = free_text("Reason", characters=2_000)
_LATEST_START = text(
    "LatestStart",
    f"{NOBODY}|{EXECUTION_ARN}",
    characters=(1, 256),
    allowed=f'{EXECUTION_IN_WORDS}, or "{NOBODY}"',
)
_ASKED_BY = execution_arn("FailedStart.ExecutionArn")
_LEASE_ENDS_AT = instant("LeaseEndsAt")
_COMMON = (STOP_TIMEOUT, POLL_INTERVAL, _REASON, _LATEST_START, _LEASE_ENDS_AT, TOLD_BY)
_CONDITIONS = (_LATEST_START.name, _LEASE_ENDS_AT.name)
_NOT_BESIDE_FAILED_START = {
    field.name
    for fields in (_COMMON, (VERSION,), *(service.required + service.optional for service in SERVICES))
    for field in fields
    if field is not _REASON
}


def _is_failed_start(value: object) -> bool:
    return isinstance(value, dict) and value.keys() >= {"ExecutionArn", "Input"}


_FAILED_START = Field("FailedStart", "an object with ExecutionArn and Input", _is_failed_start)


@dataclass(frozen=True, kw_only=True)
class StopRequest(ModelRequest):
    """A valid input of stop-model. Without a condition the model is stopped whoever wants it.

    Conditions, each on the model's record: `latest_start`: only while that execution (`NOBODY`: none) is the latest
    start. `lease_ends_at`: only while the lease in force ends then. `asked_by`: only while that execution is the latest
    start, and asked for it.
    """

    reason: str | None = None
    latest_start: str | None = None
    lease_ends_at: datetime | None = None
    asked_by: str | None = None

    @property
    def conditional(self) -> bool:
        """Whether the model is left alone if its record says so."""
        return any(condition is not None for condition in (self.latest_start, self.lease_ends_at, self.asked_by))

    def to_json(self) -> dict[str, Any]:
        """Return an execution input that parses to the same request."""
        fields = {
            **self.naming_fields,
            PARENT.name: self.parent,
            TOLD_BY.name: self.told_by,
            STOP_TIMEOUT.name: self.stop_timeout_seconds,
            POLL_INTERVAL.name: self.poll_interval_seconds,
            _REASON.name: self.reason,
            _LATEST_START.name: self.latest_start,
            _LEASE_ENDS_AT.name: self.lease_ends_at and to_instant(self.lease_ends_at),
        }
        written = {name: value for name, value in fields.items() if value is not None}
        if self.asked_by is None:
            return written
        reason = {_REASON.name: written.pop(_REASON.name)} if self.reason else {}
        return {**reason, _FAILED_START.name: {"ExecutionArn": self.asked_by, "Input": written}}


def parse_stop_request(
    execution_input: object, *, defaults: Defaults, home: Home | None, ours: bool = False
) -> StopRequest:
    """Return the request that an input of stop-model makes.

    `home`: where the functions act; None if not known, as at synth. `ours`: whether the app wrote the input, perhaps
    in a later release: fields that are not known are then left out. The app also wrote every input with a condition:
    leases, the watch and starts that give up set them, and the stops that they schedule must take place.

    A start that gives up sends `{"FailedStart": {"ExecutionArn", "Input"}, "Reason"}`, with its own input.

    Raises InvalidRequestError with one sentence that names every violation.
    """
    if isinstance(execution_input, dict) and execution_input.get(_FAILED_START.name) is not None:
        return _of_failed_start(execution_input, defaults, home)
    ours = ours or (isinstance(execution_input, dict) and any(map(execution_input.get, _CONDITIONS)))
    read = read_fields(execution_input, _COMMON, home=home, ours=ours)
    service, valid = checked(read), read.valid
    ends_at = valid.get(_LEASE_ENDS_AT.name)
    return StopRequest(
        service=service,
        identity=read.identity,
        newest=read.newest,
        stop_timeout_seconds=valid.get(STOP_TIMEOUT.name, defaults.stop_timeout_seconds),
        poll_interval_seconds=valid.get(POLL_INTERVAL.name),
        parent=read.parent,
        told_by=valid.get(TOLD_BY.name),
        zone=defaults.zone,
        reason=valid.get(_REASON.name),
        latest_start=valid.get(_LATEST_START.name),
        lease_ends_at=ends_at and from_instant(ends_at),
    )


def _of_failed_start(execution_input: dict[str, Any], defaults: Defaults, home: Home | None) -> StopRequest:
    reason = execution_input.get(_REASON.name)
    failed = execution_input[_FAILED_START.name]
    violations = []
    if not _FAILED_START.accepts(failed):
        violations.append(_FAILED_START.violation(failed))
    elif not _ASKED_BY.accepts(failed["ExecutionArn"]):
        violations.append(_ASKED_BY.violation(failed["ExecutionArn"]))
    if reason is not None and not _REASON.accepts(reason):
        violations.append(_REASON.violation(reason))
    beside = {name for name in execution_input.keys() - {_FAILED_START.name, _REASON.name} if not is_reserved(name)}
    if not violations:
        # What nobody knows is of a later release.
        beside &= _NOT_BESIDE_FAILED_START
    violations += [
        f"{shown(name)} must not stand beside {_FAILED_START.name}, only {_REASON.name} may" for name in sorted(beside)
    ]
    if violations:
        raise InvalidRequestError.of(violations)
    start = parse_request(failed["Input"], defaults=defaults, home=home, ours=True)
    return StopRequest(
        service=start.service,
        identity=start.identity,
        newest=start.newest,
        stop_timeout_seconds=start.stop_timeout_seconds,
        poll_interval_seconds=start.poll_interval_seconds,
        zone=defaults.zone,
        reason=reason,
        asked_by=failed["ExecutionArn"],
    )
