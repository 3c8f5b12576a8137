"""What a service is to this app: how its models are named, what their statuses mean, and how each is asked for."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

from model_lifecycle.services.actions import Actions
from model_lifecycle.services.fields import Field
from model_lifecycle.vocabulary.foreign import shortened
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import StatusMeaning
from model_lifecycle.vocabulary.values import dataclass

Identity: TypeAlias = Mapping[str, str]
"""The input fields that name one model, by name, as the service spells them."""

InferenceUnits: TypeAlias = Mapping[str, int]
"""`MinInferenceUnits` and `MaxInferenceUnits`, as both services' start calls take them."""

# What a service says travels through every state, and no service bounds it.
_MOST_OF_A_STATUS = 100
_MOST_OF_A_MESSAGE = 1_000


@dataclass(frozen=True, kw_only=True)
class ModelDescription:
    """What the service says of a model. Units are None where it says nothing of them.

    `identity`: the fields that name the model, with what was looked up to find it; None where nothing was.
    """

    status: str
    status_message: str
    min_inference_units: int | None
    max_inference_units: int | None
    identity: Identity | None = None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "ModelDescription":
        """Read it from the part of an answer that describes a model: the services name these fields alike."""
        return cls(
            status=shortened(answer["Status"], _MOST_OF_A_STATUS),
            status_message=shortened(answer.get("StatusMessage") or "", _MOST_OF_A_MESSAGE),
            min_inference_units=answer.get("MinInferenceUnits"),
            max_inference_units=answer.get("MaxInferenceUnits"),
        )


class Listed(NamedTuple):
    """A model that a service lists: the input fields that name it, and the status that it had then.

    Units, and when it was made, are None where the list says nothing of them.
    """

    identity: dict[str, str]
    status: str
    min_inference_units: int | None = None
    max_inference_units: int | None = None
    created_at: datetime | None = None


@dataclass(frozen=True)
class Metric:
    """What CloudWatch measures of a running model: a datapoint a minute, with the inference units in service."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]


class Calls(Protocol):
    """Calls of a service's API, by the operations' own names. Both raise the errors of `vocabulary.errors`."""

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer."""
        ...

    def pages(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Return one answer after the other."""
        ...


class Service(ABC):
    """One service whose models bill while they run.

    `client`: its word in botocore. `service_models`: a folder as botocore's loader searches it, for a service that
    botocore does not know. `where_unreachable`: what people should know when no connection comes about; of a service
    whose endpoint may be gone for good. `watched_by_default`: whether it is watched where the settings do not say.
    `measured`: namespace and name of the metric of what runs, if there is one.
    `required` fields name a model, `optional` ones help to find it, `start_options` are of its start
    call. `project_arn`: the ARN that names one of its projects in the settings. `project_field`: the input field that
    names all models of one.
    `actions`: what IAM calls all this.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    client: ClassVar[str]
    service_models: ClassVar[Path | None] = None
    where_unreachable: ClassVar[str] = ""
    watched_by_default: ClassVar[bool] = True
    measured: ClassVar[tuple[str, str] | None] = None
    statuses: ClassVar[Mapping[str, StatusMeaning]]
    required: ClassVar[tuple[Field, ...]]
    optional: ClassVar[tuple[Field, ...]] = ()
    start_options: ClassVar[tuple[Field, ...]] = ()
    project_arn: ClassVar[Field]
    project_field: ClassVar[Field]
    actions: ClassVar[Actions]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every input field that only this service has."""
        return self.required + self.optional + self.start_options

    def owns(self, project_arn: str) -> bool:
        """Tell whether an ARN names a project of this service."""
        return project_arn.split(":")[2] == self.actions.namespace

    def is_open(self, identity: Identity) -> bool:
        """Tell whether only the project is named, of which some version is meant."""
        return any(field.name not in identity for field in self.required)

    @abstractmethod
    def contradictions(self, identity: Identity, home: Home | None) -> list[str]:
        """Return what no single field shows to be wrong. `home`: where the functions act, if that is known.

        Of an identity that is open, the project is given.
        """

    @abstractmethod
    def project(self, identity: Identity) -> str:
        """Return the name of the model's project."""

    def project_in(self, given: Mapping[str, object]) -> Identity | None:  # noqa: ARG002 - not every service can tell
        """Return as much of fields that may be wrong as `project` needs; None where no project can be read."""
        return None

    @abstractmethod
    def any_model_of(self, project: str) -> Identity:
        """Return a model of a project, as `project_field` names that. There need not be one of that name."""

    @abstractmethod
    def version(self, identity: Identity) -> str:
        """Return the name of the model's version within its project; `NEWEST` of an identity that is open."""

    def made(self, identity: Identity) -> int:  # noqa: ARG002 - what a service lists may tell when it was made
        """Return a number that is the higher the later a version of its project was made."""
        return 0

    def stop_command(self, identity: Identity) -> Sequence[str]:  # noqa: ARG002 - not every service has one
        """Return the words of the AWS CLI's command that stops the model, but for the Region; none where the CLI has
        none.
        """
        return ()

    def metric(self, identity: Identity) -> Metric | None:  # noqa: ARG002 - most services measure nothing
        """Return what CloudWatch measures of the model; None where the service measures nothing."""
        return None

    def located(self, identity: Identity, calls: Calls) -> Identity:  # noqa: ARG002 - most models are named in full
        """Return the same model, with what must be looked up before it can be described."""
        return identity

    def calls_of_a_look(self, identity: Identity) -> int:  # noqa: ARG002 - most models are named in full
        """Return how many calls it takes to see how a model is."""
        return 1

    @abstractmethod
    def describe(self, identity: Identity, calls: Calls) -> ModelDescription:
        """Tell how a located model is."""

    @abstractmethod
    def start(self, identity: Identity, units: InferenceUnits, client_token: str, calls: Calls) -> str:
        """Ask for the start, once; the status that the service answers when it accepts."""

    @abstractmethod
    def stop(self, identity: Identity, calls: Calls) -> str:
        """Ask for the stop, once; the status that the service answers when it accepts."""

    @abstractmethod
    def project_named(self, project_arn: str) -> str:
        """Return a project of the settings, as `projects` names it."""

    @abstractmethod
    def projects(self, calls: Calls) -> list[str]:
        """Return every project in this account and Region, as the service names them."""

    @abstractmethod
    def models(self, project: str, calls: Calls) -> Sequence[Listed]:
        """Return every model of one of them."""
