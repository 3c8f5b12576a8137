"""A simulated account with a quota and many models, whose starts wait for their places in line."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, TypeVar

from model_lifecycle.endings.message import compose
from model_lifecycle.endings.reading import Endings
from model_lifecycle.model.line import HOLDS
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.service import InferenceUnits, ModelDescription
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import Action, take_step
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.machines import OF_GOAL
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.fake_lines import FakeLines
from tests.fakes.fake_seams import FakeLeases, FakeMeter, FakeRecords
from tests.fakes.given import DEFAULTS, HOME, START, after
from tests.fakes.told import PRICE, UTC
from tests.simulation.machine import End, Machine, TaskError
from tests.simulation.turnstile import Turnstile

Answer = TypeVar("Answer")

_HOLDS_PLACE = ("STARTING", "RUNNING", "STOPPING")
_DIED = "Runtime.ExitError"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A start that somebody asks for. `model`: which, by its number. `poll`, `timeout`: of its input, in seconds.
    `aborted_at`, `stopped_at`: when someone aborts the execution, or asks to stop the model; never, if None. Moments
    are seconds from the beginning.
    """

    at: float
    model: int
    poll: int | None = None
    timeout: int = 20_000
    aborted_at: float | None = None
    stopped_at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Who wants what when. `takes`: how long each model starts, runs and stops, until it gives its place back.
    `outsiders`: from when until when places are taken without the app. `too_large`: models that the service never
    starts. `deaths`: in how many of a hundred calls a process dies. `chance` decides which.
    """

    quota: int
    wishes: tuple[Wish, ...]
    takes: tuple[float, float, float] = (60, 300, 120)
    outsiders: tuple[tuple[float, float], ...] = ()
    too_large: frozenset[int] = frozenset()
    seconds_a_call: tuple[float, ...] = (0.05,)
    deaths: int = 0
    chance: int = 0
    lasts: timedelta = timedelta(hours=6)


@dataclass(kw_only=True)
class Lived:
    """What became of a wish. `place`: what its place goes by. `visits`: when it said that it stands in line. `refused`:
    when the service had no place for it. `got_it`: when the step began that got it one, and when it did. `left`: when
    it left the line. `told`: the messages.
    """

    wish: Wish
    arn: str
    end: End | None = None
    ended: datetime | None = None
    place: datetime | None = None
    visits: list[datetime] = field(default_factory=list)
    refused: list[datetime] = field(default_factory=list)
    got_it: tuple[datetime, datetime] | None = None
    left: datetime | None = None
    told: list[dict[str, Any]] = field(default_factory=list)

    def waits_at(self, moment: datetime) -> bool:
        """Whether it stood in line then, and was there not long ago."""
        gone = [each for each in (self.got_it and self.got_it[1], self.left, self.ended) if each is not None]
        before = [visit for visit in self.visits if visit <= moment]
        return bool(before) and moment - before[-1] <= HOLDS and not (gone and min(gone) <= moment)


class EndedError(BaseException):
    """The execution that goes on here has been ended."""


class DiedError(Exception):
    """The function's process ended."""


