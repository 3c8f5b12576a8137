"""Every service whose models can be started."""

from model_lifecycle.lookoutvision_models import LOOKOUT_VISION
from model_lifecycle.rekognition_versions import REKOGNITION

SERVICES = (REKOGNITION, LOOKOUT_VISION)
BY_NAME = {service.name: service for service in SERVICES}
