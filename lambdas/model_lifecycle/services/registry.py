"""Every service whose models can be started: one line each."""

from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import Service

SERVICES: list[Service] = [
    REKOGNITION,
    LOOKOUT_VISION,
]


def service_named(name: str) -> Service:
    """Return the service by the name that reports have for it. Raises KeyError."""
    return {service.name: service for service in SERVICES}[name]
