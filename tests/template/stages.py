"""A deployment with a stage, beside others in one account and Region."""

from typing import Any

import pytest

from tests.template.synthesized import Synthesized, made_once

STAGE = "team-a"
BOLTS = "arn:aws:rekognition:us-east-1:123456789012:project/bolts/version/bolts.2026/1767603600000"
PARTS = BOLTS.replace("bolts", "parts")
NAILS = {"ProjectName": "nails", "ModelVersion": "1"}


def projects(rekognition: str, lookout_vision: str) -> str:
    """Return a setting `project_arns` with the project of a version of Rekognition, and one of the other service."""
    of_rekognition = rekognition.split("/version/")[0] + "/1767000000000"
    return f"{of_rekognition},arn:aws:lookoutvision:us-east-1:123456789012:project/{lookout_vision}"


STAGED: dict[str, Any] = {
    "stage": STAGE,
    "notification_emails": ["ops@example.com"],
    "project_arns": projects(BOLTS, "nails"),
    "watched_services": "Rekognition,LookoutVision",
    "warn_after_hours": 3,
    "stop_aborted_starts": True,
}


def synthesized_stage(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """Synthesize it once for all tests."""
    return made_once("staged", tmp_path_factory, **STAGED)
