"""What every execution input has: fields that name one model of one service. PascalCase, the services' own names."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Self

from model_lifecycle.services.fields import NEWEST, VERSION, Field, execution_arn, integer, shown
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import Service
from model_lifecycle.vocabulary.errors import InvalidRequestError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import when

MAX_TIMEOUT_SECONDS = 86_400

STOP_TIMEOUT = integer("StopTimeoutSeconds", 1, MAX_TIMEOUT_SECONDS)
POLL_INTERVAL = integer("PollIntervalSeconds", 1, 3_600)
PARENT = execution_arn("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
"""What a state machine puts into the input of an execution that it starts as its child."""
TOLD_BY = execution_arn("ToldBy")
"""The execution that announces the end of this one in its own message."""
_RESERVED = "AWS_STEP_FUNCTIONS_"
_ALIKE = 0.92
"""Near enough that InferenceUnits is taken neither for the least nor for the most of them."""
_LONGEST_NEAR = 100


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What the settings give where the input says nothing, in seconds. `stop_after_seconds`: None is no lease.

    `max_inference_units`: how many an input may ask for at most; None: as many as it likes. `zone`: the time zone in
    which people read moments. `price_per_inference_unit_hour`: in USD. `ready_lead_seconds`: how long before its time a
    start is requested of whose model little is known.
    """

    start_timeout_seconds: int
    stop_timeout_seconds: int
    stop_after_seconds: int | None = None
    max_inference_units: int | None = None
    zone: tzinfo = UTC
    price_per_inference_unit_hour: float = 4.0
    ready_lead_seconds: int = 1_500


ANY_DEFAULTS = Defaults(start_timeout_seconds=3_600, stop_timeout_seconds=3_600)
"""For those who ask only which model an input is about, or whether it is valid."""


