"""The scenario file: which models exist, how each behaves, and what goes wrong."""

import re
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_pascal
from pydantic_core import ErrorDetails, PydanticCustomError

from local.api import aws_api
from local.scenario.words import LOOKOUT, REKOGNITION, Words

ACCOUNT, REGION = "123456789012", "us-east-1"
_ERROR_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,127}")
_NAME = re.compile(r"[a-zA-Z0-9_.\-]{1,255}")
VERSION_ARN = re.compile(
    r"arn:[a-z\d-]+:rekognition:(?P<region>[a-z\d-]+):(?P<account>\d{12})"
    r":project/(?P<project>[a-zA-Z0-9_.\-]{1,255})/version/(?P<version>[a-zA-Z0-9_.\-]{1,255})/(?P<created>[0-9]+)"
)
PROJECT_ARN = re.compile(
    r"arn:[a-z\d-]+:rekognition:[a-z\d-]+:\d{12}:project/(?P<project>[a-zA-Z0-9_.\-]{1,255})/(?P<created>[0-9]+)"
)
PROJECT_OLDER_BY = 603_600_000
"""Milliseconds between a made-up project's creation and that of its version."""

EFFECTS = ("Timeout", "Refuse", "LoseAnswer", "KillBefore", "KillAfter")


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message has one line for each thing that is wrong."""


def _refuse(allowed: str) -> PydanticCustomError:
    return PydanticCustomError("scenario", "{allowed}", {"allowed": allowed})


def _one_of(allowed: tuple[str, ...], value: str) -> str:
    if value not in allowed:
        raise _refuse(f"one of {', '.join(allowed)}")
    return value


class Part(BaseModel):
    """A piece of a scenario: PascalCase names, exact types, no unknown field."""

    model_config = ConfigDict(
        alias_generator=to_pascal, extra="forbid", frozen=True, strict=True, allow_inf_nan=False, validate_default=False
    )


Seconds = Annotated[float, Field(ge=0, le=10**9)]
Units = Annotated[int, Field(ge=1)]


class Turn(Part):
    """What befalls a model, so many seconds after its first accepted start."""

    words: ClassVar[Words]

    after_seconds: Seconds
    status: str
    status_message: str | None = None

    @field_validator("status")
    @classmethod
    def _known(cls, status: str) -> str:
        return _one_of(cls.words.statuses, status)


class RekognitionTurn(Turn):
    """A turn in the words of Rekognition."""

    words = REKOGNITION


class LookoutTurn(Turn):
    """A turn in the words of Lookout for Vision."""

    words = LOOKOUT


class ModelScript(Part):
    """How one model behaves, whichever service it belongs to."""

    words: ClassVar[Words]

    status: str
    status_message: str = ""
    start_seconds: Seconds = 5
    start_ends_in: str
    stop_seconds: Seconds = 2
    then: tuple[Turn, ...] = ()
    min_inference_units: Units = 1
    max_inference_units: Units | None = None

    @field_validator("status")
    @classmethod
    def _known(cls, status: str) -> str:
        return _one_of(cls.words.statuses, status)

    @field_validator("start_ends_in")
    @classmethod
    def _an_ending(cls, status: str) -> str:
        return _one_of(cls.words.start_endings, status)

    @property
    def has_run_for(self) -> timedelta:
        """For how long it runs already as the scenario begins."""
        return timedelta(0)

    @property
    def turns(self) -> list[Turn]:
        """What befalls it, earliest first."""
        return sorted(self.then, key=lambda turn: turn.after_seconds)

    @model_validator(mode="after")
    def _units_in_order(self) -> Self:
        if self.max_inference_units is not None and self.max_inference_units < self.min_inference_units:
            raise _refuse(f"a model with MaxInferenceUnits of at least MinInferenceUnits ({self.min_inference_units})")
        return self


def _version_arn(arn: str) -> str:
    if not VERSION_ARN.fullmatch(arn):
        raise _refuse(
            "a model version's ARN, arn:aws:rekognition:<region>:<account>:project/<name>/version/<name>/<number>"
        )
    if not arn.startswith(f"arn:aws:rekognition:{REGION}:{ACCOUNT}:"):
        raise _refuse(f"an ARN of this AWS, arn:aws:rekognition:{REGION}:{ACCOUNT}:...")
    return arn


def _project_arn(arn: str) -> str:
    if not PROJECT_ARN.fullmatch(arn):
        raise _refuse("a project's ARN, arn:aws:rekognition:<region>:<account>:project/<name>/<number>")
    return arn


class RekognitionModel(ModelScript):
    """A model version of Rekognition Custom Labels.

    One that is RUNNING may have been so for `running_for_seconds` before the scenario begins.
    """

    words = REKOGNITION

    project_version_arn: Annotated[str, AfterValidator(_version_arn)]
    project_arn: Annotated[str | None, AfterValidator(lambda arn: arn if arn is None else _project_arn(arn))] = None
    status: str = REKOGNITION.stopped
    start_ends_in: str = REKOGNITION.running
    then: tuple[RekognitionTurn, ...] = Field(default=(), strict=False)
    running_for_seconds: Seconds = 0

    @property
    def has_run_for(self) -> timedelta:
        """For how long it runs already as the scenario begins."""
        return timedelta(seconds=self.running_for_seconds)

    @property
    def identity(self) -> str:
        """What makes two models the same."""
        return self.project_version_arn

    @property
    def project_of_it(self) -> str:
        """The ARN of its project; made up, with another number than the version's, if the scenario has none."""
        if self.project_arn is not None:
            return self.project_arn
        head, _, tail = self.project_version_arn.partition("/version/")
        created = int(tail.rpartition("/")[2])
        return f"{head}/{created - PROJECT_OLDER_BY if created > PROJECT_OLDER_BY else created + 1}"

    @model_validator(mode="after")
    def _runs_already(self) -> Self:
        if self.running_for_seconds and self.status != REKOGNITION.running:
            raise _refuse(f"a model with RunningForSeconds only if its Status is {REKOGNITION.running}")
        return self

    @model_validator(mode="after")
    def _of_its_project(self) -> Self:
        if self.project_arn is not None:
            mine = self.project_version_arn.partition("/version/")[0]
            if self.project_arn.rpartition("/")[0] != mine:
                raise _refuse(f"a model whose ProjectArn begins with {mine}/, as its ProjectVersionArn does")
        return self


