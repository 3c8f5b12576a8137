"""Lookout for Vision, as a service of its own among moto's."""

import json
import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.request import Request

from local.account import Account
from local.api import aws_api, parameters
from local.api.errors import AwsError, answer
from local.api.pages import page_of
from local.clock.clock import Clock
from local.scenario.scenario import LookoutModel, Scenario
from local.vision.model_life import Condition
from local.vision.models import Known, Models, NotNowError, QuotaError, UnknownModelError
from local.vision.throttle import Throttle

TOKEN_LIFE = timedelta(hours=8)
"""How long a client token is remembered (API reference of StartModel)."""

FIRST_MADE = 1_767_603_600

_MODEL_PATH = r"/2020-11-20/projects/(?P<ProjectName>[^/]*)/models/(?P<ModelVersion>[^/]*)"
_MODELS_PATH = r"/2020-11-20/projects/(?P<ProjectName>[^/]*)/models"
_PROJECTS_PATH = r"/2020-11-20/projects"
_OPERATIONS = {("GET", ""): "DescribeModel", ("POST", "/start"): "StartModel", ("POST", "/stop"): "StopModel"}
_URL_BASE = r"https?://lookoutvision\.(.+)\.amazonaws\.com"

HttpResult = tuple[int, dict[str, str], str | bytes]


@dataclass(frozen=True)
class _Kept:
    """The answer to the first call with a client token."""

    asked: dict[str, Any]
    answer: dict[str, Any]
    until: datetime


