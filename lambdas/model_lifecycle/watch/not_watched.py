"""What people are told of models that the watch cannot look at, though the settings say that it should."""

from collections.abc import Sequence

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.services.service import Service
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import Goal


def service_gone(service: Service, reason: str, *, look: str) -> Ending:
    """A service that is not there (any more). `look`: which look of the watch it was."""
    return _ending(
        f"{service.name}#{look}",
        service.title,
        f"{service.title} is not there, so its models are not watched. The watch looks for it every hour, and this "
        f"message comes again only if the service comes back and goes. To leave it out, take {service.name} out of "
        f"the setting watched_services. {reason}",
    )


def projects_elsewhere(arns: Sequence[str], home: Home, *, look: str) -> Ending:
    """Projects of the settings that are of another account, Region or partition."""
    return _ending(
        f"project_arns#{look}",
        "projects of project_arns",
        f"The setting project_arns names projects that are not of {home}. Their models are not watched, and cannot be "
        f"started or stopped from here. It is not said again until the setting changes: {', '.join(arns)}.",
    )


def _ending(notification_id: str, about: str, cause: str) -> Ending:
    return Ending(
        notification_id=notification_id, outcome=Outcome.NOT_WATCHED, goal=Goal.STOPPED, about=about, cause=cause
    )
