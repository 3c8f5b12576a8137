"""Amazon Rekognition Custom Labels."""

from model_lifecycle.services.rekognition.service import REKOGNITION as REKOGNITION
