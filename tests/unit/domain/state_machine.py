"""The loop of the state machine start-model, as its definition has it, on a clock that leaps from look to look."""

from datetime import datetime, timedelta

from model_lifecycle.phase import Phase
from model_lifecycle.start import check_model, start_model
from model_lifecycle.start_progress import StartProgress
from tests.unit.domain.fake_model import FakeModel
from tests.unit.domain.given import after


def start(progress: StartProgress, model: FakeModel, *, now: datetime) -> StartProgress:
    """The step of the state "Start model"."""
    return start_model(progress, model, records=model.records, leases=model.leases, now=now)


def check(progress: StartProgress, model: FakeModel, *, now: datetime) -> StartProgress:
    """The step of the state "Check model"."""
    return check_model(progress, model, records=model.records, now=now)


def drive(
    progress: StartProgress, model: FakeModel, *, until: datetime | None = None
) -> list[tuple[datetime, StartProgress]]:
    """Every step from the execution's start to its end, or to that moment: when it was taken, and what it left."""
    now = after(0)
    steps = [(now, start(progress, model, now=now))]
    while (last := steps[-1][1]).phase in (Phase.STARTING, Phase.BLOCKED):
        assert last.next_check_seconds
        now += timedelta(seconds=last.next_check_seconds)
        if until is not None and now > until:
            break
        step = check if last.phase is Phase.STARTING else start
        steps.append((now, step(last, model, now=now)))
    return steps
