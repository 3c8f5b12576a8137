"""What people are told of models that the watch cannot look at, though the settings say that it should."""

from collections.abc import Sequence

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.services.service import Service
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal


def service_gone(service: Service, reason: str, *, look: str) -> Ending:
    """Return what people are told of a service that is not there (any more). `look`: which look of the watch it was."""
    return _ending(
        f"{service.name}#{look}",
        service.title,
        f"{service.title} cannot be reached, so its models are not watched. {reason}",
        f"Remove {service.name} from the setting watched_services, unless you expect the service back. The watch tries "
        "again every hour. You are notified again only if the service comes back and disappears again.",
    )


def projects_elsewhere(arns: Sequence[str], home: Home, *, look: str) -> Ending:
    """Return the projects of the settings that are of another account, Region or partition."""
    return _ending(
        f"project_arns#{look}",
        "projects of project_arns",
        f"The setting project_arns names projects outside {home}: {', '.join(arns)}. "
        "Their models are not watched, and cannot be started or stopped from here.",
        "Remove them from the setting, or deploy the app where they are. "
        "You are notified again only once the setting has changed.",
    )


def _ending(notification_id: str, about: str, cause: str, advice: str) -> Ending:
    return Ending(
        notification_id=notification_id,
        outcome=Outcome.NOT_WATCHED,
        goal=Goal.STOPPED,
        about=about,
        cause=cause,
        advice=advice,
    )
