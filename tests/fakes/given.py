"""What the tests of the domain start from: one model, one request, one moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import Request, parse_request
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.home import Home

VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/parts/version/parts.2026-01-05/1767603600000"
PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/parts/1767000000000"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:start-model:morning"
STOP_EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:stop-model:evening"
TOKEN = "morning-1"  # noqa: S105 - a client token is no secret
HOME = Home("aws", "us-east-1", "123456789012")
DEFAULTS = Defaults(start_timeout_seconds=3_600, stop_timeout_seconds=1_800)
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """Return the moment so many seconds after the execution's start."""
    return START + timedelta(seconds=seconds)


def request(**fields: Any) -> Request:
    """Return a valid request for the model version, with these fields on top."""
    return parse_request({"ProjectVersionArn": VERSION, **fields}, defaults=DEFAULTS, home=HOME)


def begin(**fields: Any) -> StartProgress:
    """Return an execution that has just started, with these fields in its input."""
    return StartProgress.begin(request(**fields), execution_arn=EXECUTION, started_at=START)


def stop_request(**fields: Any) -> StopRequest:
    """Return a valid request to stop the model version, with these fields on top."""
    return parse_stop_request({"ProjectVersionArn": VERSION, **fields}, defaults=DEFAULTS, home=HOME)


def begin_stop(request: StopRequest | None = None, **fields: Any) -> StopProgress:
    """Return an execution of stop-model that has just started: with that request, or with these fields in its input."""
    return StopProgress.begin(request or stop_request(**fields), execution_arn=STOP_EXECUTION, started_at=START)
