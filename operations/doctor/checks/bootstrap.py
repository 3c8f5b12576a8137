"""Whether this account and Region can be deployed to."""

from collections.abc import Iterator

from operations.aws import Aws
from operations.doctor.finding import Answer, error, ok
from operations.errors import RefusedError, on_one_line

REQUIRED = 6
"""The least version of the bootstrap stack that the CDK's synthesizer accepts."""
_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
_ONCE = "Run `make bootstrap`, once for each account and Region."


def look(aws: Aws) -> Iterator[Answer]:
    """GetParameter of the version that the bootstrap stack writes."""
    try:
        with on_one_line("Systems Manager"):
            written = aws.client("ssm").get_parameter(Name=_PARAMETER)["Parameter"]["Value"]
    except RefusedError as refused:
        if refused.code != "ParameterNotFound":
            raise
        written = None
    yield answer(written, aws.region)


def answer(version: str | None, region: str) -> Answer:
    """Say what a version means; None if there is none."""
    if version is None:
        return error(f"the Region {region} is not prepared for deploys of the CDK", _ONCE)
    if not version.isdecimal() or int(version) < REQUIRED:
        return error(f"the bootstrap stack has version {version}; a deploy needs {REQUIRED}", "Run `make bootstrap`.")
    return ok(f"version {version}; a deploy needs {REQUIRED}")
