"""A world with one model in it, in which a story comes true: the service, the tables, the schedules, the machines."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, TypeVar, cast

from model_lifecycle.aws.lease_schedules import LeaseSchedules, StopTarget
from model_lifecycle.endings.reading import Endings
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.model_request import Defaults, ModelRequest
from model_lifecycle.requests.stop_request import StopRequest, parse_stop_request
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import InferenceUnits, ModelDescription
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import Action, take_step
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    FunctionFailedError,
    ModelInUseError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceUnavailableError,
)
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from model_lifecycle.vocabulary.phase import Goal, Phase
from model_lifecycle.watch.watch import Finding, Limits, Watch
from tests.fakes.given import HOME, START
from tests.simulation import leaks_life as lived
from tests.simulation.leaks_life import ModelLife
from tests.simulation.leaks_story import ByHand, Call, Fault, Hand, Start, Stop, Story
from tests.simulation.leaks_turnstile import Turnstile

Answer = TypeVar("Answer")

TWO_DAYS = timedelta(days=2)
DEFAULTS = Defaults(start_timeout_seconds=900, stop_timeout_seconds=900)
WARN_AFTER = timedelta(hours=24)

_ARN = "arn:aws:states:us-east-1:123456789012"
_TARGET = StopTarget(
    group_name="model-leases",
    state_machine_arn=f"{_ARN}:stateMachine:stop-model",
    role_arn="arn:aws:iam::123456789012:role/leases",
    dead_letter_arn="arn:aws:sqs:us-east-1:123456789012:undelivered",
)
_STEP_RETRIED_AFTER = (2, 4)
_NOTIFY_RETRIED_AFTER = (5, 10, 20, 40, 80)
_WATCH_RETRIED_AFTER = (60, 120)
_TOLD_ONCE_IN = timedelta(seconds=24 * 3_600 - 300)
_TOKENS_ARE_KEPT = timedelta(hours=8)
_SECONDS_A_CALL = (0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 6)
_METRIC_STEP = timedelta(minutes=5)
_CARRIED_OUT = (None, Fault.ANSWER_LOST, Fault.DIES_AFTER)
_ERRORS: dict[Fault, ModelLifecycleError] = {
    Fault.THROTTLED: ServiceUnavailableError("throttled", perhaps_done=False),
    Fault.BROKEN: ServiceUnavailableError("no answer", perhaps_done=True),
    Fault.ANSWER_LOST: ServiceUnavailableError("no answer", perhaps_done=True),
    Fault.DENIED: AccessDeniedError("denied"),
}


class ProcessDiedError(Exception):
    """The function's process ended in the middle of its work."""


@dataclass
class Running:
    """An execution as it goes on."""

    arn: str
    goal: Goal
    input: dict[str, Any]
    began: datetime
    ended: datetime | None = None
    status: str = "RUNNING"
    quiet: bool = False


@dataclass
class Lived:
    """What is kept of the story."""

    conditions: list[lived.Condition] = field(default_factory=list)
    calls: list[lived.Call] = field(default_factory=list)
    written: list[lived.Written] = field(default_factory=list)
    told: list[lived.Told] = field(default_factory=list)


