"""See how a model is, on the way to whatever is wanted of it."""

from dataclasses import replace
from datetime import datetime

from model_lifecycle.model.model import Model
from model_lifecycle.steps.progress import AnyProgress
from model_lifecycle.vocabulary.errors import ModelInUseError, ModelLifecycleError, ServiceUnavailableError


def look(progress: AnyProgress, model: Model, *, now: datetime) -> AnyProgress:
    """See how the model is. What the service cannot answer now changes nothing; any other error is a failure."""
    try:
        description = model.describe()
    except (ModelInUseError, ServiceUnavailableError) as error:
        return progress.unseen(error, now=now)
    except ModelLifecycleError as error:
        return progress.failed(error)
    if description.identity is not None:
        progress = replace(progress, request=progress.request.naming(description.identity))
    return progress.seen(description, now=now)