@dataclass(frozen=True, kw_only=True)
class ModelRequest(ABC):
    """A valid execution input about one model, with its defaults filled in. Times in seconds.

    `parent`: the execution that started this one as its child. `told_by`: that which tells of its end.
    `zone`: the time zone of those who read about it. `newest`: whether the newest version of a project is meant; until
    that is chosen, only the project is named.
    """

    service: Service
    identity: Mapping[str, str]
    stop_timeout_seconds: int
    poll_interval_seconds: int | None
    parent: str | None = None
    told_by: str | None = None
    zone: tzinfo = UTC
    newest: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the version that is meant is still to be chosen."""
        return self.newest and self.service.is_open(self.identity)

    @property
    def project(self) -> str:
        """The name of the model's project."""
        return self.service.project(self.identity)

    @property
    def version(self) -> str:
        """The name of the model's version within its project."""
        return self.service.version(self.identity)

    @property
    def model_id(self) -> str:
        """The model's name among all models of all services."""
        return " ".join([self.service.name, *self.named_by.values()])

    def naming(self, identity: Mapping[str, str]) -> Self:
        """Return the same request of the same model, with what was looked up to find it."""
        return replace(self, identity=identity)

    @property
    def named_by(self) -> dict[str, str]:
        """The fields that name the model, without those that only help to find it."""
        if self.is_open:
            return self.naming_fields
        return {field.name: self.identity[field.name] for field in self.service.required}

    @property
    def naming_fields(self) -> dict[str, str]:
        """The fields of an input that name the model."""
        return {**self.identity, **({VERSION.name: NEWEST} if self.newest else {})}

    @property
    def names(self) -> dict[str, str]:
        """Which model, in JSON: its service, its project, its version, and the input fields that name it."""
        return {"Service": self.service.name, "Project": self.project, "Version": self.version, **self.identity}

    @property
    def in_words(self) -> str:
        """The model at the beginning of a sentence."""
        return f"Model {self.project}/{self.version}"

    def when(self, moment: datetime) -> str:
        """Return a moment as people read it."""
        return when(moment, self.zone)

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Return an execution input that parses to the same request."""


@dataclass(frozen=True)
class Given:
    """The fields of an execution input, and what is wrong with them.

    `valid`: the values that are accepted, by name. `service`: None where not exactly one is named. `parent`: the
    execution that AWS names in a field of its own.
    """

    given: Mapping[str, Any]
    valid: Mapping[str, Any]
    service: Service | None
    violations: list[str]
    parent: str | None

    @property
    def identity(self) -> dict[str, str]:
        """The valid fields that name the model."""
        naming = [*self.service.required, *self.service.optional] if self.service else []
        return {field.name: self.valid[field.name] for field in naming if field.name in self.valid}

    @property
    def newest(self) -> bool:
        """Whether the newest version of a project is meant."""
        return VERSION.name in self.valid


def read_fields(
    execution_input: object,
    common: Sequence[Field],
    *,
    home: Home | None,
    start_options: bool = False,
    ours: bool = False,
) -> Given:
    """Check what an input says of the model, and the fields that its kind of execution has in `common`.

    A field that is `null` counts as absent, as EventBridge's input transformers send it, and fields that AWS reserves
    are none of ours. `home`: where the functions act; None where that is not known, as at synth. `start_options`:
    whether the services' fields for a start are fields here, too. `ours`: whether the app wrote the input, perhaps in a
    later release: if all that is known is valid, what is unknown is left out.

    Raises InvalidRequestError for what is not a JSON object.
    """
    if not isinstance(execution_input, dict):
        raise InvalidRequestError(
            f"The execution input must be a JSON object with the fields of one model, got {shown(execution_input)}."
        )
    given = {name: value for name, value in execution_input.items() if value is not None and not is_reserved(name)}
    parent = execution_input.get(PARENT.name)
    of = {service.name: _fields_of(service, start_options=start_options) for service in SERVICES}
    services = [service for service in SERVICES if any(field.name in given for field in of[service.name])]
    common = [*common, VERSION]
    known = [*(field for service in SERVICES for field in of[service.name]), *common]
    fields = [*common, *(field for service in services for field in of[service.name])]
    fields = [field for field in fields if field.name in given]
    valid = {field.name: given[field.name] for field in fields if field.accepts(given[field.name])}
    named = [field.name for service in services for field in of[service.name] if field.name in given]
    wrong = [field.violation(given[field.name]) for field in fields if field.name not in valid]
    missing = _missing_fields(given, services, named)
    if not ours and not missing:
        missing = _named_twice(given, services[0])
    unknown = [] if ours and not wrong and not missing else _unknown_fields(given, known)
    read = Given(
        given=given,
        valid=valid,
        service=services[0] if len(services) == 1 else None,
        violations=[*wrong, *unknown, *missing],
        parent=parent if PARENT.accepts(parent) else None,
    )
    needed = _needed(read.service, given, read.identity) if read.service else ()
    if read.service is not None and all(field.name in read.identity for field in needed):
        read.violations.extend(read.service.contradictions(read.identity, home))
    return read


def is_reserved(name: str) -> bool:
    """Tell whether it is AWS that gives an input the field of this name."""
    return name.startswith(_RESERVED)


def checked(read: Given) -> Service:
    """Return the service that is named, of an input with nothing wrong.

    Raises InvalidRequestError with one sentence that names every violation.
    """
    if read.violations or read.service is None:
        raise InvalidRequestError.of(read.violations)
    return read.service


def _fields_of(service: Service, *, start_options: bool) -> tuple[Field, ...]:
    return service.fields if start_options else service.required + service.optional


def _unknown_fields(given: Mapping[str, object], known: Iterable[Field]) -> list[str]:
    names = [field.name for field in known]
    return [f"{shown(name)} is unknown{_meant(name, names)}" for name in given if name not in names]


def _meant(name: str, names: Sequence[str]) -> str:
    """Return a hint: the field that is meant, however its letters are capitalized, or all that there are."""
    written = {each.lower(): each for each in names}
    # Seldom does anybody write a field that there is not.
    from difflib import get_close_matches

    meant = get_close_matches(name.lower()[:_LONGEST_NEAR], written, n=1, cutoff=_ALIKE)
    return f" (did you mean {written[meant[0]]}?)" if meant else f", known fields are {', '.join(names)}"


def _missing_fields(given: Mapping[str, object], services: Sequence[Service], named: Sequence[str]) -> list[str]:
    if len(services) > 1:
        return [f"{', '.join(named)} belong to {len(services)} services, give the fields of one"]
    if not services and VERSION.name in given:
        ways = " or ".join(service.project_field.name for service in SERVICES)
        return [f"no project is named, give {ways} with {VERSION.name}"]
    if not services:
        ways = ", or ".join(" and ".join(field.name for field in service.required) for service in SERVICES)
        return [f"no model is named, give {ways}"]
    return [
        f"{field.name} is missing (it must be {field.allowed})"
        for field in _needed(services[0], given, given)
        if field.name not in given
    ]


def _needed(service: Service, given: Mapping[str, object], named: Mapping[str, object]) -> Sequence[Field]:
    """Return the fields without which no model is named: of the newest version, its project is enough."""
    whole = VERSION.name not in given or all(field.name in named for field in service.required)
    return service.required if whole else (service.project_field,)


def _named_twice(given: Mapping[str, object], service: Service) -> list[str]:
    of_one = [field.name for field in service.required if field is not service.project_field and field.name in given]
    if VERSION.name not in given or not of_one:
        return []
    return [f"{VERSION.name} and {of_one[0]} both say which version is meant, give one of them"]
