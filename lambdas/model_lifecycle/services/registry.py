"""Every service whose models can be started."""

from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION

SERVICES = (REKOGNITION, LOOKOUT_VISION)
BY_NAME = {service.name: service for service in SERVICES}
