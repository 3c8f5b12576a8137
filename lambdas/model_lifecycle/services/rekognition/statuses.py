"""What the statuses of a model version of Rekognition Custom Labels mean."""

from collections.abc import Mapping

from model_lifecycle.services.statuses import (
    CAN_NEVER_START,
    CAN_PERHAPS_START,
    CAN_START,
    CANNOT_START_YET,
    COMES_UP,
    RUNS,
    STOPPED,
    STOPS,
)
from model_lifecycle.vocabulary.phase import StatusMeaning

STATUSES: Mapping[str, StatusMeaning] = {
    "TRAINING_IN_PROGRESS": CANNOT_START_YET,
    "TRAINING_COMPLETED": CAN_START,
    "TRAINING_FAILED": CAN_NEVER_START,
    "STARTING": COMES_UP,
    "RUNNING": RUNS,
    "FAILED": CAN_PERHAPS_START,
    "STOPPING": STOPS,
    "STOPPED": STOPPED,
    "DELETING": CAN_NEVER_START,
    "COPYING_IN_PROGRESS": CANNOT_START_YET,
    "COPYING_COMPLETED": CAN_START,
    "COPYING_FAILED": CAN_NEVER_START,
    "DEPRECATED": CAN_NEVER_START,
    "EXPIRED": CAN_NEVER_START,
}
"""Statuses of `ProjectVersionStatus` in botocore 1.44.5."""
