"""A world with one model in it, in which a story comes true: the service, the record, the schedules, the machines."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, TypeVar, cast

from model_lifecycle.aws.executions import StopExecutions
from model_lifecycle.aws.lease_schedules import LeaseSchedules, StopTarget
from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.reading import Endings
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.usage import Datapoint
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import InferenceUnits, ModelDescription
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import Action, take_step
from model_lifecycle.steps.stop import check_stop, stop_model
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.instant import from_instant, to_instant
from model_lifecycle.vocabulary.machines import OF_GOAL, STOP_MODEL
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.watch.watch import Finding, Limits, Watch
from tests.fakes.fake_seams import FakeRecords
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, START, STOP_EXECUTION, after
from tests.fakes.told import PRICE, UTC
from tests.simulation import model_life as lived
from tests.simulation.machine import End, Machine, TaskError
from tests.simulation.story import IDENTITIES, UNHEARD_OF, Begins, Call, Fault, Hand, Happens, Story
from tests.simulation.turnstile import Turnstile

Answer = TypeVar("Answer")
Definitions = Mapping[str, Mapping[str, Any]]

WARN_AFTER = timedelta(hours=24)

_MACHINES = {goal: machine.name for goal, machine in OF_GOAL.items()}
_ARNS = {Goal.RUNNING: EXECUTION.rpartition(":")[0], Goal.STOPPED: STOP_EXECUTION.rpartition(":")[0]}
_TARGET = StopTarget(
    group_name="model-leases",
    state_machine_arn=f"arn:aws:states:us-east-1:123456789012:stateMachine:{STOP_MODEL.name}",
    role_arn="arn:aws:iam::123456789012:role/leases",
    dead_letter_arn="arn:aws:sqs:us-east-1:123456789012:undelivered",
)
# Lambda's own, of functions that are called asynchronously.
_RETRIED_AFTER = (60, 120)
_TOLD_ONCE_IN = timedelta(seconds=24 * 3_600 - 300)
_TOKENS_ARE_KEPT = timedelta(hours=8)
_METRIC_STEP = timedelta(minutes=5)
_CARRIED_OUT = (None, Fault.ANSWER_LOST, Fault.DIES_AFTER)
_DIES = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
_ERRORS: Mapping[Fault, errors.ModelLifecycleError] = {
    Fault.THROTTLED: errors.ServiceUnavailableError("throttled", perhaps_done=False),
    Fault.BROKEN: errors.ServiceUnavailableError("no answer", perhaps_done=True),
    Fault.ANSWER_LOST: errors.ServiceUnavailableError("no answer", perhaps_done=True),
    Fault.IN_USE: errors.ModelInUseError("in use"),
    Fault.DENIED: errors.AccessDeniedError("denied"),
    Fault.NOT_FOUND: errors.ModelNotFoundError("not found"),
    Fault.QUOTA: errors.QuotaExceededError("quota"),
    Fault.INVALID: errors.InvalidRequestError("invalid"),
    Fault.REFUSED: errors.ServiceRefusedError("refused"),
}
_OF_LAMBDA: Mapping[Fault | None, str] = {
    Fault.THROTTLED: "Lambda.TooManyRequestsException",
    Fault.BROKEN: "Lambda.ServiceException",
    Fault.ANSWER_LOST: "Lambda.SdkClientException",
    Fault.DENIED: "Lambda.AccessDeniedException",
}
_DIED = "Runtime.ExitError"
_ANOTHER = f"{EXECUTION}-of-another"


class ProcessDiedError(Exception):
    """The function's process ended in the middle of its work."""


class FaultyCallError(Exception):
    """What a caller without a word of its own for it gets of a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class EndedError(BaseException):
    """The execution that goes on here has been ended."""


@dataclass(frozen=True)
class Look:
    """What one call told of the status: None if it was to tell and did not. `step`: which function's run made it."""

    step: int
    told: str | None
    moment: datetime


@dataclass(frozen=True)
class Asked(lived.Call):
    """A start or a stop that was carried out. `looks_before`: how often the status was looked at before."""

    looks_before: int
    status_before: str
    answered: bool


@dataclass
class Step:
    """One run of one function that takes a step. `heard`: its answer reached the machine."""

    number: int
    began: datetime
    ended: datetime | None = None
    heard: bool = False


@dataclass
class Visit:
    """One state's turn: a step with all its tries, and how the model was after it."""

    began: datetime
    ended: datetime
    status: str


@dataclass(kw_only=True)
class Running(lived.Execution):
    """An execution as it goes on. `told_by`: which function's run made its message."""

    goal: Goal
    end: End | None = None
    steps: list[Step] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    message: Message | None = None
    told_by: int = 0


