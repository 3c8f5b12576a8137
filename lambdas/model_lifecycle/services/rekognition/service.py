"""Amazon Rekognition Custom Labels: how a model version is named, asked for, measured and permitted."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from model_lifecycle.services.actions import Actions
from model_lifecycle.services.fields import NEWEST, text
from model_lifecycle.services.rekognition.statuses import STATUSES
from model_lifecycle.services.service import (
    Calls,
    Identity,
    InferenceUnits,
    Listed,
    Metric,
    ModelDescription,
    Service,
)
from model_lifecycle.vocabulary.errors import ModelNotFoundError
from model_lifecycle.vocabulary.home import Home

_PROJECT = r"arn:[a-z\d-]+:rekognition:[a-z\d-]+:\d{12}:project/[a-zA-Z0-9_.\-]{1,255}"
_NUMBER = r"[0-9]+"
_PROJECT_IN = re.compile(rf"\s{{0,9}}{_PROJECT}(?=/|\s*$)")
_VERSION_ARN = text(
    "ProjectVersionArn",
    rf"{_PROJECT}/version/[a-zA-Z0-9_.\-]{{1,255}}/{_NUMBER}",
    characters=(20, 2048),
    allowed="a model version's ARN, arn:aws:rekognition:REGION:ACCOUNT:project/NAME/version/VERSION/NUMBER",
)
_PROJECT_ARN = text(
    "ProjectArn",
    rf"{_PROJECT}/{_NUMBER}",
    characters=(20, 2048),
    allowed="a project's ARN, arn:aws:rekognition:REGION:ACCOUNT:project/NAME/NUMBER",
)


def project_name(arn: str) -> str:
    """Return NAME of `...:project/NAME/EPOCH` and of `...:project/NAME/version/VERSION/EPOCH`."""
    return arn.split("/")[1]


def version_name(project_version_arn: str) -> str:
    """Return VERSION of `...:project/NAME/version/VERSION/EPOCH`."""
    return project_version_arn.split("/")[3]


class Rekognition(Service):
    """A model is a model version of a Custom Labels project."""

    name = "Rekognition"
    title = "Amazon Rekognition Custom Labels"
    client = "rekognition"
    measured = ("AWS/Rekognition", "InServiceInferenceUnits")
    statuses = STATUSES
    required = (_VERSION_ARN,)
    optional = (_PROJECT_ARN,)
    project_arn = _PROJECT_ARN
    project_field = _PROJECT_ARN
    actions: ClassVar[Actions] = Actions(
        namespace="rekognition",
        every_project="project/*/*",
        look="DescribeProjectVersions",
        looks_at=lambda project: project,
        start="StartProjectVersion",
        stop="StopProjectVersion",
        changes=lambda project: f"{project.rsplit('/', 1)[0]}/version/*/*",
        look_without_resource=("DescribeProjects",),
    )

    def contradictions(self, identity: Identity, home: Home | None) -> list[str]:
        project = identity.get("ProjectArn")
        version = identity.get("ProjectVersionArn", project)
        named = self.required[0] if version != project else _PROJECT_ARN
        found = []
        if version is not None and home is not None and Home.of(version) != home:
            found.append(f"{named.name} must be of {home}, where the app runs, got one of {Home.of(version)}")
        if version is not None and project is not None and _whose(project) != _whose(version):
            found.append(f"ProjectArn must be the ARN of the project that ProjectVersionArn belongs to, got {project}")
        return found

    def project(self, identity: Identity) -> str:
        return project_name(identity.get("ProjectVersionArn") or identity["ProjectArn"])

    def project_in(self, given: Mapping[str, object]) -> Identity | None:
        for field in self.fields:
            arn = given.get(field.name)
            if isinstance(arn, str) and (found := _PROJECT_IN.match(arn)):
                return {_VERSION_ARN.name: found[0]}
        return None

    def any_model_of(self, project: str) -> Identity:
        return {_VERSION_ARN.name: f"{project.rpartition('/')[0]}/version/any/0", _PROJECT_ARN.name: project}

    def version(self, identity: Identity) -> str:
        return NEWEST if self.is_open(identity) else version_name(identity["ProjectVersionArn"])

    def made(self, identity: Identity) -> int:
        return int(identity["ProjectVersionArn"].rpartition("/")[2])

    def stop_command(self, identity: Identity) -> Sequence[str]:
        return "aws", "rekognition", "stop-project-version", "--project-version-arn", identity["ProjectVersionArn"]

    def metric(self, identity: Identity) -> Metric:
        dimensions = {"ProjectName": self.project(identity), "VersionName": self.version(identity)}
        return Metric(*self.measured, dimensions)

    def located(self, identity: Identity, calls: Calls) -> Identity:
        """Add the project's ARN, which the version's does not yield: the two end in different creation times."""
        if "ProjectArn" in identity:
            return identity
        arn = identity["ProjectVersionArn"]
        name = project_name(arn)
        for page in calls.pages("DescribeProjects", ProjectNames=[name]):
            for project in page["ProjectDescriptions"]:
                if project_name(project["ProjectArn"]) == name:
                    return {**identity, "ProjectArn": project["ProjectArn"]}
        raise ModelNotFoundError(f"Rekognition has no project {name} (ProjectVersionArn: {arn}).")

    def calls_of_a_look(self, identity: Identity) -> int:
        return 1 if "ProjectArn" in identity else 2

    def describe(self, identity: Identity, calls: Calls) -> ModelDescription:
        arn, project_arn = identity["ProjectVersionArn"], identity["ProjectArn"]
        # No such version is an empty list, and a name may have been given again after a deletion.
        asked = {"ProjectArn": project_arn, "VersionNames": [version_name(arn)]}
        for page in calls.pages("DescribeProjectVersions", **asked):
            for version in page["ProjectVersionDescriptions"]:
                if version["ProjectVersionArn"] == arn:
                    return ModelDescription.of(version)
        raise ModelNotFoundError(f"Rekognition's project {project_arn} has no model version {arn}.")

    def start(self, identity: Identity, units: InferenceUnits, client_token: str, calls: Calls) -> str:  # noqa: ARG002 - the service knows no token
        named = {"ProjectVersionArn": identity["ProjectVersionArn"]}
        return str(calls.call("StartProjectVersion", **named, **units)["Status"])

    def stop(self, identity: Identity, calls: Calls) -> str:
        return str(calls.call("StopProjectVersion", ProjectVersionArn=identity["ProjectVersionArn"])["Status"])

    def project_named(self, project_arn: str) -> str:
        return project_arn

    def projects(self, calls: Calls) -> list[str]:
        pages = calls.pages("DescribeProjects")
        return [project["ProjectArn"] for page in pages for project in page["ProjectDescriptions"]]

    def models(self, project: str, calls: Calls) -> Sequence[Listed]:
        return [
            Listed(
                {"ProjectVersionArn": version["ProjectVersionArn"], "ProjectArn": project},
                version["Status"],
                version.get("MinInferenceUnits"),
                version.get("MaxInferenceUnits"),
                version.get("CreationTimestamp"),
            )
            for page in calls.pages("DescribeProjectVersions", ProjectArn=project)
            for version in page["ProjectVersionDescriptions"]
        ]


def _whose(arn: str) -> tuple[Home, str]:
    return Home.of(arn), project_name(arn)


REKOGNITION = Rekognition()