class LookoutModel(ModelScript):
    """A model of Lookout for Vision."""

    words = LOOKOUT

    project_name: Annotated[str, Field(pattern=r"\A[a-zA-Z0-9][a-zA-Z0-9_\-]*\z", max_length=255)]
    model_version: Annotated[str, Field(pattern=r"\A[1-9][0-9]*\z", max_length=10)]
    status: str = LOOKOUT.stopped
    start_ends_in: str = LOOKOUT.running
    then: tuple[LookoutTurn, ...] = Field(default=(), strict=False)

    @property
    def identity(self) -> str:
        """What makes two models the same."""
        return f"{self.project_name}/{self.model_version}"


def _service_of(model: Any) -> str:
    if isinstance(model, dict):
        is_lookout = "ProjectName" in model or "ModelVersion" in model
        return "lookout" if is_lookout else "rekognition"
    return "lookout" if isinstance(model, LookoutModel) else "rekognition"


AnyModel = Annotated[
    Annotated[RekognitionModel, Tag("rekognition")] | Annotated[LookoutModel, Tag("lookout")],
    Discriminator(_service_of),
]


class Fault(Part):
    """What goes wrong with calls number `after` + 1 to `after` + `times` of those it is about.

    It is about an operation, with `caller` only about calls of the functions whose name contains that, and with `model`
    only about calls with that name of a project or a version, alone or in an ARN, anywhere in their parameters.
    """

    operation: str
    error: str | None = None
    effect: Literal["Timeout", "Refuse", "LoseAnswer", "KillBefore", "KillAfter"] | None = None
    after: Annotated[int, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=1)] | None = None
    caller: Annotated[str, Field(min_length=1)] | None = None
    model: str | None = None

    def is_about(self, operation: str, caller: str, parameters: Any) -> bool:
        """Tell whether a call counts for it."""
        return (
            operation == self.operation
            and (self.caller is None or self.caller in caller)
            and (self.model is None or _names(parameters, _whole(self.model)))
        )

    @field_validator("model")
    @classmethod
    def _a_name(cls, model: str | None) -> str | None:
        if model is not None and not _NAME.fullmatch(model):
            raise _refuse("the name of a project or a version, such as parts.2026")
        return model

    @field_validator("operation")
    @classmethod
    def _known(cls, operation: str) -> str:
        if operation not in aws_api.operations():
            raise _refuse(f"an operation of {', '.join(aws_api.SERVICES)}, such as StartProjectVersion")
        return operation

    @field_validator("error")
    @classmethod
    def _a_code(cls, error: str | None) -> str | None:
        # Not only what the operation documents: a service may answer what nobody has heard of.
        if error is not None and not _ERROR_CODE.fullmatch(error):
            raise _refuse("an error code, such as ThrottlingException")
        return error

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.error is None) == (self.effect is None):
            raise _refuse(f"a fault with either Error (an error code) or Effect ({', '.join(EFFECTS)})")
        return self


