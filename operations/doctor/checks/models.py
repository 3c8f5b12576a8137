"""Whether the services answer, and whether the projects and models of the settings are there and can be started."""

from collections.abc import Iterable, Iterator, Mapping

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_catalog import ServiceCatalog
from model_lifecycle.aws.service_model import ServiceModel
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.services.service import ModelDescription, Service
from model_lifecycle.steps.newest import newest_of
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    InvalidRequestError,
    ModelFailedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.foreign import quoted, word
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal, Phase, meaning_of
from operations.aws import Aws
from operations.doctor.finding import Answer, error, ok, warning
from settings.schedules import ScheduledExecution
from settings.settings import Settings

_LATER = "Try again in a minute."
_BY_A_POLICY = "is not authorized to perform"
"""IAM's own words: whoever is refused by them does not know whether the service is still there."""
_ALLOW = "Use other credentials, or let an administrator allow it."


def used_services(settings: Settings) -> list[Service]:
    """Return the services that the settings watch, or name a project or a model of."""
    named = {request.service for request in _valid(settings).values()}
    named |= {service for service in SERVICES if any(service.owns(arn) for arn in settings.project_arns)}
    return [each for each in SERVICES if each.name in settings.watched_services or each in named]


def look_at_services(settings: Settings, aws: Aws) -> Iterator[Answer]:
    """List the projects of each service that is used."""
    for service in used_services(settings):
        try:
            found: int | ModelLifecycleError = len(ServiceCatalog(service, [], _calls(service, aws)).projects())
        except ModelLifecycleError as failed:
            found = failed
        yield of_service(service, found, aws.region)


def of_service(service: Service, found: int | ModelLifecycleError, region: str) -> Answer:
    """Say what a service's answer means: the number of its projects, or what went wrong."""
    if isinstance(found, int):
        projects = f"{found:,} project{'' if found == 1 else 's'}"
        return ok(f"{service.title} answers in {region}, with {projects}")
    if isinstance(found, AccessDeniedError) and _BY_A_POLICY in str(found):
        return warning(f"{service.title} could not be asked: {found}", _ALLOW)
    if found.perhaps_gone:
        mend = f"Remove {service.name} from watched_services, and its models from schedules and project_arns."
        return error(f"{service.title} is not there in {region}: {found}", mend)
    if isinstance(found, ServiceUnavailableError):
        mend = f"Try again. If it goes on, check that {region} has the service, and the network."
        return warning(f"{service.title} could not be asked in {region}: {found}", mend)
    if isinstance(found, AccessDeniedError):
        return warning(f"{service.title} could not be asked: {found}", _ALLOW)
    return error(f"{service.title} does not work in {region}: {found}", "Choose a Region that has the service.")


def look_at_projects(settings: Settings, aws: Aws) -> Iterator[Answer]:
    """List the models of each project of the settings."""
    for arn in settings.project_arns:
        [service] = [each for each in SERVICES if each.owns(arn)]
        try:
            catalog = ServiceCatalog(service, [arn], _calls(service, aws))
            found: int | ModelLifecycleError = sum(len(catalog.models(project)) for project in catalog.projects())
        except ModelLifecycleError as failed:
            found = failed
        yield of_project(arn, found)


def of_project(arn: str, found: int | ModelLifecycleError) -> Answer:
    """Say what the answer about a project means: the number of its models, or what went wrong."""
    if isinstance(found, int) and found:
        return ok(f"project {arn} has {found:,} model{'' if found == 1 else 's'}")
    if isinstance(found, int):
        return warning(f"project {arn} has no model", "Train one, or remove the project from project_arns.")
    if isinstance(found, ModelNotFoundError):
        return error(f"project {arn} does not exist", "Correct or remove it in project_arns.")
    return _unseen(f"project {arn}", found)