class LookoutVisionService:
    """The operations on models: parameters by the model's names in, the answer as JSON out."""

    def __init__(self, clock: Clock, *, region: str, account: str) -> None:
        self._clock = clock
        self._arns = f"arn:aws:lookoutvision:{region}:{account}"
        self._models: Models[LookoutModel] = Models(clock)
        self.throttle = Throttle(clock)
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], _Kept] = {}

    def load(self, scenario: Scenario) -> None:
        """Replace all models by those of a scenario, and forget the client tokens."""
        with self._lock:
            self._kept.clear()
            self._models.load(((script.identity, script) for script in scenario.lookout_models), scenario.quotas)
            self.throttle.load(scenario.quotas)

    def describe_model(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Tell how a model is."""
        known = self._known(asked)
        condition = known.condition
        units = {"MinInferenceUnits": condition.min_units, "MaxInferenceUnits": condition.max_units}
        return {
            "ModelDescription": {
                "ModelVersion": known.script.model_version,
                "ModelArn": f"{self._arns}:model/{known.script.identity}",
                "Status": condition.status,
                "StatusMessage": condition.message,
                **{name: value for name, value in units.items() if value is not None},
            }
        }

    def list_models(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Tell how every model of a project is."""
        found = [known for known in self._models.all() if known.script.project_name == asked["ProjectName"]]
        if not found:
            raise AwsError(
                "ResourceNotFoundException",
                f"The project {asked['ProjectName']} does not exist.",
                ResourceId=asked["ProjectName"],
                ResourceType="PROJECT",
            )
        page, token = page_of(found, asked, error="ValidationException")
        models = [
            {
                "ModelVersion": known.script.model_version,
                "ModelArn": f"{self._arns}:model/{known.script.identity}",
                "Status": known.condition.status,
                "StatusMessage": known.condition.message,
                "CreationTimestamp": _created(known.script),
            }
            for known in page
        ]
        return {"Models": models, **token}

    def list_projects(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Name the projects that the models belong to."""
        names = list(dict.fromkeys(known.script.project_name for known in self._models.all()))
        page, token = page_of(names, asked, error="ValidationException")
        return {
            "Projects": [{"ProjectArn": f"{self._arns}:project/{name}", "ProjectName": name} for name in page],
            **token,
        }

    def start_model(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Start a model."""
        least, most = asked["MinInferenceUnits"], asked.get("MaxInferenceUnits")
        if most is not None and most < least:
            raise AwsError("ValidationException", "MaxInferenceUnits is less than MinInferenceUnits.")
        return self._once(
            "StartModel",
            asked,
            lambda identity: self._models.start(identity, min_units=least, max_units=most),
        )

    def stop_model(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Stop a model."""
        return self._once("StopModel", asked, self._models.stop)

    def _once(self, operation: str, asked: dict[str, Any], change: Callable[[str], Condition]) -> dict[str, Any]:
        """Do what is asked, or give the answer that the same client token got before."""
        asked = dict(asked)
        token = asked.pop("ClientToken", None)
        with self._lock:
            now = self._clock.now()
            kept = self._kept.get((operation, token)) if token else None
            if kept is not None and now < kept.until:
                if kept.asked != asked:
                    raise AwsError(
                        "ConflictException",
                        f"The client token {token} was used with other parameters.",
                        ResourceId=_identity(asked),
                        ResourceType="MODEL",
                    )
                return kept.answer
            result = {"Status": self._changed(asked, change).status}
            if token:
                self._kept[operation, token] = _Kept(asked, result, now + TOKEN_LIFE)
            return result

    def _changed(self, asked: dict[str, Any], change: Callable[[str], Condition]) -> Condition:
        script = self._known(asked).script
        try:
            return change(script.identity)
        except NotNowError as error:
            raise AwsError(
                "ConflictException",
                f"The model {script.identity} is in the state {error.condition.status}.",
                ResourceId=script.identity,
                ResourceType="MODEL",
            ) from error
        except QuotaError as error:
            raise AwsError(
                "ServiceQuotaExceededException",
                str(error),
                ResourceId=script.identity,
                ResourceType="MODEL",
                QuotaCode="L-RUNNING-MODELS",
                ServiceCode="lookoutvision",
            ) from error

    def _known(self, asked: dict[str, Any]) -> Known[LookoutModel]:
        project, version = asked["ProjectName"], asked["ModelVersion"]
        if version == "latest":
            version = max(
                (known.script.model_version for known in self._models.all() if known.script.project_name == project),
                key=int,
                default=version,
            )
        try:
            return self._models.get(f"{project}/{version}")
        except UnknownModelError as error:
            raise AwsError(
                "ResourceNotFoundException",
                f"The model {_identity(asked)} does not exist.",
                ResourceId=_identity(asked),
                ResourceType="MODEL",
            ) from error


def _created(script: LookoutModel) -> int:
    """Return when a version was made, in seconds of Unix time: each an hour after the one before."""
    return FIRST_MADE + 3_600 * int(script.model_version)


class LookoutVisionBackend(BaseBackend):  # type: ignore[misc]
    """What moto needs to serve the operations: the addresses."""

    service: ClassVar[LookoutVisionService]

    @property
    def _url_module(self) -> Any:
        paths = (_PROJECTS_PATH, _MODELS_PATH, _MODEL_PATH, f"{_MODEL_PATH}/start", f"{_MODEL_PATH}/stop")
        return SimpleNamespace(url_bases=[_URL_BASE], url_paths={"{0}" + path + "$": serve for path in paths})


lookoutvision_backends = BackendDict(
    LookoutVisionBackend, "lookoutvision", use_boto3_regions=False, additional_regions=["us-east-1"]
)
"""moto looks for this name in the module of a service."""


def serve(request: Request, _: str, headers: Mapping[str, str]) -> HttpResult:
    """Answer a request in REST-JSON."""
    called = _called(request)
    if called is None:
        return 404, {"x-amzn-ErrorType": "UnknownOperationException"}, "{}"
    operation, asked = called
    model = aws_api.operation_model("lookoutvision", operation)
    service = LookoutVisionBackend.service
    acts = {
        "DescribeModel": service.describe_model,
        "ListModels": service.list_models,
        "ListProjects": service.list_projects,
        "StartModel": service.start_model,
        "StopModel": service.stop_model,
    }
    try:
        if operation == "StartModel":
            asked = {**_body(request.get_data()), **asked}
        if operation in ("StartModel", "StopModel"):
            asked["ClientToken"] = {name.lower(): value for name, value in headers.items()}.get("x-amzn-client-token")
        checked = parameters.check(asked, model.input_shape)
        service.throttle.count(operation)
        document = acts[operation](checked)
    except AwsError as error:
        if error.code == "SerializationException":
            error = AwsError("ValidationException", error.message)
        refused = answer(error, model.service_model, "rest-json")
        return refused.status, refused.headers, refused.body
    status = model.http.get("responseCode", 200)
    return status, {"Content-Type": "application/json"}, json.dumps(document)


def _called(request: Request) -> tuple[str, dict[str, Any]] | None:
    """Tell the operation of a request, and the parameters in its address."""
    if match := re.fullmatch(f"{_MODEL_PATH}(?P<verb>/start|/stop|)", request.path):
        operation = _OPERATIONS.get((request.method, match["verb"]))
        names = {"ProjectName": match["ProjectName"], "ModelVersion": match["ModelVersion"]}
        return (operation, names) if operation else None
    if request.method != "GET":
        return None
    if match := re.fullmatch(_MODELS_PATH, request.path):
        return "ListModels", {"ProjectName": match["ProjectName"], **_paging(request)}
    if re.fullmatch(_PROJECTS_PATH, request.path):
        return "ListProjects", _paging(request)
    return None


def _paging(request: Request) -> dict[str, Any]:
    size = request.args.get("maxResults", "")
    return {
        "NextToken": request.args.get("nextToken"),
        "MaxResults": int(size) if size.isdecimal() else size or None,
    }


def install(aws: Account) -> LookoutVisionService:
    """Let a local AWS serve Lookout for Vision; there is no model before `load`."""
    service = LookoutVisionService(aws.clock, region=aws.region, account=aws.account_id)
    aws.replace(LookoutVisionBackend, "service", service)
    aws.replace_item(sys.modules, "moto.lookoutvision", sys.modules[__name__])
    pattern = ("lookoutvision", re.compile(_URL_BASE))
    backend_index.backend_url_patterns.append(pattern)
    aws.on_close(lambda: backend_index.backend_url_patterns.remove(pattern))
    return service


def _body(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data or b"{}")
    except ValueError as error:
        raise AwsError("ValidationException", f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise AwsError("ValidationException", "The body is not a JSON object.")
    return body


def _identity(asked: dict[str, Any]) -> str:
    return f"{asked['ProjectName']}/{asked['ModelVersion']}"
