"""Every service whose models can be started."""

from model_lifecycle.rekognition_versions import REKOGNITION

SERVICES = (REKOGNITION,)
BY_NAME = {service.name: service for service in SERVICES}