class LineWorld:
    """Brings it all about."""

    def __init__(self, queue: Queue, definitions: Mapping[str, Mapping[str, Any]]) -> None:
        self.queue = queue
        self.turnstile = Turnstile(START, until=START + queue.lasts)
        self.lived: list[Lived] = []
        self.free: list[tuple[datetime, int]] = [(START, queue.quota)]
        self._chance = Random(queue.chance)  # noqa: S311 - the same each time
        self._definitions = definitions
        self._status: dict[str, str] = {}
        self._taken = 0
        self._records: dict[str, FakeRecords] = {}
        self._lines = FakeLines()
        for number, wish in enumerate(queue.wishes):
            self.turnstile.at(after(wish.at), partial(self._begin, number, wish))
        for begin, end in queue.outsiders:
            self.turnstile.at(after(begin), partial(self._take, 1))
            self.turnstile.at(after(end), partial(self._take, -1))
        self.turnstile.run()

    @property
    def now(self) -> datetime:
        """The moment now."""
        return self.turnstile.now

    def _take(self, places: int) -> None:
        self._taken += places
        self._note_places()

    def _begin(self, number: int, wish: Wish) -> None:
        asked = {"ProjectVersionArn": version(wish.model), "StartTimeoutSeconds": wish.timeout}
        lived = Lived(wish=wish, arn=f"arn:aws:states:us-east-1:123456789012:execution:start-model:{number:03}")
        self.lived.append(lived)
        self.turnstile.begin(
            partial(self._live, Goal.RUNNING, lived, {**asked, "PollIntervalSeconds": wish.poll}, self.now)
        )
        if wish.aborted_at is not None:
            self.turnstile.at(after(wish.aborted_at), partial(self._end, lived, End("ABORTED")))
        if wish.stopped_at is not None:
            stop = Lived(wish=wish, arn=f"arn:aws:states:us-east-1:123456789012:execution:stop-model:{number:03}")
            at = after(wish.stopped_at)
            begin = partial(self._live, Goal.STOPPED, stop, {"ProjectVersionArn": version(wish.model)}, at)
            self.turnstile.at(at, partial(self.turnstile.begin, begin))

    def _live(self, goal: Goal, lived: Lived, asked: dict[str, Any], began: datetime) -> None:
        context = {"Id": lived.arn, "StartTime": to_instant(began), "RedriveCount": 0}
        machine = Machine(
            self._definitions[OF_GOAL[goal].name],
            {"Execution": context},
            invoke=partial(self._invoke, lived),
            wait=partial(self._wait, lived),
            chance=self._chance,
        )
        with suppress(EndedError):
            self._end(lived, machine.run(json.loads(json.dumps(asked))))

    def _end(self, lived: Lived, end: End) -> None:
        if lived.ended is None:
            lived.end, lived.ended = end, self.now

    def _wait(self, lived: Lived, seconds: float) -> None:
        self.turnstile.wait(seconds)
        if lived.ended is not None:
            raise EndedError

    def _invoke(self, lived: Lived, resource: str, payload: dict[str, Any], _: bool) -> Any:
        function = resource.removeprefix("Functions/").removesuffix("/CurrentVersion")
        try:
            if function == "Notify":
                return self._notify(lived, payload)
            if function not in ("StartModel", "CheckModel", "StopModel"):
                raise TaskError("States.TaskFailed")
            step = Step(self, lived, function)
            return json.loads(json.dumps(step.take(payload)))
        except DiedError as error:
            raise TaskError(_DIED) from error
        finally:
            if lived.ended is not None:
                raise EndedError

    def _notify(self, lived: Lived, event: dict[str, Any]) -> dict[str, Any]:
        never: Any = None
        look = Step(self, lived, "Notify").of
        endings = Endings(executions=never, model_of=look, defaults=DEFAULTS, home=HOME, now=self.now)
        ending = endings.read(event)
        assert ending is not None
        lived.told.append(compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC, home=HOME).document)
        return {}

    def call(self, carry_out: Callable[[], Answer]) -> Answer:
        """Make a call, while others go on; its process may die before or after it."""
        seconds = self._chance.choice(self.queue.seconds_a_call)
        self.turnstile.wait(seconds / 2)
        dies = self._chance.random() * 100 < self.queue.deaths
        if dies and self._chance.random() < 1 / 2:
            raise DiedError
        answer = carry_out()
        self.turnstile.wait(seconds / 2)
        if dies:
            raise DiedError
        return answer

    def status(self, model: str) -> str:
        """Return what the service says of a model."""
        return self._status.get(model, "STOPPED")

    def start(self, model: str) -> str:
        """Start a model, if there is a place for it."""
        if self.status(model) != "STOPPED":
            raise errors.ModelInUseError("It is in use.")
        if self._places() <= 0 or int(model[1:]) in self.queue.too_large:
            raise errors.QuotaExceededError("The quota is full.")
        starts, runs, _ = self.queue.takes
        self._turn(model, "STARTING")
        self.turnstile.at(self.now + timedelta(seconds=starts), partial(self._turn, model, "RUNNING"))
        self.turnstile.at(self.now + timedelta(seconds=starts + runs), partial(self._give_back, model))
        return "STARTING"

    def stop(self, model: str) -> str:
        """Stop a model that runs."""
        if self.status(model) == "RUNNING":
            self._turn(model, "STOPPING")
            stops = timedelta(seconds=self.queue.takes[2])
            self.turnstile.at(self.now + stops, partial(self._turn, model, "STOPPED"))
        return self.status(model)

    def _give_back(self, model: str) -> None:
        self.stop(model)

    def records_of(self, request: ModelRequest) -> FakeRecords:
        """Return what is remembered of a model."""
        return self._records.setdefault(request.model_id, FakeRecords())

    @property
    def lines(self) -> FakeLines:
        """The line of the service."""
        return self._lines

    def _turn(self, model: str, status: str) -> None:
        self._status[model] = status
        self._note_places()

    def _places(self) -> int:
        return self.queue.quota - self._taken - sum(status in _HOLDS_PLACE for status in self._status.values())

    def _note_places(self) -> None:
        self.free.append((self.now, self._places()))