class World:
    """Brings a story about, to its end, with machines of these definitions."""

    def __init__(self, story: Story, definitions: Definitions) -> None:
        self.story = story
        self.over = START + story.lasts
        self.turnstile = Turnstile(START, until=self.over)
        self.executions: dict[str, Running] = {}
        self.conditions: list[lived.Condition] = []
        self.asked: list[Asked] = []
        self.written: list[lived.Written] = []
        self.told: list[lived.Told] = []
        self.looks: list[Look] = []
        self.wanted: list[datetime] = []
        self.fault: Fault | None = None
        self.chance = Random(story.chance)  # noqa: S311 - the same each time
        self.records = Records(self)
        self.schedules = Schedules(self)
        self.service = Service(self)
        self._definitions = definitions
        self._leases = LeaseSchedules(_TARGET, cast("Any", self.schedules))
        self._client = cast("Any", Executions(self))
        self._runs = 0
        self._befallen = [0] * len(story.faults)
        stop = partial(stop_model, records=self.records, leases=self._leases, meter=self.service)
        check = partial(check_stop, records=self.records, leases=self._leases, meter=self.service)
        self._actions: Mapping[str, Mapping[Goal, Action]] = {
            "StartModel": {Goal.RUNNING: partial(start_model, records=self.records, leases=self._leases)},
            "CheckModel": {Goal.RUNNING: partial(check_model, records=self.records), Goal.STOPPED: check},
            "StopModel": {Goal.STOPPED: stop},
        }
        for act in story.acts:
            self.turnstile.at(after(act.at), partial(self._act, act))
        if story.watch_at is not None:
            self.turnstile.begin(partial(self._watch, story.watch_at))
        self.turnstile.run()

    @property
    def now(self) -> datetime:
        """The moment now."""
        return self.turnstile.now

    @property
    def life(self) -> lived.ModelLife:
        """What became of it."""
        return lived.ModelLife(
            name=f"A model of {self.story.service}",
            words=self.story.words,
            over=self.over,
            conditions=self.conditions,
            executions=self.executions,
            calls=self.asked,
            written=self.written,
            told=self.told,
        )

    def call(self, kind: Call, carry_out: Callable[[], Answer]) -> Answer:
        """Make a call, while others go on; half of its time has passed when it is carried out."""
        seconds = self.chance.choice(self.story.seconds_a_call)
        fault = self._fault_of(kind)
        self.turnstile.wait(seconds / 2)
        refusal: Exception | None = None
        if fault in _CARRIED_OUT:
            self.fault = fault
            try:
                answer = carry_out()
            except (errors.ModelLifecycleError, ProcessDiedError) as error:
                refusal = error
        self.turnstile.wait(seconds / 2)
        if fault in _DIES:
            raise ProcessDiedError
        if fault is not None:
            raise FaultyCallError(fault) if kind is Call.INVOKE else _ERRORS[fault]
        if refusal is not None:
            raise refusal
        return answer

    def execute(self, goal: Goal, execution_input: Mapping[str, Any], name: str = "") -> str:
        """Start an execution; under the name of one that is there, none. Returns its ARN."""
        arn = f"{_ARNS[goal]}:{name or len(self.executions)}"
        if arn not in self.executions:
            self.executions[arn] = Running(arn=arn, goal=goal, input=execution_input, began=self.now)
            self.turnstile.begin(partial(self._live, self.executions[arn]))
        return arn

    def _fault_of(self, kind: Call) -> Fault | None:
        befallen: Fault | None = None
        for number, befalls in enumerate(self.story.faults):
            begin = after(befalls.at)
            if befalls.call is kind and begin <= self.now < begin + timedelta(seconds=befalls.seconds):
                if befallen is None and befalls.first <= self._befallen[number] < befalls.first + befalls.times:
                    befallen = befalls.fault
                self._befallen[number] += 1
        return befallen

    def _act(self, act: Begins | Happens) -> None:
        if isinstance(act, Begins):
            self.execute(act.goal, act.input, act.name)
            return
        under_way = [running for running in self.executions.values() if running.ended is None]
        match act.what:
            case str(status):
                self.service.turn(status)
            case Hand.DISARMS:
                self.schedules.armed.clear()
            case Hand.ABORTS_FIRST | Hand.ABORTS_LAST:
                for running in under_way[:1] if act.what is Hand.ABORTS_FIRST else under_way[-1:]:
                    self._end(running, End("ABORTED"))
            case _:
                with suppress(errors.ModelInUseError):
                    self._lend_a_hand(act.what)

    def _lend_a_hand(self, hand: Hand) -> None:
        """What somebody does with the model itself, or another execution in one go."""
        record, words = self.records.store.record, self.story.words
        another: dict[str, Any] = {"version": record.version + 1, "latest_start": _ANOTHER, "wanted_at": self.now}
        runs = self.service.status == words.running
        match hand:
            case Hand.STARTS:
                self.service.start("")
            case Hand.STOPS:
                self.service.stop("")
            case Hand.ANOTHER_STARTS if self.service.status in words.startable:
                self.wanted.append(self.now)
                asked: dict[str, Any] = {
                    "asked_by": _ANOTHER,
                    "asked_at": self.now,
                    "status_when_asked": self.service.status,
                }
                self.records.store.record = ModelRecord(**another, **asked)
                self.service.turn(words.starting)
            case Hand.ANOTHER_WANTS if runs or self.service.status == words.starting:
                # Else it waits.
                if not (runs and record.someone_is_about_to_stop(now=self.now)):
                    self.wanted.append(self.now)
                    gone: dict[str, Any] = dict.fromkeys(("lease_ends_at", "leased_by", "stopping", "stop_asked_at"))
                    self.records.store.record = replace(record, **another, **gone)

    def _live(self, running: Running) -> None:
        definition = self._definitions[_MACHINES[running.goal]]
        timeout = timedelta(seconds=definition["TimeoutSeconds"])
        self.turnstile.at(running.began + timeout, lambda: self._end(running, End("TIMED_OUT")))
        context = {"Id": running.arn, "StartTime": to_instant(running.began), "RedriveCount": 0}
        machine = Machine(
            definition,
            {"Execution": context},
            invoke=partial(self._invoke, running),
            wait=partial(self._wait, running),
            chance=self.chance,
        )
        with suppress(EndedError):
            self._end(running, machine.run(json.loads(json.dumps(running.input))))

    def _end(self, running: Running, end: End) -> None:
        if running.ended is None:
            running.end, running.status, running.ended = end, end.status, self.now
            running.quiet = isinstance(end.output, dict) and bool(end.output.get("Superseded"))
            self.turnstile.begin(partial(self._net, running))

    def _wait(self, running: Running, seconds: float) -> None:
        self.turnstile.wait(seconds)
        if running.ended is not None:
            raise EndedError

    def _invoke(self, running: Running, resource: str, payload: dict[str, Any], first: bool) -> Any:
        """The task's resource does its work. Raises TaskError."""
        function = resource.removeprefix("Functions/").removesuffix(".Arn")
        try:
            if resource.endswith(":::states:startExecution"):
                start = partial(self.execute, Goal.STOPPED, payload["Input"], payload["Name"])
                return {"ExecutionArn": self.call(Call.CLEAN_UP, start)}
            if function == "Notify":
                return self.call(Call.INVOKE, partial(self._notify, payload))
            return self._take_step(running, function, payload, first)
        except errors.ModelLifecycleError as error:
            raise TaskError(f"StepFunctions.{error.name}", error.cause) from error
        except FaultyCallError as error:
            raise TaskError(_OF_LAMBDA[error.fault], str(error)) from error
        except ProcessDiedError as error:
            raise TaskError(_DIED) from error
        finally:
            if running.ended is not None:
                raise EndedError

    def _take_step(self, running: Running, function: str, payload: dict[str, Any], first: bool) -> Any:
        if first:
            running.visits.append(Visit(self.now, self.now, ""))
        runs: list[Step] = []

        def run() -> Any:
            runs.append(Step(self._number(), self.now))
            running.steps.append(runs[0])
            taken = take_step(
                payload,
                self._actions[function],
                model_of=lambda request: Model(self, request, running.arn, runs[0].number),
                defaults=DEFAULTS,
                home=HOME,
                now=self.now,
            )
            # What a function gives is JSON.
            return json.loads(json.dumps(taken))

        try:
            answer = self.call(Call.INVOKE, run)
            runs[0].heard = True
            return answer
        finally:
            for step in runs:
                step.ended = self.now
            running.visits[-1].ended, running.visits[-1].status = self.now, self.service.status

    def _number(self) -> int:
        self._runs += 1
        return self._runs

    def _notify(self, event: dict[str, Any]) -> dict[str, Any]:
        number = self._number()
        endings = Endings(
            executions=self._client,
            model_of=lambda request: Model(self, request, "", number),
            defaults=DEFAULTS,
            home=HOME,
            now=self.now,
        )
        identity = endings.identity(event)
        if identity not in {told.notification_id for told in self.told}:
            ending = endings.read(event)
            if ending is not None:
                running = self.executions[ending.execution_arn or ""]
                running.message = compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC)
                running.told_by = number
                self._tell(identity, running.message.document)
        return {"NotificationId": identity}

    def _net(self, running: Running) -> None:
        """The rule for executions that end, and what becomes of its event."""
        detail = {"executionArn": running.arn, "status": running.status, "redriveCount": 0}
        for seconds in (1, *_RETRIED_AFTER):
            self.turnstile.wait(seconds)
            try:
                self._notify({"detail": detail})
            except (ProcessDiedError, errors.ModelLifecycleError):
                continue
            return
        # It lies in the dead-letter queue, and that one has an alarm.
        self._tell(f"{running.arn}#0", {"Outcome": "Undelivered", "ExecutionArn": running.arn})

    def _tell(self, identity: str, document: Mapping[str, Any]) -> None:
        lease_ends_at = (document.get("Lease") or {}).get("EndsAt")
        end = from_instant(lease_ends_at) if lease_ends_at else None
        self.told.append(lived.Told(self.now, identity, document["Outcome"], document["ExecutionArn"], end))

    def _watch(self, first: float) -> None:
        self.turnstile.wait(first)
        told_at: datetime | None = None
        while True:
            began = self.now
            for seconds in (*_RETRIED_AFTER, None):
                try:
                    if self._look(to_instant(began)) and not (told_at and self.now - told_at < _TOLD_ONCE_IN):
                        told_at = self.now
                        self._tell(to_instant(began), {"Outcome": "StillBilling", "ExecutionArn": None})
                    break
                except (ProcessDiedError, errors.ModelLifecycleError):
                    if seconds is not None:
                        self.turnstile.wait(seconds)
            self.turnstile.wait((began + timedelta(hours=1) - self.now).total_seconds())

    def _look(self, hour: str) -> bool:
        stop_after = self.story.stop_after_hours_unleased
        watch = Watch(
            records=self.records,
            leases=self._leases,
            meter=self.service,
            stops=StopExecutions(_TARGET.state_machine_arn, self._client),
            limits=Limits(
                warn_after=WARN_AFTER, stop_after=None if stop_after is None else timedelta(hours=stop_after)
            ),
            now=self.now,
            hour=hour,
        )
        request = parse_stop_request(dict(IDENTITIES[self.story.service]), defaults=DEFAULTS, home=HOME)
        model = Model(self, request, "", self._number())
        listed = model.described(Call.LIST)
        # There are other models before it.
        self.turnstile.wait(self.chance.choice((0, 0, 1, 10, 200)))
        return watch.look(request, model, listed_as=listed.status).finding is Finding.WARNED


