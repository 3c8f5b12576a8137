"""Make a model run: look first, arm the stop, start only what can be started, and be safe to repeat."""

from dataclasses import replace
from datetime import datetime

from model_lifecycle.model.lease import Lease, Leases, lease_of
from model_lifecycle.model.line import Lines
from model_lifecycle.model.model import Model
from model_lifecycle.model.record import ModelRecord, ModelRecords
from model_lifecycle.model.spending import Spending
from model_lifecycle.steps.ask import ask
from model_lifecycle.steps.claim import Claim, about_to_start, wanted_too
from model_lifecycle.steps.look import look
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.turn import Turn
from model_lifecycle.vocabulary.errors import (
    LeaseOverError,
    ModelFailedError,
    ModelInUseError,
    ModelLifecycleError,
    ModelStoppedError,
    QuotaExceededError,
    ServiceUnavailableError,
    StopNotArmedError,
)
from model_lifecycle.vocabulary.phase import NEVER_SEEN, Phase
from model_lifecycle.vocabulary.wording import someone

_MOST_REFUSALS = 2
_MOST_TRIES = 3
"""So often a record that others write at the same time is read again before the next wait."""


def start_model(
    progress: StartProgress,
    model: Model,
    *,
    records: ModelRecords,
    leases: Leases,
    lines: Lines,
    spending: Spending | None = None,
    now: datetime,
) -> StartProgress:
    """Ask for the start if the model can be started now, and tell what comes next. `spending`: None without a budget.

    No error of `Model`, `ModelRecords`, `Leases`, `Lines` or `Spending` gets out.
    """
    turn = Turn(lines)
    progress = _start_in_turn(progress, model, records, leases, turn, spending, now=now)
    progress = turn.taken(progress, now=now)
    return turn.kept(progress.settled(now=now), now=now)


def _start_in_turn(
    progress: StartProgress,
    model: Model,
    records: ModelRecords,
    leases: Leases,
    turn: Turn,
    spending: Spending | None,
    *,
    now: datetime,
) -> StartProgress:
    for _ in range(_MOST_TRIES):
        try:
            record = records.read(progress.request)
        except ModelLifecycleError as error:
            return _look_without_record(progress, model, error, now=now)
        progress = progress.recalling(record)
        if progress.is_early(now=now):
            if progress.is_called_off_by(record):
                return progress.failed(_called_off(progress, record))
            return progress.waiting_for_its_time(now=now)
        progress = look(progress, model, now=now)
        asked_now = False
        if progress.phase in (Phase.STARTABLE, Phase.BLOCKED):
            progress = _start(progress, model, record, records, leases, turn, spending, now=now)
            asked_now = progress.phase is Phase.STARTING and progress.asked
        if asked_now or progress.phase not in (Phase.STARTING, Phase.RUNNING):
            break
        known = progress.asked or record.latest_start == progress.execution_arn
        if known and not progress.outlasts(record):
            progress = ran(progress, records, now=now) if progress.phase is Phase.RUNNING else progress
            break
        joined = _join(progress, record, records, leases, now=now)
        if joined is not None:
            # It costs what it cost before, so nothing is refused; but people are told of an override that lasts.
            ignores = spending is not None and joined.request.ignore_budget is not None
            progress = _weighed(joined, spending, now=now) if ignores else joined
            break
        progress = progress.blocked(now=now, trouble="Others change the model's record at the same time.")
    return progress


def check_model(progress: StartProgress, model: Model, *, records: ModelRecords, now: datetime) -> StartProgress:
    """Look at a model whose start is under way, and tell what comes next. No error of `Model` gets out."""
    progress = look(progress, model, now=now)
    if progress.phase is Phase.RUNNING:
        progress = ran(progress, records, now=now)
    return progress.settled(now=now)


def ran(progress: StartProgress, records: ModelRecords, *, now: datetime) -> StartProgress:
    """Write down that the model runs, and read until when. That it runs is told whether or not that works."""
    try:
        record = records.read(progress.request)
        if progress.outlasts(record):
            # Back to "Start model", which arms it.
            return progress.blocked(
                now=now,
                trouble=f"{someone(record.leased_by)} started it again, with a lease that ends earlier.",
            )
        if record.ran_at is None and record.stopped_at is None:
            runs = replace(
                record,
                ran_at=now,
                min_inference_units=progress.min_inference_units,
                max_inference_units=progress.max_inference_units,
            )
            took = progress.took(record, now=now)
            records.replace(progress.request, record, runs if took is None else runs.learning(took))
    except ModelLifecycleError as error:
        return replace(progress, trouble=error.cause)
    return progress.leased(record)