class World:
    """Brings a story about, to the end of its two days."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.over = START + TWO_DAYS
        self.turnstile = Turnstile(START, until=self.over)
        self.executions: dict[str, Running] = {}
        self.lived = Lived()
        self.service = Service(self)
        self.records = Records(self)
        self.schedules = Schedules(self)
        self.leases = LeaseSchedules(_TARGET, cast("Any", self.schedules))
        self._chance = Random(story.chance)  # noqa: S311 - the same each time
        self._befallen = [0] * len(story.faults)
        for act in story.acts:
            self.turnstile.at(_moment(act.at), partial(self._act, act))
        self.turnstile.begin(self._watch)
        self.turnstile.run()

    @property
    def now(self) -> datetime:
        """The moment now."""
        return self.turnstile.now

    @property
    def life(self) -> ModelLife:
        """What became of it."""
        return ModelLife(
            name=f"A model of {self.story.service}",
            words=self.story.words,
            over=self.over,
            conditions=self.lived.conditions,
            executions={
                arn: lived.Execution(
                    arn=arn,
                    input=running.input,
                    began=running.began,
                    ended=running.ended,
                    status=running.status,
                    quiet=running.quiet,
                )
                for arn, running in self.executions.items()
            },
            calls=self.lived.calls,
            written=self.lived.written,
            told=self.lived.told,
        )

    def call(self, kind: Call, carry_out: Callable[[], Answer]) -> Answer:
        """Make a call, while others go on; half of its time has passed when it is carried out."""
        seconds = self._chance.choice(_SECONDS_A_CALL)
        fault = self._fault_of(kind)
        self.turnstile.wait(seconds / 2)
        refusal: ModelLifecycleError | None = None
        if fault in _CARRIED_OUT:
            try:
                answer = carry_out()
            except ModelLifecycleError as error:
                refusal = error
        self.turnstile.wait(seconds / 2)
        if fault in (Fault.DIES_BEFORE, Fault.DIES_AFTER):
            raise ProcessDiedError
        if fault is not None:
            raise _ERRORS[fault]
        if refusal is not None:
            raise refusal
        return answer

    def execute(self, goal: Goal, execution_input: dict[str, Any], name: str = "") -> Running:
        """Start an execution; under the name of one that is there, none."""
        machine = "start-model" if goal is Goal.RUNNING else "stop-model"
        arn = f"{_ARN}:execution:{machine}:{name or len(self.executions)}"
        if arn not in self.executions:
            self.executions[arn] = Running(arn, goal, execution_input, self.now)
            self.turnstile.begin(partial(self._live, self.executions[arn]))
        return self.executions[arn]

    def minutes(self) -> float:
        """Up to a minute, by chance."""
        return self._chance.random() * 60

    def _fault_of(self, kind: Call) -> Fault | None:
        for number, befalls in enumerate(self.story.faults):
            begin = _moment(befalls.at)
            if befalls.call is kind and begin <= self.now < begin + timedelta(seconds=befalls.seconds):
                self._befallen[number] += 1
                if self._befallen[number] <= befalls.times:
                    return befalls.fault
        return None

    def _act(self, act: Start | Stop | ByHand) -> None:
        if isinstance(act, Start | Stop):
            self.execute(Goal.RUNNING if isinstance(act, Start) else Goal.STOPPED, self.story.input_of(act))
            return
        under_way = [running for running in self.executions.values() if running.ended is None]
        if act.does is Hand.DISARMS:
            self.schedules.forget()
        elif act.does in (Hand.ABORTS_FIRST, Hand.ABORTS_LAST):
            for running in under_way[:1] if act.does is Hand.ABORTS_FIRST else under_way[-1:]:
                self._end(running, "ABORTED")
                self._tell("Aborted", running.arn, f"{running.arn}#0")
        else:
            by_hand = self.service.start if act.does is Hand.STARTS else self.service.stop
            with suppress(ModelInUseError):
                by_hand("")

    def _live(self, running: Running) -> None:
        progress: dict[str, Any] = {}
        action = "Ask"
        while action:
            answer = self._step(running, action, progress)
            if running.ended:
                return
            progress = answer or {
                "Phase": Phase.FAILED.value,
                "Failure": {"Error": FunctionFailedError.__name__, "Cause": "A function failed."},
                "CleansUp": True,
            }
            action = _NEXT.get(Phase(progress["Phase"]), "")
            if action:
                self.turnstile.wait(progress["NextCheckSeconds"])
                if running.ended:
                    return
        if running.goal is Goal.RUNNING and progress["CleansUp"]:
            failed = {"ExecutionArn": running.arn, "Input": running.input}
            self.execute(Goal.STOPPED, {"FailedStart": failed, "Reason": "It gave up."}, name=f"of-{running.arn[-3:]}")
        self._notify(running, progress)

    def _step(self, running: Running, action: str, progress: dict[str, Any]) -> dict[str, Any] | None:
        for seconds in (*_STEP_RETRIED_AFTER, None):
            try:
                taken = take_step(
                    self._payload(running, progress),
                    {running.goal: self._action(running.goal, action)},
                    model_of=lambda request: Model(self, request, running.arn),
                    defaults=DEFAULTS,
                    home=HOME,
                    now=self.now,
                )
                # What a function gives is JSON.
                return cast("dict[str, Any]", json.loads(json.dumps(taken)))
            except ProcessDiedError:
                if seconds is None or running.ended:
                    return None
                self.turnstile.wait(seconds)
                if running.ended:
                    return None
        return None

    def _action(self, goal: Goal, action: str) -> Action:
        if goal is Goal.RUNNING:
            if action == "Check":
                return partial(check_model, records=self.records)
            return partial(start_model, records=self.records, leases=self.leases)
        step = check_stop if action == "Check" else stop_model
        return partial(step, records=self.records, leases=self.leases, meter=self.service)

    def _payload(self, running: Running, progress: dict[str, Any]) -> dict[str, Any]:
        return {
            "Goal": running.goal.value,
            "Input": running.input,
            "Execution": {"Arn": running.arn, "StartTime": to_instant(running.began), "RedriveCount": 0},
            "Progress": progress,
        }

    def _notify(self, running: Running, progress: dict[str, Any]) -> None:
        ending = None
        for seconds in _NOTIFY_RETRIED_AFTER:
            endings = Endings(
                executions=cast("Any", None),
                model_of=lambda request: Model(self, request, running.arn),
                defaults=DEFAULTS,
                home=HOME,
                now=self.now,
            )
            try:
                ending = endings.read(self._payload(running, progress))
                break
            except ProcessDiedError:
                self.turnstile.wait(seconds)
        if running.ended:
            return
        self._end(running, "FAILED" if progress["Failure"] else "SUCCEEDED")
        running.quiet = progress["Phase"] == Phase.SUPERSEDED
        if ending is not None:
            ends_at = ((ending.report or {}).get("Lease") or {}).get("EndsAt")
            lease = from_instant(ends_at) if ends_at else None
            self._tell(ending.outcome.value, running.arn, ending.notification_id, lease)

    def _tell(self, outcome: str, arn: str | None, identity: str, lease_ends_at: datetime | None = None) -> None:
        self.lived.told.append(lived.Told(self.now, identity, outcome, arn, lease_ends_at))

    def _end(self, running: Running, status: str) -> None:
        running.status, running.ended = status, self.now

    def _watch(self) -> None:
        self.turnstile.wait(self.story.watch_at)
        told_at: datetime | None = None
        while True:
            began = self.now
            for seconds in (*_WATCH_RETRIED_AFTER, None):
                try:
                    if self._look(to_instant(began)) and not (told_at and self.now - told_at < _TOLD_ONCE_IN):
                        told_at = self.now
                        self._tell("StillBilling", None, to_instant(began))
                    break
                except (ProcessDiedError, ModelLifecycleError):
                    if seconds is not None:
                        self.turnstile.wait(seconds)
            self.turnstile.wait((began + timedelta(hours=1) - self.now).total_seconds())

    def _look(self, hour: str) -> bool:
        stop_after = self.story.stop_after_hours_unleased
        watch = Watch(
            records=self.records,
            leases=self.leases,
            meter=self.service,
            stops=Stops(self),
            limits=Limits(
                warn_after=WARN_AFTER, stop_after=None if stop_after is None else timedelta(hours=stop_after)
            ),
            now=self.now,
            hour=hour,
        )
        request = parse_stop_request(dict(self.story.identity), defaults=DEFAULTS, home=HOME)
        model = Model(self, request, "")
        listed = model.described(Call.LIST)
        # There are other models before it.
        self.turnstile.wait(self._chance.choice((0, 0, 1, 10, 200)))
        return watch.look(request, model, listed_as=listed.status).finding is Finding.WARNED


_NEXT = {Phase.BLOCKED: "Ask", Phase.STARTING: "Check", Phase.STOPPING: "Check"}


class Service:
    """The vision service, and what it measures."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._words = world.story.words
        self._tokens: dict[str, datetime] = {}
        self._starts = 0
        self._changes = 0
        self.status = ""
        self._turn(world.story.status)

    def start(self, by: str, token: str = "") -> str:
        """Start what can be started, once for each token."""
        if token in self._tokens and self._world.now < self._tokens[token]:
            return self._words.starting
        if self.status not in self._words.startable:
            raise ModelInUseError(f"the status is {self.status}")
        if token and self._world.story.service != REKOGNITION.name:
            self._tokens[token] = self._world.now + _TOKENS_ARE_KEPT
        self._starts += 1
        self._world.lived.calls.append(lived.Call(self._world.now, starts=True, by=by))
        self._turn(self._words.starting)
        return self.status

    def stop(self, by: str) -> str:
        """Stop what runs."""
        if self.status != self._words.running:
            raise ModelInUseError(f"the status is {self.status}")
        self._world.lived.calls.append(lived.Call(self._world.now, starts=False, by=by))
        self._turn(self._words.stopping)
        return self.status

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:  # noqa: ARG002
        """Rekognition's metric; a datapoint every few minutes is as many as it takes."""
        return self._world.call(Call.MEASURE, partial(self._measured, request))

    def _measured(self, request: ModelRequest) -> list[Datapoint]:
        if request.service is not REKOGNITION:
            return []
        conditions = self._world.lived.conditions
        ends = [*(condition.moment for condition in conditions[1:]), self._world.now]
        return [
            Datapoint(moment, 1)
            for condition, end in zip(conditions, ends, strict=True)
            if condition.status == self._words.running
            for moment in _every(_METRIC_STEP, condition.moment, end)
        ]

    def _turn(self, status: str) -> None:
        self.status = status
        self._changes += 1
        self._world.lived.conditions.append(lived.Condition(self._world.now, status))
        story = self._world.story
        fails = self._starts <= story.fails
        turns = {
            self._words.starting: (story.start_seconds, self._words.failed if fails else self._words.running),
            self._words.stopping: (story.stop_seconds, self._words.stopped),
        }
        if status in turns:
            seconds, then = turns[status]
            moment = self._world.now + timedelta(seconds=seconds)
            self._world.turnstile.at(moment, partial(self._turn_on, self._changes, then))

    def _turn_on(self, change: int, status: str) -> None:
        if change == self._changes:
            self._turn(status)


