"""The loops of the state machines, as their definitions have them, on a clock that leaps from look to look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import after

AnyProgress = TypeVar("AnyProgress", StartProgress, StopProgress)


def start(progress: StartProgress, model: FakeModel, *, now: datetime) -> StartProgress:
    """The step of the state "Start model"."""
    return start_model(progress, model.named_by(progress.request), records=model.records, leases=model.leases, now=now)


def check(progress: StartProgress, model: FakeModel, *, now: datetime) -> StartProgress:
    """The step of the state "Check model"."""
    return check_model(progress, model.named_by(progress.request), records=model.records, now=now)


def drive(
    progress: StartProgress, model: FakeModel, *, until: datetime | None = None
) -> list[tuple[datetime, StartProgress]]:
    """Every step from the execution's start to its end, or to that moment: when it was taken, and what it left."""
    return _drive(progress, model, until, ask=start, waits=Phase.STARTING, check=check)


def stop(progress: StopProgress, model: FakeModel, *, now: datetime) -> StopProgress:
    """The step of stop-model's state "Stop model"."""
    return stop_model(
        progress,
        model.named_by(progress.request),
        records=model.records,
        leases=model.leases,
        meter=model.meter,
        now=now,
    )


def check_stopping(progress: StopProgress, model: FakeModel, *, now: datetime) -> StopProgress:
    """The step of stop-model's state "Check model"."""
    return check_stop(
        progress,
        model.named_by(progress.request),
        records=model.records,
        leases=model.leases,
        meter=model.meter,
        now=now,
    )


def drive_stop(
    progress: StopProgress, model: FakeModel, *, until: datetime | None = None
) -> list[tuple[datetime, StopProgress]]:
    """The same of stop-model."""
    return _drive(progress, model, until, ask=stop, waits=Phase.STOPPING, check=check_stopping)


def _drive(
    progress: AnyProgress,
    model: FakeModel,
    until: datetime | None,
    *,
    ask: Callable[..., AnyProgress],
    waits: Phase,
    check: Callable[..., AnyProgress],
) -> list[tuple[datetime, AnyProgress]]:
    now = after(0)
    steps = [(now, ask(progress, model, now=now))]
    while (last := steps[-1][1]).phase in (waits, Phase.BLOCKED):
        assert last.next_check_seconds
        now += timedelta(seconds=last.next_check_seconds)
        if until is not None and now > until:
            break
        step = check if last.phase is waits else ask
        steps.append((now, step(last, model, now=now)))
    return steps
