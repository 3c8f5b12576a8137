"""Amazon Lookout for Vision."""

from model_lifecycle.services.lookout_vision.service import LOOKOUT_VISION as LOOKOUT_VISION
