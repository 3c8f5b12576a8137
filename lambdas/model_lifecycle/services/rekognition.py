"""Amazon Rekognition Custom Labels: how a model version is named, and what its statuses mean."""

from model_lifecycle.services.fields import text
from model_lifecycle.services.service import Identity, Service
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import REKOGNITION as STATUSES

_PROJECT = r"arn:[a-z\d-]+:rekognition:[a-z\d-]+:\d{12}:project/[a-zA-Z0-9_.\-]{1,255}"
_NUMBER = r"[0-9]+"


def project_name(arn: str) -> str:
    """NAME of `...:project/NAME/EPOCH` and of `...:project/NAME/version/VERSION/EPOCH`."""
    return arn.split("/")[1]


def version_name(project_version_arn: str) -> str:
    """VERSION of `...:project/NAME/version/VERSION/EPOCH`."""
    return project_version_arn.split("/")[3]


def _contradictions(identity: Identity, home: Home | None) -> list[str]:
    version = identity["ProjectVersionArn"]
    project = identity.get("ProjectArn")
    found = []
    if home is not None and Home.of(version) != home:
        found.append(f"ProjectVersionArn is of {Home.of(version)}; allowed is {home}, where this function acts")
    if project is not None and (Home.of(project), project_name(project)) != (Home.of(version), project_name(version)):
        found.append(f"ProjectArn is {project}; allowed is the ARN of the project that ProjectVersionArn belongs to")
    return found


REKOGNITION = Service(
    name="Rekognition",
    title="Amazon Rekognition Custom Labels",
    statuses=STATUSES,
    required=(
        text(
            "ProjectVersionArn",
            rf"{_PROJECT}/version/[a-zA-Z0-9_.\-]{{1,255}}/{_NUMBER}",
            characters=(20, 2048),
            allowed="a model version's ARN, arn:aws:rekognition:REGION:ACCOUNT:project/NAME/version/VERSION/NUMBER",
        ),
    ),
    optional=(
        text(
            "ProjectArn",
            rf"{_PROJECT}/{_NUMBER}",
            characters=(20, 2048),
            allowed="a project's ARN, arn:aws:rekognition:REGION:ACCOUNT:project/NAME/NUMBER",
        ),
    ),
    start_options=(),
    contradictions=_contradictions,
    project=lambda identity: project_name(identity["ProjectVersionArn"]),
    version=lambda identity: version_name(identity["ProjectVersionArn"]),
    stop_command=lambda identity: (
        f"aws rekognition stop-project-version --project-version-arn {identity['ProjectVersionArn']}"
    ),
)