class Service:
    """The vision service, and what it measures."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._words = world.story.words
        self._tokens: dict[str, datetime] = {}
        self._starts = 0
        self.status = ""
        self.turn(world.story.status)

    def start(self, by: str, token: str = "") -> str:
        """Start what can be started, once for each token."""
        if token in self._tokens and self._world.now < self._tokens[token]:
            return self._words.starting
        if self.status not in self._words.startable:
            raise errors.ModelInUseError(f"the status is {self.status}")
        if token and self._world.story.keeps_tokens:
            self._tokens[token] = self._world.now + _TOKENS_ARE_KEPT
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
        now, story = self._world.now, self._world.story
        condition = lived.Condition(now, status)
        self._world.conditions.append(condition)
        turns = {
            self._words.starting: (
                story.start_seconds,
                self._words.failed if self._starts <= story.fails else story.start_ends_in,
            ),
            self._words.stopping: (story.stop_seconds, self._words.stopped),
        }
        seconds, then = turns.get(status, (0, status))
        if then != status:
            self._world.turnstile.at(now + timedelta(seconds=seconds), partial(self._turn_on, condition, then))

    def units_in_service(self, request: ModelRequest, *, until: datetime) -> list[Datapoint]:  # noqa: ARG002
        """Rekognition's metric; a datapoint every few minutes is as many as it takes."""
        return self._world.call(Call.MEASURE, partial(self._measured, request))

    def _asked(self, by: str, status: str, *, starts: bool) -> str:
        world = self._world
        asked = Asked(world.now, starts, by, len(world.looks), self.status, answered=world.fault is None)
        world.asked.append(asked)
        self.turn(status)
        return status

    def _turn_on(self, condition: lived.Condition, status: str) -> None:
        if self._world.conditions[-1] is condition:
            self.turn(status)

    def _measured(self, request: ModelRequest) -> list[Datapoint]:
        if request.service is not REKOGNITION:
            return []
        conditions = self._world.conditions
        ends = [*(condition.moment for condition in conditions[1:]), self._world.now]
        return [
            Datapoint(moment, 1)
            for condition, end in zip(conditions, ends, strict=True)
            if condition.status == self._words.running
            for moment in _every(_METRIC_STEP, condition.moment, end)
        ]