def _look_without_record(
    progress: StartProgress, model: Model, trouble: ModelLifecycleError, *, now: datetime
) -> StartProgress:
    """Start nothing: a step that died may have asked already. What the model does can be told all the same."""
    progress = look(progress, model, now=now)
    passes = isinstance(trouble, ServiceUnavailableError)
    if (
        progress.phase is Phase.RUNNING
        and progress.wanted_lease_end is None
        and not (passes and now < progress.deadline)
    ):
        return progress
    if progress.phase is not Phase.FAILED and passes:
        # Back to this step, even if the model runs: its record tells who wants it, and until when.
        return progress.hindered(trouble, now=now)
    progress = progress if progress.phase is Phase.FAILED else progress.failed(trouble)
    # If a step that died has asked, nobody knows, unless there is no such model.
    unseen = progress.status == NEVER_SEEN and not progress.is_gone
    return replace(progress, answer_lost=unseen)


def _start(
    progress: StartProgress,
    model: Model,
    record: ModelRecord,
    records: ModelRecords,
    leases: Leases,
    turn: Turn,
    spending: Spending | None,
    *,
    now: datetime,
) -> StartProgress:
    """Write down that this execution is about to ask, arm the stop, then ask: one that dies in between still knows."""
    lease = progress.wanted_lease
    if not progress.begun and (why := _why_unwanted(progress, record, lease, now=now)):
        return progress.failed(why)
    if progress.phase is not Phase.STARTABLE or now >= progress.deadline:
        return progress
    progress = _cleared(progress, record, turn, spending, now=now)
    if progress.phase is not Phase.STARTABLE:
        return progress
    claim = Claim(progress.request, record, records)
    try:
        if claim.make(about_to_start(record, progress, lease, now=now)) is None:
            # Another execution is about to ask, too. It wins, and this one sees what comes of it.
            return progress
    except ServiceUnavailableError as error:
        return progress.unseen(error, now=now)
    except ModelLifecycleError as error:
        return progress.failed(error)
    # Armed after the claim: the stop of a lease that is almost over finds this start on its way, and waits for it.
    if lease is not None:
        progress = _arm(progress, lease, leases, now=now)
    if progress.phase is Phase.STARTABLE:
        progress = _ask(progress, model, now=now)
        if progress.asked:
            return replace(progress, lease_ends_at=lease.ends_at if lease else None)
    return claim.withdrawn(progress, now=now)


def _join(
    progress: StartProgress, record: ModelRecord, records: ModelRecords, leases: Leases, *, now: datetime
) -> StartProgress | None:
    """Write down that this execution wants the model, too, and until when. None if the run is not what it was."""
    lease = progress.wanted_lease
    # A start whose model runs has what it wants, whatever the record says.
    runs_at_last = progress.phase is Phase.RUNNING and lease is None and now >= progress.deadline
    if progress.phase is Phase.RUNNING and record.someone_is_about_to_stop(now=now) and not runs_at_last:
        return progress.blocked(now=now, trouble=f"{someone(record.stopping)} is about to stop it.")
    after = wanted_too(record, progress, lease, now=now)
    if after.leased_by == progress.execution_arn and lease is not None:
        armed = _arm(progress, lease, leases, now=now)
        if armed.phase is not progress.phase:
            return armed
    try:
        was = records.join(progress.request, record, after)
    except ServiceUnavailableError as error:
        if runs_at_last:
            return replace(progress, trouble=error.cause)
        return progress.hindered(error, now=now)
    except ModelLifecycleError as error:
        # It runs or comes up, whatever can be written. A lease that is not written down stops nothing.
        return progress.failed(error) if lease is not None else replace(progress, trouble=error.cause)
    if was is None:
        return progress if runs_at_last else None
    made = wanted_too(was, progress, lease, now=now)
    moved = lease_of(was)
    if moved is not None and moved != lease_of(made):
        progress = _disarm(progress, moved, leases)
    return progress.leased(made)


