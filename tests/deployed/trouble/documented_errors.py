"""The errors that the services' own models document."""

from functools import cache

from botocore.model import ServiceModel
from botocore.session import Session

from model_lifecycle.services.lookout_vision.service import SERVICE_MODELS


@cache
def service_model(name: str) -> ServiceModel:
    loader = Session().get_component("data_loader")
    loader.search_paths.append(str(SERVICE_MODELS))
    return ServiceModel(loader.load_service_model(name, "service-2"))


def errors_of(client_name: str, operation: str) -> list[str]:
    return sorted(shape.name for shape in service_model(client_name).operation_model(operation).error_shapes)