class Model:
    """The `Model` of one step."""

    def __init__(self, world: World, request: ModelRequest, arn: str) -> None:
        self.request = request
        self._world = world
        self._arn = arn

    def describe(self) -> ModelDescription:
        """What the service says of it."""
        return self.described(Call.DESCRIBE)

    def described(self, kind: Call) -> ModelDescription:
        """The same by another call."""
        status = self._world.call(kind, lambda: self._world.service.status)
        words = self._world.story.words
        units = 1 if status in (words.starting, words.running, words.stopping) else None
        return ModelDescription(status=status, status_message="", min_inference_units=units, max_inference_units=None)

    def start(self, units: InferenceUnits, *, client_token: str) -> str:  # noqa: ARG002 - one size fits all
        """Ask for the start."""
        return self._world.call(Call.START, lambda: self._world.service.start(self._arn, client_token))

    def stop(self) -> str:
        """Ask for the stop."""
        return self._world.call(Call.STOP, lambda: self._world.service.stop(self._arn))


class Records:
    """The `ModelRecords`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._record = ModelRecord()

    def read(self, request: ModelRequest) -> ModelRecord:  # noqa: ARG002 - there is one model
        """The record as it stands."""
        return self._world.call(Call.READ, lambda: self._record)

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:  # noqa: ARG002
        """Write it, unless another version stands there."""
        return self._world.call(Call.WRITE, partial(self._replace, before, after))

    def _replace(self, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        if before.version != self._record.version:
            return None
        self._record = replace(after, version=before.version + 1)
        self._world.lived.written.append(lived.Written(self._world.now, self._record))
        return self._record


class Schedules:
    """EventBridge Scheduler's client."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._armed: dict[str, str] = {}

    def forget(self) -> None:
        """Delete them all."""
        self._armed.clear()

    def create_schedule(self, **asked: Any) -> None:
        """Arm one; within a minute after its moment it starts its execution, and is gone."""
        self._world.call(Call.ARM, partial(self._create, asked["Name"], asked))

    def delete_schedule(self, **asked: Any) -> None:
        """Take one back."""
        self._world.call(Call.DISARM, partial(self._delete, asked["Name"]))

    def _create(self, name: str, asked: dict[str, Any]) -> None:
        if name in self._armed:
            raise ModelInUseError("ConflictException")
        self._armed[name] = asked["Target"]["Input"]
        moment = datetime.fromisoformat(f"{asked['ScheduleExpression'][3:-1]}+00:00")
        late = timedelta(seconds=self._world.minutes())
        self._world.turnstile.at(moment + late, partial(self._fire, name, self._armed[name]))

    def _delete(self, name: str) -> None:
        if self._armed.pop(name, None) is None:
            raise ModelNotFoundError("ResourceNotFoundException")

    def _fire(self, name: str, armed: str) -> None:
        if self._armed.get(name) is armed:
            del self._armed[name]
            self._world.execute(Goal.STOPPED, json.loads(armed))


class Stops:
    """The executions, as the watch meets them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, request: StopRequest, *, once: str) -> None:
        """Start stop-model, once for that text."""
        self._world.call(
            Call.EXECUTE, lambda: self._world.execute(Goal.STOPPED, request.to_json(), name=f"watch-{once}")
        )

    def is_under_way(self, execution_arn: str) -> bool:
        """Whether an execution has not ended."""
        return self._world.call(Call.LOOK_UP, lambda: self._world.executions[execution_arn].ended is None)


def _moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _every(step: timedelta, begin: datetime, end: datetime) -> Iterator[datetime]:
    moment = begin.replace(second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += step