@cache
def _whole(name: str) -> re.Pattern[str]:
    """Find a name that is not a part of a longer one."""
    return re.compile(rf"(?<![a-zA-Z0-9_.\-]){re.escape(name)}(?![a-zA-Z0-9_.\-])")


def _names(value: Any, name: re.Pattern[str]) -> bool:
    match value:
        case str():
            return name.search(value) is not None
        case bytes():
            return _names(value.decode(errors="replace"), name)
        case dict():
            return any(_names(inner, name) for inner in value.values())
        case list():
            return any(_names(inner, name) for inner in value)
    return False


End = Literal["NoSuchHost", "ConnectionRefused", "NoAnswer", 403, 404, 410, 503]
"""What a client meets where a service was: a statement of its name server, its connection, its patience, or HTTP."""


class Quotas(Part):
    """What the account may do at a time; each default is AWS's.

    `running_models` of each vision service, `inference_units` of one model, `calls_per_second` of each operation of a
    vision service, and `concurrent_executions` of all functions together.
    """

    running_models: Annotated[int, Field(ge=0)] = 2
    inference_units: Units = 5
    calls_per_second: Annotated[int, Field(ge=1)] = 5
    concurrent_executions: Annotated[int, Field(ge=1)] = 1_000


class Scenario(Part):
    """The models of the local AWS, and what goes wrong there.

    `quotas`: what the account may do; more models than that may run already. `lookout_vision_end`: how the end of
    Amazon Lookout for Vision looks; without one it lives.
    """

    quotas: Quotas = Quotas()
    lookout_vision_end: End | None = None
    models: tuple[AnyModel, ...] = Field(default=(), strict=False)
    faults: tuple[Fault, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _no_duplicates(self) -> Self:
        twice = [identity for identity, count in Counter(model.identity for model in self.models).items() if count > 1]
        if twice:
            raise _refuse(f"a scenario that names each model once, not {', '.join(twice)} again")
        return self

    @property
    def rekognition_models(self) -> list[RekognitionModel]:
        """Those of Rekognition Custom Labels."""
        return [model for model in self.models if isinstance(model, RekognitionModel)]

    @property
    def lookout_models(self) -> list[LookoutModel]:
        """Those of Lookout for Vision."""
        return [model for model in self.models if isinstance(model, LookoutModel)]

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """Read a scenario file.

        Raises `ScenarioError` when there is no such file, when it is not JSON or when something in it is not allowed.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise ScenarioError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ScenarioError(f"{path} cannot be read: it is not UTF-8.") from error
        return cls.parse(text, name=str(path))

    @classmethod
    def parse(cls, text: str, *, name: str = "the scenario") -> Self:
        """Turn a scenario's JSON into a `Scenario`.

        Raises `ScenarioError`.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            lines = "\n".join(f"  {_line(details)}" for details in error.errors(include_url=False))
            raise ScenarioError(f"{name} is not a scenario:\n{lines}") from error


def _line(error: ErrorDetails) -> str:
    where = _path(error["loc"])
    match error["type"]:
        case "json_invalid":
            return f"it is not JSON: {error['ctx']['error']}"
        case "missing":
            return f"{where} is missing"
        case "extra_forbidden":
            return f"{where} is not a field of a scenario"
        case "scenario":
            allowed = error["msg"]
        case _:
            allowed = error["msg"].removeprefix("Input should be ").removeprefix("Value should be ")
    return f"{where} must be {allowed}, got {_shown(error['input'])}"


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step not in ("rekognition", "lookout"):
            path += f".{step}" if path else step
    return path or "it"


def _shown(value: Any) -> str:
    shown = value.model_dump_json(by_alias=True, exclude_defaults=True) if isinstance(value, Part) else repr(value)
    return shown if len(shown) <= 200 else f"{shown[:200]}..."
