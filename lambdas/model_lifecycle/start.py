"""Make a model run: look first, start only what can be started, and be safe to repeat."""

from dataclasses import replace
from datetime import datetime

from model_lifecycle.claim import Claim
from model_lifecycle.errors import (
    ModelFailedError,
    ModelInUseError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
)
from model_lifecycle.model import Model
from model_lifecycle.phase import NEVER_SEEN, Phase
from model_lifecycle.progress import Progress
from model_lifecycle.record import ModelRecords

_MOST_REFUSALS = 2


def start_model(progress: Progress, model: Model, *, records: ModelRecords, now: datetime) -> Progress:
    """Ask for the start if the model can be started now, and tell what comes next.

    No error of `Model` or `ModelRecords` gets out.
    """
    try:
        record = records.read(progress.request)
    except ModelLifecycleError as error:
        return _look_without_record(progress, model, error, now=now).settled(now=now)
    progress = look(progress.recalling(record), model, now=now)
    if progress.phase is Phase.STARTABLE and now < progress.deadline:
        progress = _claim(progress, model, Claim(progress.request, record, records), now=now)
    return progress.settled(now=now)


def check_model(progress: Progress, model: Model, *, now: datetime) -> Progress:
    """Look at a model whose start is under way, and tell what comes next. No error of `Model` gets out."""
    return look(progress, model, now=now).settled(now=now)


def look(progress: Progress, model: Model, *, now: datetime) -> Progress:
    """See how the model is. What the service cannot answer now changes nothing; any other error is a failure."""
    try:
        description = model.describe()
    except (ModelInUseError, ServiceUnavailableError) as error:
        return progress.unseen(error, now=now)
    except ModelLifecycleError as error:
        return progress.failed(error)
    return replace(progress, request=model.request).seen(description, now=now)


def _look_without_record(progress: Progress, model: Model, trouble: ModelLifecycleError, *, now: datetime) -> Progress:
    """Start nothing: a step that died may have asked already. What the model does can be told all the same."""
    progress = look(progress, model, now=now)
    if progress.phase is Phase.RUNNING:
        return progress
    if progress.phase is not Phase.FAILED and isinstance(trouble, ServiceUnavailableError):
        # Back to this step, even if the model comes up: the record tells whether by this execution.
        return replace(progress.in_phase(Phase.BLOCKED, now=now), trouble=trouble.cause)
    progress = progress if progress.phase is Phase.FAILED else progress.failed(trouble)
    # If a step that died has asked, nobody knows, unless there is no such model.
    unseen = progress.status == NEVER_SEEN and not isinstance(progress.failure, ModelNotFoundError)
    return replace(progress, answer_lost=unseen)


def _claim(progress: Progress, model: Model, claim: Claim, *, now: datetime) -> Progress:
    """Write down that this execution is about to ask, then ask: one that dies in between still knows."""
    try:
        if not claim.make(progress, now=now):
            # Another execution is about to ask, too. It wins, and this one sees what comes of it.
            return progress
    except ServiceUnavailableError as error:
        return progress.unseen(error, now=now)
    except ModelLifecycleError as error:
        return progress.failed(error)
    progress = _ask(progress, model, now=now)
    return progress if progress.asked else _withdraw(progress, claim, now=now)


def _withdraw(progress: Progress, claim: Claim, *, now: datetime) -> Progress:
    try:
        claim.withdraw()
    except ModelLifecycleError as error:
        # How the start went matters more. The claim that stands is known to mean nothing.
        return replace(progress, trouble=error.cause, refused_at=now)
    return progress


def _ask(progress: Progress, model: Model, *, now: datetime) -> Progress:
    try:
        status = model.start(client_token=progress.client_token)
    except ModelInUseError as refusal:
        return _refused(progress, refusal, model, now=now)
    except ServiceUnavailableError as error:
        if not error.perhaps_done:
            return progress.unseen(error, now=now)
        lost = replace(progress.unseen(error, now=now), asked=True, answer_lost=True, asked_at=now)
        return look(lost, model, now=now)
    except ModelLifecycleError as error:
        return progress.failed(error)
    return progress.accepted(status, now=now)


def _refused(progress: Progress, refusal: ModelInUseError, model: Model, *, now: datetime) -> Progress:
    final = progress.meaning.refusal_is_final
    progress = look(replace(progress, attempt=progress.attempt + 1), model, now=now)
    if progress.phase is not Phase.STARTABLE:
        return progress
    progress = replace(progress, refusals=progress.refusals + 1)
    if final or progress.refusals >= _MOST_REFUSALS:
        return progress.failed(ModelFailedError(f"The service refuses to start the model: {refusal}"))
    return progress
