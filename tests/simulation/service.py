"""The vision service of a simulated world, with one model and its metric."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from model_lifecycle.model.spending import BUDGET_PERIOD
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import InferenceUnits, ModelDescription
from model_lifecycle.vocabulary import errors
from tests.simulation import model_life as lived
from tests.simulation.scene import Asked, Look, Scene
from tests.simulation.story import UNHEARD_OF, Call

_TOKENS_ARE_KEPT = timedelta(hours=8)
_METRIC_STEP = timedelta(minutes=5)


class Service:
    """The vision service, and what it measures."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._words = scene.story.words
        self._tokens: dict[str, datetime] = {}
        self._starts = 0
        self.status = ""
        self.turn(scene.story.status)

    def start(self, by: str, token: str = "") -> str:
        """Start what can be started, once for each token."""
        if token in self._tokens and self._scene.now < self._tokens[token]:
            return self._words.starting
        if self.status not in self._words.startable:
            raise errors.ModelInUseError(f"the status is {self.status}")
        if token and self._scene.story.keeps_tokens:
            self._tokens[token] = self._scene.now + _TOKENS_ARE_KEPT
        self._starts += 1
        return self._asked(by, self._words.starting, starts=True)

    def stop(self, by: str) -> str:
        """Stop what runs."""
        by_hand = (self._words.starting,) if not by else ()
        if self.status not in (self._words.running, UNHEARD_OF, *by_hand):
            raise errors.ModelInUseError(f"the status is {self.status}")
        return self._asked(by, self._words.stopping, starts=False)

    def turn(self, status: str) -> None:
        """Change, and in time change on."""
        self.status = status
        now, story = self._scene.now, self._scene.story
        condition = lived.Condition(now, status)
        self._scene.conditions.append(condition)
        turns = {
            self._words.starting: (
                story.start_seconds,
                self._words.failed if self._starts <= story.fails else story.start_ends_in,
            ),
            self._words.stopping: (story.stop_seconds, self._words.stopped),
        }
        seconds, then = turns.get(status, (0, status))
        if then != status:
            self._scene.turnstile.at(now + timedelta(seconds=seconds), partial(self._turn_on, condition, then))

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:  # noqa: ARG002
        """Rekognition's metric; a datapoint every few minutes is as many as it takes."""
        return self._scene.call(Call.MEASURE, partial(self._measured, request))

    def units_of_all(
        self, requests: Sequence[ModelRequest], *, since: datetime, until: datetime
    ) -> dict[str, list[Datapoint]]:
        """Return the units in each whole period of a budget, which are those of one minute in it."""
        [request] = requests
        points = self._scene.call(Call.MEASURE, partial(self._measured, request))
        periods = {since + (point.at - since) // BUDGET_PERIOD * BUDGET_PERIOD for point in points if point.at >= since}
        return {request.model_id: [Datapoint(at, 1) for at in sorted(periods) if at + BUDGET_PERIOD <= until]}

    def _asked(self, by: str, status: str, *, starts: bool) -> str:
        scene = self._scene
        asked = Asked(scene.now, starts, by, len(scene.looks), self.status, answered=scene.fault is None)
        scene.asked.append(asked)
        self.turn(status)
        return status

    def _turn_on(self, condition: lived.Condition, status: str) -> None:
        if self._scene.conditions[-1] is condition:
            self.turn(status)

    def _measured(self, request: ModelRequest) -> list[Datapoint]:
        if request.service is not REKOGNITION:
            return []
        conditions = self._scene.conditions
        ends = [*(condition.moment for condition in conditions[1:]), self._scene.now]
        return [
            Datapoint(moment, 1)
            for condition, end in zip(conditions, ends, strict=True)
            if condition.status == self._words.running
            for moment in _every(_METRIC_STEP, condition.moment, end)
        ]


class Model:
    """The `Model` that one run of a function meets."""

    def __init__(self, scene: Scene, service: Service, request: ModelRequest, arn: str, step: int) -> None:
        self.request = request
        self._scene = scene
        self._service = service
        self._arn = arn
        self._step = step

    def describe(self) -> ModelDescription:
        """Return what the service says of it."""
        return self.described(Call.DESCRIBE)

    def described(self, kind: Call) -> ModelDescription:
        """Return the same by another call."""
        status = self._ask(kind, lambda: self._service.status)
        words = self._scene.story.words
        units = 1 if status in (words.starting, words.running, words.stopping) else None
        return ModelDescription(status=status, status_message="", min_inference_units=units, max_inference_units=None)

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """Return what the service answers to a start."""
        assert units["MinInferenceUnits"] >= 1
        return self._ask(Call.START, lambda: self._service.start(self._arn, client_token))

    def stop(self) -> str:
        """Return what the service answers to a stop."""
        return self._ask(Call.STOP, lambda: self._service.stop(self._arn))

    def _ask(self, kind: Call, carry_out: Callable[[], str]) -> str:
        told = None
        try:
            told = self._scene.call(kind, carry_out)
        finally:
            if told is not None or kind is Call.DESCRIBE:
                self._scene.looks.append(Look(self._step, told, self._scene.now))
        return told


def _every(step: timedelta, begin: datetime, end: datetime) -> Iterator[datetime]:
    moment = begin.replace(second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += step
