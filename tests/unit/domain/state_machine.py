"""The loop of the state machine start-model, as its definition has it, on a clock that leaps from look to look."""

from datetime import datetime, timedelta

from model_lifecycle.phase import Phase
from model_lifecycle.progress import Progress
from model_lifecycle.start import check_model, start_model
from tests.unit.domain.fake_model import FakeModel
from tests.unit.domain.given import after


def start(progress: Progress, model: FakeModel, *, now: datetime) -> Progress:
    """The step of the state "Start model"."""
    return start_model(progress, model, records=model.records, now=now)


def drive(progress: Progress, model: FakeModel, *, until: datetime | None = None) -> list[tuple[datetime, Progress]]:
    """Every step from the execution's start to its end, or to that moment: when it was taken, and what it left."""
    now = after(0)
    steps = [(now, start(progress, model, now=now))]
    while (last := steps[-1][1]).phase in (Phase.STARTING, Phase.BLOCKED):
        assert last.next_check_seconds
        now += timedelta(seconds=last.next_check_seconds)
        if until is not None and now > until:
            break
        step = check_model if last.phase is Phase.STARTING else start
        steps.append((now, step(last, model, now=now)))
    return steps
