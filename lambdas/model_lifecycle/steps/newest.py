"""Which version of a project is meant by its newest: chosen once, before anything is asked for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.service import Listed
from model_lifecycle.steps.progress import AnyProgress
from model_lifecycle.vocabulary.errors import (
    InvalidRequestError,
    ModelFailedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.foreign import word
from model_lifecycle.vocabulary.phase import Goal, Phase, StatusMeaning, meaning_of
from model_lifecycle.vocabulary.wording import some_of

_NEVER = datetime.min.replace(tzinfo=UTC)


class ListVersions(Protocol):
    """Lists every version of the project of a request's model. Raises as `Model` does."""

    def __call__(self, request: ModelRequest, /) -> Sequence[Listed]: ...


def with_newest(progress: AnyProgress, versions: ListVersions, *, now: datetime) -> AnyProgress:
    """Choose the version, and nothing else: what is asked for is asked for by the next step, which knows the choice.

    So no step that dies, and is taken again, asks for another one. No error of `ListVersions` gets out.
    """
    try:
        chosen = newest_of(progress.request, versions(progress.request), progress.GOAL)
    except ServiceUnavailableError as error:
        return progress.hindered(error, now=now).settled(now=now)
    except ModelLifecycleError as error:
        return progress.failed(error).settled(now=now)
    return next_step(replace(progress, request=progress.request.naming(chosen.identity)))


def next_step(progress: AnyProgress) -> AnyProgress:
    """Return the progress of a step that has looked at no model, and leaves all to the next one, at once."""
    return replace(progress, phase=Phase.BLOCKED, next_check_seconds=1)


def newest_of(request: ModelRequest, listed: Sequence[Listed], goal: Goal) -> Listed:
    """Return the version that a request means which names none.

    To be started: the newest that can run, or runs already. To be stopped: the one that runs, or else the newest.

    Raises ModelNotFoundError for a project without versions, ModelFailedError if none can run, and InvalidRequestError
    if several run that could be meant.
    """
    if not listed:
        raise ModelNotFoundError(f"{request.service.name}'s project {word(request.project)} has no version.")
    newest_first = sorted(listed, key=lambda each: _made(request, each), reverse=True)
    meanings = [(each, meaning_of(each.status, request.service.statuses)) for each in newest_first]
    if goal is Goal.RUNNING:
        found = [each for each, meaning in meanings if _can_run(meaning)]
        if not found:
            counted = Counter(word(each.status) for each in newest_first)
            statuses = some_of([f"{count:,} {status}" for status, count in counted.items()], most=len(counted))
            raise ModelFailedError(f"No version of {word(request.project)} can be started. There are: {statuses}.")
        return found[0]
    running = [each for each, meaning in meanings if meaning.stop_before in (Phase.STOPPABLE, Phase.BLOCKED)]
    if len(running) > 1:
        names = some_of([word(request.service.version(each.identity)) for each in running])
        fields = " and ".join(field.name for field in request.service.required)
        raise InvalidRequestError(
            f"{len(running):,} versions of {word(request.project)} are running ({names}), so it is not clear which one "
            f"to stop. Name it with {fields}."
        )
    stopping = [each for each, meaning in meanings if meaning.may_bill]
    can_run = [each for each, meaning in meanings if _can_run(meaning)]
    return [*running, *stopping, *can_run, *newest_first][0]


def _can_run(meaning: StatusMeaning) -> bool:
    """Tell whether a start leads to a model that runs, for all that is known: one that failed may fail again."""
    if meaning.before is Phase.STARTABLE:
        return not meaning.refusal_is_final
    return meaning.before in (Phase.STARTING, Phase.RUNNING) or (meaning.before is Phase.BLOCKED and meaning.may_bill)


def _made(request: ModelRequest, version: Listed) -> tuple[datetime, Any]:
    return version.created_at or _NEVER, request.service.made(version.identity)