def _why_unwanted(
    progress: StartProgress, record: ModelRecord, lease: Lease | None, *, now: datetime
) -> ModelLifecycleError | None:
    """Return why nobody wants the model any more that was not started yet; None if someone does."""
    if lease is not None and lease.ends_at <= now:
        return LeaseOverError(
            f"{progress.request.in_words} was not started: its lease ended on {progress.request.when(lease.ends_at)}, "
            f"before a start was possible. Its status is {progress.in_its_words or 'not known'}.{progress.last_trouble}"
        )
    if progress.is_called_off_by(record) and not progress.meaning.may_bill:
        # Of one that is still stopping nobody knows yet that it does not bill.
        return _called_off(progress, record)
    return None


def _called_off(progress: StartProgress, record: ModelRecord) -> ModelStoppedError:
    return ModelStoppedError(
        f"{progress.request.in_words} was not started. {someone(record.unwanted_by)} asked to stop it after this "
        f"start began."
    )


def _cleared(
    progress: StartProgress, record: ModelRecord, turn: Turn, spending: Spending | None, *, now: datetime
) -> StartProgress:
    """Return the same phase if nothing stands in the way of asking, and nobody comes first."""
    if record.another_is_about_to_start(progress.execution_arn, status=progress.status, now=now):
        return progress.blocked(now=now, trouble=f"{someone(record.asked_by)} is about to start it.")
    progress = _weighed(progress, spending, now=now)
    return turn.awaited(progress, now=now) if progress.phase is Phase.STARTABLE else progress


def _weighed(progress: StartProgress, spending: Spending | None, *, now: datetime) -> StartProgress:
    """Return the progress with where the budget stands: it gives up if that is spent, or if that cannot be known."""
    if spending is None:
        return progress
    price = progress.request.price_per_inference_unit_hour
    try:
        return progress.within(spending.standing(progress.request, price=price, now=now))
    except ModelLifecycleError as error:
        if progress.phase is not Phase.STARTABLE:
            return replace(progress, trouble=error.cause)
        if isinstance(error, ServiceUnavailableError):
            return progress.hindered(error, now=now)
        return progress.failed(error)


def _arm(progress: StartProgress, lease: Lease, leases: Leases, *, now: datetime) -> StartProgress:
    """Return the same progress if the stop is armed; else in another phase."""
    try:
        leases.arm(progress.request, lease)
    except ServiceUnavailableError as error:
        return progress.hindered(error, now=now)
    except ModelLifecycleError as error:
        so = "nothing was started" if progress.phase is Phase.STARTABLE else "nothing was changed"
        words = f"The stop on {progress.request.when(lease.ends_at)} could not be scheduled, so {so}. {error}"
        return progress.failed(StopNotArmedError(words))
    return progress


def _disarm(progress: StartProgress, lease: Lease, leases: Leases) -> StartProgress:
    try:
        leases.disarm(progress.request, lease)
    except ModelLifecycleError as error:
        # It fires in vain: the record names another lease.
        return replace(progress, trouble=error.cause)
    return progress


def _ask(progress: StartProgress, model: Model, *, now: datetime) -> StartProgress:
    def call() -> str:
        return model.start(progress.request.units, client_token=progress.client_token)

    asked = ask(progress, model, call, refused=lambda refusal: _refused(progress, refusal, model, now=now), now=now)
    # Another model may be on its way out: at a handover one stops while the next one starts.
    return asked.over_quota(asked.failure, now=now) if isinstance(asked.failure, QuotaExceededError) else asked


def _refused(progress: StartProgress, refusal: ModelInUseError, model: Model, *, now: datetime) -> StartProgress:
    final = progress.meaning.refusal_is_final
    progress = look(replace(progress, attempt=progress.attempt + 1), model, now=now)
    if progress.phase is not Phase.STARTABLE:
        return progress
    progress = replace(progress, refusals=progress.refusals + 1)
    if final or progress.refusals >= _MOST_REFUSALS:
        return progress.failed(ModelFailedError(f"The service refused to start the model. {refusal}"))
    return progress
