"""The rest of AWS in a simulated world: the record, the schedules, the executions."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from model_lifecycle.aws.lease_schedules import StopTarget
from model_lifecycle.model.line import Line, Waiter
from model_lifecycle.model.pace import Queue, Slot
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.model.spending import Ledger
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.machines import STOP_MODEL
from tests.fakes.fake_lines import FakeLines
from tests.fakes.fake_seams import FakePace, FakeRecords
from tests.simulation import model_life as lived
from tests.simulation.machine import End
from tests.simulation.running import Running
from tests.simulation.scene import Scene
from tests.simulation.story import IDENTITIES, Call

TARGET = StopTarget(
    group_name="model-leases",
    state_machine_arn=f"arn:aws:states:us-east-1:123456789012:stateMachine:{STOP_MODEL.name}",
    role_arn="arn:aws:iam::123456789012:role/leases",
    dead_letter_arn="arn:aws:sqs:us-east-1:123456789012:undelivered",
)


class Records:
    """The `ModelRecords`: a store, and calls that reach it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.store = FakeRecords(scene.story.record)

    def read(self, request: ModelRequest) -> ModelRecord:
        """Return the record as it stands."""
        return self._scene.call(Call.READ, partial(self.store.read, request))

    def replace(self, request: ModelRequest, before: ModelRecord, after: ModelRecord) -> ModelRecord | None:
        """Write it, unless another version stands there."""
        return self._written(partial(self.store.replace, request, before, after))

    def join(self, request: ModelRequest, found: ModelRecord, joined: ModelRecord) -> ModelRecord | None:
        """Write what differs, whoever else joins."""
        return self._written(partial(self.store.join, request, found, joined))

    def _written(self, write: Callable[[], ModelRecord | None]) -> ModelRecord | None:
        def call() -> ModelRecord | None:
            answer = write()
            if answer is not None:
                self._scene.written.append(lived.Written(self._scene.now, self.store.record))
            return answer

        return self._scene.call(Call.WRITE, call)


class Pace:
    """The `Pace`, and calls that reach it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._kept = FakePace()

    def reserve(self, service: str, calls: int, *, first: bool, now: datetime) -> tuple[Slot, Queue]:
        """Take the next slot."""
        return self._scene.call(Call.PACE, partial(self._kept.reserve, service, calls, first=first, now=now))

    def queue(self, service: str, *, now: datetime) -> Queue:
        """Return how the queue stands."""
        return self._scene.call(Call.PACE, partial(self._kept.queue, service, now=now))


class Ledgers:
    """The `Ledgers`, which can be written, and calls that reach them."""

    def __init__(self, scene: Scene, records: Records) -> None:
        self._scene = scene
        self._records = records
        self.written: Sequence[Ledger] = ()

    def ledgers(self) -> Sequence[Ledger]:
        """Return what the watch has counted."""
        return self._scene.call(Call.COUNT, lambda: self.written)

    def records(self) -> dict[str, ModelRecord]:
        """Return the record of the model."""
        story = self._scene.story
        name = " ".join([story.service, *IDENTITIES[story.service].values()])
        return self._scene.call(Call.COUNT, lambda: {name: self._records.store.record})

    def write(self, ledgers: Sequence[Ledger]) -> None:
        """Write what the watch has counted."""

        def write() -> None:
            self.written = ledgers

        self._scene.call(Call.WRITE, write)


class WaitingLines:
    """The `Lines`: a store, and calls that reach it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._store = FakeLines()

    def read(self, request: ModelRequest) -> Line:
        """Return who waits."""
        return self._scene.call(Call.LINE, partial(self._store.read, request))

    def enter(self, request: ModelRequest, waiter: Waiter, **more: Any) -> None:
        """Stand in line."""
        self._scene.call(Call.LINE, partial(self._store.enter, request, waiter, **more))

    def leave(self, request: ModelRequest, execution_arn: str, **more: Any) -> None:
        """Stand there no longer."""
        self._scene.call(Call.LINE, partial(self._store.leave, request, execution_arn, **more))


class Schedules:
    """EventBridge Scheduler's client. `armed`: the inputs of what is to start, by the schedules' names."""

    def __init__(self, scene: Scene, fire: Callable[[dict[str, Any]], object]) -> None:
        self._scene = scene
        self._start = fire
        self.armed: dict[str, str] = {}

    def create_schedule(self, **asked: Any) -> None:
        """Arm one; within a minute after its moment it starts its execution, and is gone."""
        self._scene.call(Call.ARM, partial(self._create, asked["Name"], asked))

    def delete_schedule(self, **asked: Any) -> None:
        """Take one back."""
        self._scene.call(Call.DISARM, partial(self._delete, asked["Name"]))

    def _create(self, name: str, asked: dict[str, Any]) -> None:
        if name in self.armed:
            raise errors.ModelInUseError("ConflictException")
        self.armed[name] = asked["Target"]["Input"]
        moment = datetime.fromisoformat(f"{asked['ScheduleExpression'][3:-1]}+00:00")
        late = timedelta(seconds=self._scene.chance.random() * 60)
        self._scene.turnstile.at(moment + late, partial(self._fire, name, self.armed[name]))

    def _delete(self, name: str) -> None:
        if self.armed.pop(name, None) is None:
            raise errors.ModelNotFoundError("ResourceNotFoundException")

    def _fire(self, name: str, armed: str) -> None:
        if self.armed.get(name) is armed:
            del self.armed[name]
            self._start(json.loads(armed))


class Executions:
    """The client of Step Functions. `known`: all there are. `start`: starts stop-model with an input, under a name."""

    def __init__(
        self, scene: Scene, known: Mapping[str, Running], start: Callable[[dict[str, Any], str], object]
    ) -> None:
        self._scene = scene
        self._known = known
        self._start = start

    def start_execution(self, **asked: Any) -> None:
        """Start it, once under that name."""
        assert asked["stateMachineArn"] == TARGET.state_machine_arn
        start = partial(self._start, json.loads(asked["input"]), asked["name"])
        self._scene.call(Call.EXECUTE, start)

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Return what is known of one."""
        return self._scene.call(Call.LOOK_UP, partial(self._described, executionArn))

    def _described(self, arn: str) -> dict[str, Any]:
        running = self._known[arn]
        known = {"executionArn": arn, "startDate": running.began, "status": running.status}
        end = running.end or End("RUNNING")
        written = {"input": json.dumps(running.input), "output": json.dumps(end.output)}
        return known | written | {"error": end.error, "cause": end.cause}