class Model:
    """The `Model` that one run of a function meets."""

    def __init__(self, world: World, request: ModelRequest, arn: str, step: int) -> None:
        self.request = request
        self._world = world
        self._arn = arn
        self._step = step

    def describe(self) -> ModelDescription:
        """What the service says of it."""
        return self.described(Call.DESCRIBE)

    def described(self, kind: Call) -> ModelDescription:
        """The same by another call."""
        status = self._ask(kind, lambda: self._world.service.status)
        words = self._world.story.words
        units = 1 if status in (words.starting, words.running, words.stopping) else None
        return ModelDescription(status=status, status_message="", min_inference_units=units, max_inference_units=None)

    def start(self, units: InferenceUnits, *, client_token: str) -> str:
        """What the service answers to a start."""
        assert units["MinInferenceUnits"] >= 1
        return self._ask(Call.START, lambda: self._world.service.start(self._arn, client_token))

    def stop(self) -> str:
        """What the service answers to a stop."""
        return self._ask(Call.STOP, lambda: self._world.service.stop(self._arn))

    def _ask(self, kind: Call, carry_out: Callable[[], str]) -> str:
        told = None
        try:
            told = self._world.call(kind, carry_out)
        finally:
            if told is not None or kind is Call.DESCRIBE:
                self._world.looks.append(Look(self._step, told, self._world.now))
        return told


