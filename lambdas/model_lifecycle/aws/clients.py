"""From a request to its model, and from projects to what there is in them: the clients of the services."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session

from model_lifecycle.aws.client_config import CLIENT_CONFIG, LIST_CONFIG, PERHAPS_GONE_CONFIG
from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_catalog import ServiceCatalog
from model_lifecycle.aws.service_model import ServiceModel
from model_lifecycle.aws.shared_clients import client
from model_lifecycle.model.catalog import Catalog
from model_lifecycle.model.model import Model
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.service import Identity, Listed, Service


def model_of(request: ModelRequest) -> Model:
    """Return the model that a request names."""
    return ServiceModel(request, _calls(request.service, CLIENT_CONFIG))


def listed_model_of(request: ModelRequest) -> Model:
    """Return the same model for one who looks at all there are, with the client of the catalogues."""
    return ServiceModel(request, _calls(request.service, _list_config(request.service)))


def catalogs_of(services: Sequence[Service], project_arns: Sequence[str] | None) -> dict[str, Catalog]:
    """Return the catalogues of some services, by name: of these projects, or of all if None."""
    named = {service: [arn for arn in project_arns or () if service.owns(arn)] for service in services}
    return {
        service.name: ServiceCatalog(service, arns, _calls(service, _list_config(service)))
        for service, arns in named.items()
        if arns or project_arns is None
    }


def located(service: Service, identity: Identity) -> Identity:
    """Return the same model, with its project."""
    calls = _calls(service, _list_config(service))
    with calls.errors():
        return service.located(identity, calls)


def models_of_project(service: Service, project: str) -> Sequence[Listed]:
    """Return every model of a project, as the service names it."""
    return ServiceCatalog(service, (), _calls(service, _list_config(service))).models(project)


def versions_of(request: ModelRequest) -> Sequence[Listed]:
    """Return every version of the project of a request's model. What cannot answer now is not waited for long."""
    service, identity = request.service, request.identity
    calls = _calls(service, PERHAPS_GONE_CONFIG)
    with calls.errors():
        named = identity if service.is_open(identity) else service.located(identity, calls)
        return service.models(named[service.project_field.name], calls)


def _list_config(service: Service) -> Config:
    return PERHAPS_GONE_CONFIG if service.where_unreachable else LIST_CONFIG


def _calls(service: Service, config: Config) -> ServiceCalls:
    return ServiceCalls(_client(service, config), where_unreachable=service.where_unreachable)


@cache
def _client(service: Service, config: Config) -> Any:
    if service.service_models is None:
        return client(service.client, config)
    # botocore does not know the service; its own loader finds the service model that ships with this package.
    session = Session()
    session.get_component("data_loader").search_paths.append(str(service.service_models))
    return session.create_client(service.client, config=config)
