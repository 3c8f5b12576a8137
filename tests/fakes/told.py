"""What a notification is made of: an execution's end, and its report."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.reading import Endings
from model_lifecycle.steps.start_progress import StartProgress
from model_lifecycle.steps.step import answer_of
from model_lifecycle.steps.stop_progress import StopProgress
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import DEFAULTS, HOME, after, begin, begin_stop
from tests.fakes.state_machine import drive, drive_stop

PRICE = 4.0
UTC = ZoneInfo("UTC")


def state_event(progress: StartProgress | StopProgress, now: datetime, *, redrives: int = 0) -> dict[str, Any]:
    """Return what the states "Notify ..." send, of either machine."""
    return {
        "Goal": progress.GOAL.value,
        "Execution": {"Arn": progress.execution_arn, "StartTime": "2026-01-05T09:00:00.000Z", "RedriveCount": redrives},
        "Progress": answer_of(progress, now=now),
    }


def endings(model: FakeModel | None = None, *, executions: Any = None, now: datetime | None = None) -> Endings:
    """Return the reader of endings. Without an `executions` client, as a state needs none."""
    return Endings(
        executions=executions,
        model_of=lambda request: cast("FakeModel", model).named_by(request),
        defaults=DEFAULTS,
        home=HOME,
        now=now or after(0),
    )


def read(events: Endings, event: dict[str, Any]) -> Ending:
    """Return the ending that the event is about, which somebody is to hear of."""
    ending = events.read(event)
    assert ending is not None
    return ending


def told_of_stop(model: FakeModel, first: StopProgress | None = None) -> Message:
    """Return what is told of a stop of that model, from its start to its end."""
    return _told(model, *drive_stop(first or begin_stop(), model)[-1])


def told(model: FakeModel, first: StartProgress | None = None) -> Message:
    """Return what is told of an execution with that model, by default of one that looks every 15 s."""
    return _told(model, *drive(first or begin(PollIntervalSeconds=15), model)[-1])


def _told(model: FakeModel, now: datetime, last: StartProgress | StopProgress) -> Message:
    ending = read(endings(model, now=now), state_event(last, now))
    return compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME)