class Records:
    """The `ModelRecords`: a store, and calls that reach it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.store = FakeRecords(world.story.record)

    def read(self, request: ModelRequest) -> ModelRecord:
        """The record as it stands."""
        return self._world.call(Call.READ, partial(self.store.read, request))

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """Write it, unless another version stands there."""
        return self._world.call(Call.WRITE, partial(self._replace, request, before, after))

    def _replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        written = self.store.replace(request, before, after)
        if written is not None:
            self._world.written.append(lived.Written(self._world.now, written))
        return written


class Schedules:
    """EventBridge Scheduler's client. `armed`: the inputs of what is to start, by the schedules' names."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.armed: dict[str, str] = {}

    def create_schedule(self, **asked: Any) -> None:
        """Arm one; within a minute after its moment it starts its execution, and is gone."""
        self._world.call(Call.ARM, partial(self._create, asked["Name"], asked))

    def delete_schedule(self, **asked: Any) -> None:
        """Take one back."""
        self._world.call(Call.DISARM, partial(self._delete, asked["Name"]))

    def _create(self, name: str, asked: dict[str, Any]) -> None:
        if name in self.armed:
            raise errors.ModelInUseError("ConflictException")
        self.armed[name] = asked["Target"]["Input"]
        moment = datetime.fromisoformat(f"{asked['ScheduleExpression'][3:-1]}+00:00")
        late = timedelta(seconds=self._world.chance.random() * 60)
        self._world.turnstile.at(moment + late, partial(self._fire, name, self.armed[name]))

    def _delete(self, name: str) -> None:
        if self.armed.pop(name, None) is None:
            raise errors.ModelNotFoundError("ResourceNotFoundException")

    def _fire(self, name: str, armed: str) -> None:
        if self.armed.get(name) is armed:
            del self.armed[name]
            self._world.execute(Goal.STOPPED, json.loads(armed))


class Executions:
    """The client of Step Functions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start_execution(self, **asked: Any) -> None:
        """Start stop-model, once under that name."""
        assert asked["stateMachineArn"] == _TARGET.state_machine_arn
        start = partial(self._world.execute, Goal.STOPPED, json.loads(asked["input"]), asked["name"])
        self._world.call(Call.EXECUTE, start)

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """What is known of one."""
        return self._world.call(Call.LOOK_UP, partial(self._described, executionArn))

    def _described(self, arn: str) -> dict[str, Any]:
        running = self._world.executions[arn]
        known = {"executionArn": arn, "startDate": running.began, "status": running.status}
        end = running.end or End("RUNNING")
        written = {"input": json.dumps(running.input), "output": json.dumps(end.output)}
        return known | written | {"error": end.error, "cause": end.cause}


def _every(step: timedelta, begin: datetime, end: datetime) -> Iterator[datetime]:
    moment = begin.replace(second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += step
