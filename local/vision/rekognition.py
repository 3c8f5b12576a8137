"""Rekognition Custom Labels: moto's Rekognition, with model versions whose status changes."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from moto.core.common_types import TYPE_RESPONSE
from moto.rekognition import urls
from moto.rekognition.responses import RekognitionResponse

from local.account import Account
from local.api import aws_api, parameters
from local.api.errors import AwsError, answer
from local.api.pages import page_of
from local.scenario.scenario import VERSION_ARN, RekognitionModel, Scenario
from local.vision.model_life import Condition, Run
from local.vision.models import Known, Models, NotNowError, QuotaError, UnknownModelError
from local.vision.throttle import Throttle


class RekognitionService:
    """The operations on projects and model versions: parameters as JSON in, the answer as JSON out."""

    def __init__(self, models: Models[RekognitionModel], throttle: Throttle) -> None:
        self._models = models
        self.throttle = throttle

    def load(self, scenario: Scenario) -> None:
        """Replace all model versions by those of a scenario."""
        self._models.load(((script.identity, script) for script in scenario.rekognition_models), scenario.quotas)
        self.throttle.load(scenario.quotas)

    def start_project_version(self, asked: dict[str, Any], region: str) -> dict[str, Any]:
        """Start a model version."""
        arn, least, most = asked["ProjectVersionArn"], asked["MinInferenceUnits"], asked.get("MaxInferenceUnits")
        if most is not None and most < least:
            raise AwsError("InvalidParameterException", "MaxInferenceUnits is less than MinInferenceUnits.")
        condition = self._changed(
            arn, region, lambda: self._models.start(arn, min_units=least, max_units=most), verb="started"
        )
        return {"Status": condition.status}

    def stop_project_version(self, asked: dict[str, Any], region: str) -> dict[str, Any]:
        """Stop a model version."""
        arn = asked["ProjectVersionArn"]
        return {"Status": self._changed(arn, region, lambda: self._models.stop(arn), verb="stopped").status}

    def describe_project_versions(self, asked: dict[str, Any], region: str) -> dict[str, Any]:
        """Describe a project's versions, those of some names or all; a name that it does not have is left out."""
        project, names = asked["ProjectArn"], asked.get("VersionNames")
        versions = [known for known in self._in(region) if known.script.project_of_it == project]
        if not versions:
            raise AwsError("ResourceNotFoundException", f"The project {project} does not exist.")
        wanted = [known for known in versions if names is None or _part(known, "version") in names]
        wanted.sort(key=lambda known: int(_part(known, "created")), reverse=True)
        page, token = page_of(wanted, asked)
        return {"ProjectVersionDescriptions": [_described(known) for known in page], **token}

    def describe_projects(self, asked: dict[str, Any], region: str) -> dict[str, Any]:
        """Describe the projects that the models belong to, those of some names or all."""
        names = asked.get("ProjectNames")
        projects = {
            known.script.project_of_it: _part(known, "project")
            for known in self._in(region)
            if names is None or _part(known, "project") in names
        }
        page, token = page_of(list(projects), asked)
        descriptions = [
            {
                "ProjectArn": arn,
                "CreationTimestamp": int(arn.rpartition("/")[2]) / 1000,
                "Status": "CREATED",
                "Datasets": [],
                "Feature": "CUSTOM_LABELS",
            }
            for arn in page
        ]
        return {"ProjectDescriptions": descriptions, **token}

    def runs(self, region: str) -> Iterator[tuple[dict[str, str], list[Run]]]:
        """Yield when each model version of a region ran, by the dimensions of its metrics."""
        for script, runs in self._models.runs():
            match = _parts(script)
            if match["region"] == region:
                yield {"ProjectName": match["project"], "VersionName": match["version"]}, runs

    def _in(self, region: str) -> list[Known[RekognitionModel]]:
        return [known for known in self._models.all() if _part(known, "region") == region]

    def _changed(self, arn: str, region: str, change: Callable[[], Condition], *, verb: str) -> Condition:
        unknown = AwsError("ResourceNotFoundException", f"The model version {arn} does not exist.")
        if f":rekognition:{region}:" not in arn:
            raise unknown
        try:
            return change()
        except UnknownModelError as error:
            raise unknown from error
        except NotNowError as error:
            message = f"The model {arn} is in the state {error.condition.status} and cannot be {verb}."
            raise AwsError("ResourceInUseException", message) from error
        except QuotaError as error:
            raise AwsError("LimitExceededException", str(error)) from error


class LocalRekognitionResponse(RekognitionResponse):  # type: ignore[misc]
    """moto's Rekognition, and what it lacks."""

    service: ClassVar[RekognitionService]

    def start_project_version(self) -> TYPE_RESPONSE:
        return self._answer("StartProjectVersion", self.service.start_project_version)

    def stop_project_version(self) -> TYPE_RESPONSE:
        return self._answer("StopProjectVersion", self.service.stop_project_version)

    def describe_project_versions(self) -> TYPE_RESPONSE:
        return self._answer("DescribeProjectVersions", self.service.describe_project_versions)

    def describe_projects(self) -> TYPE_RESPONSE:
        return self._answer("DescribeProjects", self.service.describe_projects)

    def _answer(self, operation: str, act: Callable[[dict[str, Any], str], dict[str, Any]]) -> TYPE_RESPONSE:
        model = aws_api.operation_model("rekognition", operation)
        try:
            asked = parameters.check(_json(self.body), model.input_shape)
            self.service.throttle.count(operation)
            document = act(asked, self.region)
        except AwsError as error:
            refused = answer(error, model.service_model, "json")
            # moto reads the status from the headers.
            return refused.status, {**refused.headers, "status": str(refused.status)}, refused.body
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(document)


def install(aws: Account) -> RekognitionService:
    """Let a local AWS serve model versions; there is none before `load`."""
    service = RekognitionService(Models(aws.clock), Throttle(aws.clock))
    aws.replace(LocalRekognitionResponse, "service", service)
    aws.replace_item(urls.url_paths, "{0}/$", LocalRekognitionResponse.dispatch)
    return service


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise AwsError("SerializationException", f"The body is not JSON: {error}") from error


def _part(known: Known[RekognitionModel], name: str) -> str:
    return _parts(known.script)[name]


def _parts(script: RekognitionModel) -> re.Match[str]:
    match = VERSION_ARN.fullmatch(script.project_version_arn)
    if match is None:
        raise ValueError(f"{script.project_version_arn} is not an ARN of a version")
    return match


def _described(known: Known[RekognitionModel]) -> dict[str, Any]:
    condition = known.condition
    units = {"MinInferenceUnits": condition.min_units, "MaxInferenceUnits": condition.max_units}
    return {
        "ProjectVersionArn": known.script.project_version_arn,
        "CreationTimestamp": int(_part(known, "created")) / 1000,
        "Status": condition.status,
        "StatusMessage": condition.message,
        "Feature": "CUSTOM_LABELS",
        **{name: value for name, value in units.items() if value is not None},
    }
