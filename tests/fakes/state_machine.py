"""The loops of the state machines, on a clock that jumps from check to check."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.steps.stop_progress import StopProgress
from model_lifecycle.vocabulary.phase import Phase
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import after

AnyProgress = TypeVar("AnyProgress", StartProgress, StopProgress)


class Step(Protocol[AnyProgress]):
    """What a state's function does with a model."""

    def __call__(self, progress: AnyProgress, model: FakeModel, *, now: datetime) -> AnyProgress: ...


def _step(action: Callable[..., AnyProgress], *seams: str) -> Step[AnyProgress]:
    def take(progress: AnyProgress, model: FakeModel, *, now: datetime) -> AnyProgress:
        met: dict[str, Any] = {seam: getattr(model, seam) for seam in seams}
        return action(progress, model.named_by(progress.request), **met, now=now)

    return take


start = _step(start_model, "records", "leases", "lines", "spending")
check = _step(check_model, "records")
stop = _step(stop_model, "records", "leases", "meter")
check_stopping = _step(check_stop, "records", "leases", "meter")


def drive(
    progress: StartProgress, model: FakeModel, *, until: datetime | None = None
) -> list[tuple[datetime, StartProgress]]:
    """Every step from the execution's start to its end, or to that moment: when it was taken, and what it left."""
    return _drive(progress, model, until, {Phase.BLOCKED: start, Phase.STARTING: check})


def drive_stop(
    progress: StopProgress, model: FakeModel, *, until: datetime | None = None
) -> list[tuple[datetime, StopProgress]]:
    """Return the same of stop-model."""
    return _drive(progress, model, until, {Phase.BLOCKED: stop, Phase.STOPPING: check_stopping})


def _drive(
    progress: AnyProgress, model: FakeModel, until: datetime | None, steps: dict[Phase, Step[AnyProgress]]
) -> list[tuple[datetime, AnyProgress]]:
    now = after(0)
    taken = [(now, steps[Phase.BLOCKED](progress, model, now=now))]
    while (last := taken[-1][1]).phase in steps:
        assert last.next_check_seconds
        now += timedelta(seconds=last.next_check_seconds)
        if until is not None and now > until:
            break
        taken.append((now, steps[last.phase](last, model, now=now)))
    return taken