class Step:
    """One run of a function, and the model that it meets."""

    def __init__(self, world: LineWorld, lived: Lived, function: str) -> None:
        self._world = world
        self._lived = lived
        self._function = function
        self._began = world.now
        self._model = ""

    def take(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Take the step."""
        records: Any = Called(self._world, self._world.records_of)
        lines: Any = Called(self._world, lambda _: self._world.lines, self._noted)
        stop = {"records": records, "leases": FakeLeases(), "meter": FakeMeter()}
        start = partial(start_model, records=records, leases=FakeLeases(), lines=lines)
        actions: Mapping[str, Mapping[Goal, Action]] = {
            "StartModel": {Goal.RUNNING: start},
            "CheckModel": {
                Goal.RUNNING: partial(check_model, records=records),
                Goal.STOPPED: partial(check_stop, **stop),
            },
            "StopModel": {Goal.STOPPED: partial(stop_model, **stop)},
        }
        return take_step(
            payload, actions[self._function], model_of=self.of, defaults=DEFAULTS, home=HOME, now=self._began
        )

    def of(self, request: ModelRequest) -> "Step":
        """Return the model of a request."""
        self._model = request.project
        return self

    def _noted(self, name: str, written: Sequence[Any]) -> None:
        if name == "leave":
            self._lived.left = self._world.now
        if name == "enter":
            self._lived.visits.append(self._world.now)
            self._lived.place = written[0].since

    def describe(self) -> ModelDescription:
        """Return what the service says of it."""
        status = self._world.call(lambda: self._world.status(self._model))
        return ModelDescription(status=status, status_message="", min_inference_units=1, max_inference_units=None)

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """Return what the service answers to a start."""
        assert units["MinInferenceUnits"]
        assert client_token
        return self._world.call(self._start)

    def stop(self) -> str:
        """Return what the service answers to a stop."""
        return self._world.call(lambda: self._world.stop(self._model))

    def _start(self) -> str:
        try:
            answer = self._world.start(self._model)
        except errors.QuotaExceededError:
            self._lived.refused.append(self._world.now)
            raise
        self._lived.got_it = (self._began, self._world.now)
        return answer


class Called:
    """A seam, each call of which takes its time."""

    def __init__(
        self,
        world: LineWorld,
        of: Callable[[ModelRequest], Any],
        noted: Callable[[str, Sequence[Any]], object] = lambda *_: None,
    ) -> None:
        self._world = world
        self._of = of
        self._noted = noted

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(request: ModelRequest, *written: Any, **more: Any) -> Any:
            def carry_out() -> Any:
                self._noted(name, written)
                return getattr(self._of(request), name)(request, *written, **more)

            return self._world.call(carry_out)

        return call


def version(model: int) -> str:
    """Return the ARN of a model by its number."""
    return f"arn:aws:rekognition:us-east-1:123456789012:project/m{model}/version/m{model}.2026/1767603600000"