def look_at_models(settings: Settings, aws: Aws, home: Home) -> Iterator[Answer]:
    """Describe each model that the schedules name."""
    requests = _valid(settings)
    yield from of_home(requests, home)
    # Each once, whatever its schedules want.
    by_id: dict[str, list[str]] = {}
    for name, request in requests.items():
        by_id.setdefault(request.model_id, []).append(name)
    for names in by_id.values():
        request = requests[names[0]]
        try:
            if request.is_open:
                listed = ServiceCatalog(request.service, (), _calls(request.service, aws)).models(
                    request.identity[request.service.project_field.name]
                )
                request = request.naming(newest_of(request, listed, Goal.RUNNING).identity)
            found: ModelDescription | ModelLifecycleError = ServiceModel(
                request, _calls(request.service, aws)
            ).describe()
        except ModelLifecycleError as failed:
            found = failed
        yield of_model(request, found, names, settings.project_arns)


def of_home(requests: Mapping[str, ModelRequest], home: Home) -> Iterator[Answer]:
    """Say which schedules name a model of another account or Region: the functions refuse it."""
    for name, request in requests.items():
        for contradiction in request.service.contradictions(request.identity, home):
            yield error(f"schedule {name}: {contradiction}", "Correct the schedule's input.")


def of_model(
    request: ModelRequest,
    found: ModelDescription | ModelLifecycleError,
    schedules: Iterable[str],
    project_arns: Iterable[str],
) -> Answer:
    """Say whether a model can be started, or why it could not be seen. `schedules`: those that name it."""
    model, by = f"model {word(f'{request.project}/{request.version}')}", ", ".join(schedules)
    projects = {_name(arn) if request.service.owns(arn) else None for arn in project_arns}
    if projects and request.project not in projects:
        return error(f"{model} is not of a project in project_arns", f"Add its project, or remove it from {by}.")
    if isinstance(found, ModelFailedError):
        return error(str(found).rstrip("."), f"Train a version that can be started, for the schedule {by}.")
    if isinstance(found, ModelNotFoundError):
        return error(f"{model} does not exist", f"Correct the schedule {by}.")
    if isinstance(found, ModelLifecycleError):
        return _unseen(model, found)
    meaning = meaning_of(found.status, request.service.statuses)
    status = word(found.status) + (f": {quoted(found.status_message)}" if found.status_message else "")
    if meaning.before is Phase.FAILED:
        return error(f"{model} can never be started ({status})", f"Train another version, and name it in {by}.")
    if meaning.before is Phase.STARTABLE and meaning.refusal_is_final:
        return warning(f"{model} may not start ({status})", "Start it once by hand, to see.")
    if meaning.before is Phase.BLOCKED and not meaning.may_bill:
        return warning(f"{model} cannot be started yet ({status})", "Wait until it is trained.")
    return ok(f"{model} {'is running' if meaning.before is Phase.RUNNING else 'can be started'} ({word(found.status)})")


def _unseen(what: str, failed: ModelLifecycleError) -> Answer:
    mend = _ALLOW if isinstance(failed, AccessDeniedError) else _LATER
    return warning(f"{what} could not be looked at: {failed}", mend)


def _valid(settings: Settings) -> dict[str, ModelRequest]:
    """Return what each schedule asks for, by its name; a start where it has both."""
    found: dict[str, ModelRequest] = {}
    for execution in (each for schedule in settings.schedules for each in schedule.executions):
        request = _parsed(execution, settings)
        if request is not None:
            found.setdefault(execution.schedule, request)
    return found


def _parsed(execution: ScheduledExecution, settings: Settings) -> ModelRequest | None:
    parse = parse_request if execution.action == "start" else parse_stop_request
    try:
        return parse(execution.input, defaults=settings.input_defaults, home=None)
    except InvalidRequestError:
        return None


def _calls(service: Service, aws: Aws) -> ServiceCalls:
    return ServiceCalls(aws.client(service.client), where_unreachable=service.where_unreachable)


def _name(project_arn: str) -> str:
    return project_arn.partition("project/")[2].partition("/")[0]
