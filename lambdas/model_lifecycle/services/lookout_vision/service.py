"""Amazon Lookout for Vision: how a model is named, asked for and permitted.

AWS ended the service on 2025-10-31. Names and tokens are checked by the shapes of the service model beside this file.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from model_lifecycle.services.actions import Actions
from model_lifecycle.services.fields import NEWEST, Field, text
from model_lifecycle.services.lookout_vision.statuses import STATUSES
from model_lifecycle.services.service import Calls, Identity, InferenceUnits, Listed, ModelDescription, Service
from model_lifecycle.vocabulary.home import Home

SERVICE_MODELS = Path(__file__).parent / "service_models"

_SHAPES: dict[str, Any] = json.loads(
    (SERVICE_MODELS / "lookoutvision" / "2020-11-20" / "service-2.json").read_text(encoding="utf-8")
)["shapes"]
_LATEST = "latest"


def _field(shape_name: str, in_words: str) -> Field:
    shape = _SHAPES[shape_name]
    shortest, longest = shape["min"], shape["max"]
    allowed = f"{in_words}, a string of {shortest} to {longest} characters"
    return text(shape_name, shape["pattern"], characters=(shortest, longest), allowed=allowed)


def _models_of(project_arn: str) -> str:
    """`project/NAME` -> `model/NAME/VERSION`."""
    head, name = project_arn.rsplit(":project/", 1)
    return f"{head}:model/{name}/*"


class LookoutVision(Service):
    """A model is a version of a project's model. Its client is botocore's, from the service model in this package."""

    name = "LookoutVision"
    title = "Amazon Lookout for Vision"
    client = "lookoutvision"
    service_models = SERVICE_MODELS
    where_unreachable = (
        "AWS ended Amazon Lookout for Vision on 2025-10-31; only an endpoint that speaks its API can be reached."
    )
    watched_by_default = False
    statuses = STATUSES
    required = (
        _field("ProjectName", "a name of letters, digits, _ and -"),
        _field("ModelVersion", 'a version\'s number, such as "1"'),
    )
    project_field = required[0]
    start_options = (_field("ClientToken", "letters, digits and -"),)
    project_arn = text(
        "ProjectArn",
        r"arn:[a-z0-9-]+:lookoutvision:[a-z0-9-]+:[0-9]{12}:project/[a-zA-Z0-9][a-zA-Z0-9_-]*",
        characters=(20, 2048),
        allowed="a project's ARN, arn:aws:lookoutvision:REGION:ACCOUNT:project/NAME",
    )
    actions: ClassVar[Actions] = Actions(
        namespace="lookoutvision",
        every_project="project/*",
        look="DescribeModel",
        looks_at=_models_of,
        start="StartModel",
        stop="StopModel",
        changes=_models_of,
        list_without_resource=("ListModels", "ListProjects"),
        list_models="ListModels",
    )

    def contradictions(self, identity: Identity, _: Home | None) -> list[str]:
        if identity.get("ModelVersion") == _LATEST:
            # What it names can change between the start and the stop.
            meant = f'did you mean "Version": "{NEWEST}"?'
            return [f'ModelVersion must be the number of a version, got "{_LATEST}", which is ambiguous ({meant})']
        return []

    def project(self, identity: Identity) -> str:
        return identity["ProjectName"]

    def project_in(self, given: Mapping[str, object]) -> Identity | None:
        project, _ = self.required
        name = given.get(project.name)
        return {project.name: str(name)} if project.accepts(name) else None

    def any_model_of(self, project: str) -> Identity:
        return {"ProjectName": project, "ModelVersion": "1"}

    def version(self, identity: Identity) -> str:
        return identity.get("ModelVersion", NEWEST)

    def made(self, identity: Identity) -> int:
        return int(identity["ModelVersion"])

    def describe(self, identity: Identity, calls: Calls) -> ModelDescription:
        return ModelDescription.of(calls.call("DescribeModel", **identity)["ModelDescription"])

    def start(self, identity: Identity, units: InferenceUnits, client_token: str, calls: Calls) -> str:
        return str(calls.call("StartModel", **identity, **units, ClientToken=client_token)["Status"])

    def stop(self, identity: Identity, calls: Calls) -> str:
        # Without a token: one would make a later stop of the same model repeat this one's answer.
        return str(calls.call("StopModel", **identity)["Status"])

    def project_named(self, project_arn: str) -> str:
        return project_arn.rpartition("/")[2]

    def projects(self, calls: Calls) -> list[str]:
        return [project["ProjectName"] for page in calls.pages("ListProjects") for project in page["Projects"]]

    def models(self, project: str, calls: Calls) -> Sequence[Listed]:
        return [
            Listed(
                {"ProjectName": project, "ModelVersion": model["ModelVersion"]},
                model["Status"],
                created_at=model.get("CreationTimestamp"),
            )
            for page in calls.pages("ListModels", ProjectName=project)
            for model in page["Models"]
        ]


LOOKOUT_VISION = LookoutVision()
