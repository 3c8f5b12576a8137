"""What the statuses of a model of Lookout for Vision mean."""

from collections.abc import Mapping

from model_lifecycle.services.statuses import (
    CAN_NEVER_START,
    CAN_PERHAPS_START,
    CANNOT_START_YET,
    COMES_UP,
    RUNS,
    STOPPED,
    STOPS,
    UPDATES,
)
from model_lifecycle.vocabulary.phase import StatusMeaning

STATUSES: Mapping[str, StatusMeaning] = {
    "TRAINING": CANNOT_START_YET,
    "TRAINED": STOPPED,
    "TRAINING_FAILED": CAN_NEVER_START,
    "STARTING_HOSTING": COMES_UP,
    "HOSTED": RUNS,
    "HOSTING_FAILED": CAN_PERHAPS_START,
    "STOPPING_HOSTING": STOPS,
    "SYSTEM_UPDATING": UPDATES,
    "DELETING": CAN_NEVER_START,
}
"""Statuses of `ModelStatus` in the service's API reference, 2020-11-20."""
