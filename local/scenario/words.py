"""The two vision services' own words for the same things."""

from dataclasses import dataclass

from local.api import aws_api


@dataclass(frozen=True, kw_only=True)
class Words:
    """One service's statuses, and what it says of each."""

    statuses: tuple[str, ...]
    startable: frozenset[str]
    starting: str
    running: str
    failed: str
    stopping: str
    stopped: str
    messages: dict[str, str]

    @property
    def start_endings(self) -> tuple[str, ...]:
        """What a start can end in; `starting` never ends."""
        return (self.running, self.failed, self.starting)


REKOGNITION = Words(
    statuses=aws_api.enum_of("rekognition", "ProjectVersionStatus"),
    startable=frozenset({"TRAINING_COMPLETED", "STOPPED", "COPYING_COMPLETED", "FAILED"}),
    starting="STARTING",
    running="RUNNING",
    failed="FAILED",
    stopping="STOPPING",
    stopped="STOPPED",
    messages={
        "TRAINING_IN_PROGRESS": "The model is being trained.",
        "TRAINING_COMPLETED": "The model is ready to run.",
        "TRAINING_FAILED": "Model training failed: the manifest file contains too many invalid data objects.",
        "STARTING": "The model is being prepared for hosting.",
        "RUNNING": "The model is running.",
        "FAILED": "The model could not be started: Amazon Rekognition experienced a service issue.",
        "STOPPING": "The model is being stopped.",
        "STOPPED": "The model has been stopped.",
        "DELETING": "The model is being deleted.",
        "COPYING_IN_PROGRESS": "The model is being copied.",
        "COPYING_COMPLETED": "The model has been copied and is ready to run.",
        "COPYING_FAILED": "Model copy failed: access to the source model was denied.",
        "DEPRECATED": "The model is deprecated.",
        "EXPIRED": "The model has expired.",
    },
)

LOOKOUT = Words(
    statuses=aws_api.enum_of("lookoutvision", "ModelStatus"),
    startable=frozenset({"TRAINED", "HOSTING_FAILED"}),
    starting="STARTING_HOSTING",
    running="HOSTED",
    failed="HOSTING_FAILED",
    stopping="STOPPING_HOSTING",
    stopped="TRAINED",
    messages={
        "TRAINING": "The model is being trained.",
        "TRAINED": "Training completed successfully.",
        "TRAINING_FAILED": "Training failed: the dataset has too few images.",
        "STARTING_HOSTING": "Model hosting is starting.",
        "HOSTED": "The model is running.",
        "HOSTING_FAILED": "Model hosting failed: Amazon Lookout for Vision experienced a service issue.",
        "STOPPING_HOSTING": "Model hosting is stopping.",
        "SYSTEM_UPDATING": "The model is unavailable while the system is updated.",
        "DELETING": "The model is being deleted.",
    },
)
