"""Make a model stop: look first, leave alone what is wanted again, and be safe to repeat."""

from dataclasses import replace
from datetime import datetime

from model_lifecycle.model.lease import ArmedLeases, end_run, lease_of, of_ended_run
from model_lifecycle.model.model import Model
from model_lifecycle.model.record import ModelRecord, ModelRecords
from model_lifecycle.model.usage import Meter, usage_of
from model_lifecycle.requests.stop_request import NOBODY
from model_lifecycle.steps.ask import ask
from model_lifecycle.steps.claim import Claim, about_to_stop, unwanted
from model_lifecycle.steps.look import look
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.errors import (
    ModelFailedError,
    ModelInUseError,
    ModelLifecycleError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.phase import Phase
from model_lifecycle.vocabulary.wording import execution, someone

_MOST_TRIES = 3
"""So often a record that others write at the same time is read again before the next wait."""
_OTHERS_WRITE = "Others change the model's record at the same time."
_ENDED = frozenset({Phase.STOPPED, Phase.FAILED, Phase.OVERDUE})


def stop_model(
    progress: StopProgress, model: Model, *, records: ModelRecords, leases: ArmedLeases, meter: Meter, now: datetime
) -> StopProgress:
    """Ask for the stop if the model can be stopped now, and tell what comes next.

    A stop without a condition does not depend on the record: what cannot be read or written keeps no model running.
    No error of `Model`, `ModelRecords`, `Leases` or `Meter` gets out.
    """
    record: ModelRecord | None = None
    for _ in range(_MOST_TRIES):
        record, trouble = _read(progress, records)
        if trouble is not None:
            progress = replace(progress, trouble=trouble.cause)
            if progress.request.conditional and not progress.begun:
                passes = isinstance(trouble, ServiceUnavailableError)
                progress = progress.hindered(trouble, now=now) if passes else progress.failed(trouble)
                break
        if record is not None:
            progress = progress.recalling(record)
            if why := _why_unwanted(progress, record):
                progress = _leave_alone(progress, model, why, now=now)
                break
        progress = look(progress, model, now=now)
        if progress.phase is Phase.STOPPABLE:
            progress, goes_on = _stop(progress, model, record, records, now=now)
        else:
            progress, goes_on = _note_stopped(progress, record, records, leases, now=now)
        if goes_on:
            break
    return _with_usage(progress.settled(now=now), record, meter, now=now)


def check_stop(
    progress: StopProgress, model: Model, *, records: ModelRecords, leases: ArmedLeases, meter: Meter, now: datetime
) -> StopProgress:
    """Look at a model that is being stopped, and tell what comes next. No error of the seams gets out."""
    record: ModelRecord | None = None
    for _ in range(_MOST_TRIES):
        record, trouble = _read(progress, records)
        progress = look(progress, model, now=now)
        if trouble is not None:
            progress = replace(progress, trouble=progress.trouble or trouble.cause)
        progress, goes_on = _note_stopped(progress, record, records, leases, now=now)
        if goes_on:
            break
    return _with_usage(progress.settled(now=now), record, meter, now=now)


def _read(progress: StopProgress, records: ModelRecords) -> tuple[ModelRecord | None, ModelLifecycleError | None]:
    """Return the record as it was before the look: what is written on it then holds for what was seen."""
    try:
        return records.read(progress.request), None
    except ModelLifecycleError as error:
        return None, error


def _why_unwanted(progress: StopProgress, record: ModelRecord) -> str:
    """Return why the model is to be left alone; empty if it is not. A stop under way goes by the model's status."""
    request = progress.request
    latest = record.latest_start or NOBODY
    if progress.begun:
        return ""
    if record.wanted_since(progress.started_at):
        return f"{someone(record.latest_start)} asked for it after this stop began."
    if record.stopping == progress.execution_arn:
        # It asked already, on these conditions.
        return ""
    if request.latest_start is not None and request.latest_start != latest:
        return _of_another_start(request.latest_start, latest)
    if request.asked_by is not None and (record.asked_by, latest) != (request.asked_by, request.asked_by):
        return _of_another_start(request.asked_by, latest)
    if request.lease_ends_at is not None and request.lease_ends_at != record.lease_ends_at:
        in_force = record.lease_ends_at
        other = f"it has another one, until {request.when(in_force)}" if in_force else "it has none"
        return f"Its lease until {request.when(request.lease_ends_at)} no longer counts: {other}."
    return ""


def _of_another_start(wanted: str, latest: str) -> str:
    by, latest_by = (one if one == NOBODY else execution(one) for one in (wanted, latest))
    return f"This stop is for a start by {by}, but the latest start is by {latest_by}."


def _leave_alone(progress: StopProgress, model: Model, why: str, *, now: datetime) -> StopProgress:
    if progress.request.conditional and not progress.asked:
        return progress.superseded(why, now=now)
    progress = look(progress, model, now=now)
    return progress if progress.failure else progress.overtaken(why, now=now)


def _stop(
    progress: StopProgress, model: Model, record: ModelRecord | None, records: ModelRecords, *, now: datetime
) -> tuple[StopProgress, bool]:
    """Write down that this execution is about to ask, then ask. False if another look at the record comes first."""
    if record is None:
        return _ask(progress, model, now=now), True
    claim = Claim(progress.request, record, records)
    try:
        if claim.make(about_to_stop(record, progress, now=now)) is None:
            return progress, False
    except ModelLifecycleError as error:
        # It may have been written: the next look shows it. Without a condition the stop is asked for in any case.
        progress = replace(progress, trouble=error.cause)
        if progress.request.conditional:
            return progress, False
    progress = _ask(progress, model, now=now)
    if not progress.asked:
        # A start that wants the model waits for no stop that was refused.
        progress = claim.withdrawn(progress, now=now)
    # Stopped already: that is to be written down on the record as it is by now.
    return progress, progress.phase is not Phase.STOPPED


def _ask(progress: StopProgress, model: Model, *, now: datetime) -> StopProgress:
    return ask(
        progress, model, model.stop, refused=lambda refusal: _refused(progress, refusal, model, now=now), now=now
    )


def _refused(progress: StopProgress, refusal: ModelInUseError, model: Model, *, now: datetime) -> StopProgress:
    final = progress.meaning.refusal_is_final
    progress = replace(look(progress, model, now=now), refusals=progress.refusals + 1)
    if progress.phase is not Phase.STOPPABLE:
        return progress
    progress = replace(progress, trouble=refusal.cause)
    words = f"The service refused to stop the model, whose status is {progress.in_its_words}. {refusal}"
    return progress.failed(ModelFailedError(words)) if final else progress


def _note_stopped(
    progress: StopProgress, record: ModelRecord | None, records: ModelRecords, leases: ArmedLeases, *, now: datetime
) -> tuple[StopProgress, bool]:
    """Write down that the model is stopped, and that its lease is over. False if it has to be looked at once more.

    What still goes wrong after the last try changes nothing about the end.
    """
    if record is None or record.wanted_since(progress.started_at):
        return progress, True
    seen_before = lease_of(record) is None and record.stopped_since(progress.started_at)
    if progress.stopped_at is None or seen_before:
        # Of an end that someone else saw before, their moment stays.
        return _note_unwanted(progress, record, records, now=now)
    if record.another_is_about_to_start(progress.execution_arn, status=progress.status, now=now):
        return progress.not_yet(f"{someone(record.asked_by)} is about to start it.", now=now), True
    ended = unwanted(of_ended_run(record, stopped_at=progress.stopped_at), progress)
    stopped = replace(ended, stopping=progress.execution_arn)
    try:
        if not end_run(progress.request, record, stopped, records, leases):
            return progress.not_yet(_OTHERS_WRITE, now=now), False
    except ModelLifecycleError as error:
        return replace(progress, trouble=error.cause), not isinstance(error, ServiceUnavailableError)
    return progress, True


def _note_unwanted(
    progress: StopProgress, record: ModelRecord, records: ModelRecords, *, now: datetime
) -> tuple[StopProgress, bool]:
    """Write down that earlier starts are to start nothing, where this stop has nothing else to write."""
    noted = unwanted(record, progress)
    try:
        if noted is record or records.replace(progress.request, record, noted) is not None:
            return progress, True
    except ModelLifecycleError as error:
        trouble = progress.trouble or error.cause
        return replace(progress, trouble=trouble), not isinstance(error, ServiceUnavailableError)
    return (progress if progress.stopped_at is None else progress.not_yet(_OTHERS_WRITE, now=now)), False


def _with_usage(progress: StopProgress, record: ModelRecord | None, meter: Meter, *, now: datetime) -> StopProgress:
    """Add for how long the model ran: of a stop that ended until then, of one that failed until now."""
    ran = progress.stopped_at is not None and not progress.already_stopped
    if progress.phase not in _ENDED or not (ran or progress.started_again or progress.may_bill):
        return progress
    known = record if record is not None and _is_of_this_run(record, progress) else ModelRecord()
    # Where someone else saw its end before, everybody tells of the same run.
    until = known.stopped_at if ran and known.stopped_at is not None else now
    try:
        measured = meter.units_in_service(progress.request, until=until)
    except ModelLifecycleError as error:
        # The record says it then, and the usage that it is from there.
        progress, measured = replace(progress, trouble=progress.trouble or error.cause), []
    return progress.with_usage(usage_of(measured, known, until=until, units=progress.min_inference_units))


def _is_of_this_run(record: ModelRecord, progress: StopProgress) -> bool:
    stopped_before = record.stopped_at is not None and not record.stopped_since(progress.started_at)
    return not stopped_before and not record.wanted_since(progress.started_at)
