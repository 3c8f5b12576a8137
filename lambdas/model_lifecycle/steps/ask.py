"""Ask the service for what an execution wants, and see what comes of it."""

from collections.abc import Callable
from datetime import datetime

from model_lifecycle.model.model import Model
from model_lifecycle.steps.look import look
from model_lifecycle.steps.progress import AnyProgress
from model_lifecycle.vocabulary.errors import ModelInUseError, ModelLifecycleError, ServiceUnavailableError


def ask(
    progress: AnyProgress,
    model: Model,
    call: Callable[[], str],
    *,
    refused: Callable[[ModelInUseError], AnyProgress],
    now: datetime,
) -> AnyProgress:
    """Make the call, once. `refused` says what a model means that is not in a status for it. No error gets out."""
    try:
        status = call()
    except ModelInUseError as refusal:
        return refused(refusal)
    except ServiceUnavailableError as error:
        if error.perhaps_done:
            return look(progress.lost(error, now=now), model, now=now)
        return progress.unseen(error, now=now)
    except ModelLifecycleError as error:
        return progress.failed(error)
    return progress.accepted(status, now=now)
