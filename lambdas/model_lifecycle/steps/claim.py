"""An execution's claim on a model, in the model's record."""

from dataclasses import replace
from datetime import datetime

from model_lifecycle.model.lease import Lease, of_new_run, of_same_run
from model_lifecycle.model.record import ModelRecord, ModelRecords
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.steps.progress import AnyProgress
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.errors import ModelLifecycleError


def about_to_start(found: ModelRecord, progress: StartProgress, lease: Lease | None, *, now: datetime) -> ModelRecord:
    """Return the record of a model whose start the execution is about to ask for."""
    return replace(
        of_new_run(found.run_ended(now), lease),
        latest_start=progress.execution_arn,
        wanted_at=_latest_wish(found, progress),
        asked_by=progress.execution_arn,
        asked_at=now,
        status_when_asked=progress.status,
        ran_at=None,
        min_inference_units=None,
        max_inference_units=None,
        stopping=None,
        stop_asked_at=None,
        stopped_at=None,
        budget_ignored_at=now if progress.request.ignore_budget else None,
    )


def wanted_too(found: ModelRecord, progress: StartProgress, lease: Lease | None, *, now: datetime) -> ModelRecord:
    """Return the record of a model that starts or runs already, which the execution wants, too."""
    claimed = replace(
        of_same_run(found, lease, now=now),
        latest_start=progress.execution_arn,
        wanted_at=_latest_wish(found, progress),
        stopping=None,
        stop_asked_at=None,
        budget_ignored_at=now if progress.request.ignore_budget else found.budget_ignored_at,
    )
    return _of_present_run(claimed)


def _latest_wish(found: ModelRecord, progress: StartProgress) -> datetime:
    """Return the later of two wishes: a start that began earlier may claim later."""
    return max(found.wanted_at or progress.started_at, progress.started_at)


def unwanted(found: ModelRecord, progress: StopProgress) -> ModelRecord:
    """Return the record with which a stop ends the starts that began before it and wait.

    They wait for a quota, for a stop that is under way, or for their first step. The same record if it says so already,
    or if the stop is for one of several starts only.
    """
    if progress.request.conditional or (found.unwanted_at is not None and found.unwanted_at >= progress.started_at):
        return found
    return replace(found, unwanted_at=progress.started_at, unwanted_by=progress.execution_arn)


def about_to_stop(found: ModelRecord, progress: StopProgress, *, now: datetime) -> ModelRecord:
    """Return the record of a model that runs, and whose stop the execution is about to ask for."""
    stopped = unwanted(_of_present_run(found), progress)
    return replace(stopped, stopping=progress.execution_arn, stop_asked_at=now)


def _of_present_run(found: ModelRecord) -> ModelRecord:
    if found.stopped_at is None:
        return found
    # It was stopped since: someone started it by hand, and nothing is known of this run but that it is there.
    return replace(found, asked_by=None, asked_at=None, status_when_asked=None, ran_at=None, stopped_at=None)


class Claim:
    """What an execution writes into the model's record before its call goes out. Raises as `ModelRecords` does."""

    def __init__(self, request: ModelRequest, found: ModelRecord, records: ModelRecords) -> None:
        self._request = request
        self._found = found
        self._records = records
        self._made: ModelRecord | None = None

    def make(self, after: ModelRecord) -> ModelRecord | None:
        """Write it. None if someone else has written in between."""
        self._made = self._records.replace(self._request, self._found, after)
        return self._made

    def withdrawn(self, progress: AnyProgress, *, now: datetime) -> AnyProgress:
        """Put back what stood there, since the call was not carried out, unless another claim has replaced this one.

        That the model is unwanted stays true. A claim that still stands is known to mean nothing, and how the call went
        matters more.
        """
        before = self._found
        if isinstance(progress, StopProgress):
            before = unwanted(before, progress)
        try:
            if self._made is None or self._records.replace(self._request, self._made, before) is not None:
                return progress
        except ModelLifecycleError as error:
            progress = replace(progress, trouble=progress.trouble or error.cause)
        return replace(progress, refused_at=now)
