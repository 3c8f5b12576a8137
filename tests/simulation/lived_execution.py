"""One execution of the state machine start-model in the life of a model, from its input to what is told of its end."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from model_lifecycle.endings.message import Message, compose
from model_lifecycle.endings.reading import Endings
from model_lifecycle.steps.start import check_model, start_model
from model_lifecycle.steps.step import Action, take_step
from model_lifecycle.vocabulary.errors import FunctionFailedError
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Goal, Phase
from tests.fakes.given import DEFAULTS, EXECUTION, HOME, START
from tests.fakes.told import PRICE, UTC
from tests.simulation.life import Call, Life
from tests.simulation.living_model import LivingModel, LivingRecords, Look, OwnStart, ProcessDiedError, World

_STEP_RETRIED_AFTER = (2, 4)
_NOTIFY_RETRIED_AFTER = (5, 10, 20, 40, 80)


@dataclass(frozen=True)
class Step:
    """One try of one step. `answer` is None if its process died."""

    number: int
    began: datetime
    ended: datetime
    answer: dict[str, Any] | None


@dataclass(frozen=True)
class Visit:
    """One state's turn: a step with all its tries."""

    began: datetime
    ended: datetime


class LivedExecution:
    """Runs start-model's loop as its definition has it, with the repetitions of a step that died."""

    GOAL = Goal.RUNNING
    ARN = EXECUTION

    def __init__(self, life: Life) -> None:
        self.life = life
        self.world = World(life)
        self.steps: list[Step] = []
        self.visits: list[Visit] = []
        self.deadline = START + timedelta(seconds=self.timeout_seconds)
        progress = self._loop()
        self.status_at_end = self.world.status
        self.left_alone = progress["Phase"] == Phase.SUPERSEDED
        self.message = None if self.left_alone else self._notify(progress)

    @property
    def timeout_seconds(self) -> int:
        """Seconds from the execution's start to its deadline."""
        seconds: int = self.life.execution_input["StartTimeoutSeconds"]
        return seconds

    def actions(self) -> dict[Phase, Action]:
        """What is done in each phase that does not end the execution."""
        records = LivingRecords(self.world)
        return {
            Phase.STARTING: partial(check_model, records=records),
            Phase.BLOCKED: partial(start_model, records=records, leases=self.world.leases),
        }

    @property
    def document(self) -> dict[str, Any]:
        """What programs are told."""
        assert self.message is not None
        return self.message.document

    @property
    def begun(self) -> datetime | None:
        """When the execution asked for the start or saw one under way, if it did."""
        lived = {step.number: step.ended for step in self.steps if step.answer}
        joins = [
            lived[look.step]
            for look in self.world.looks
            if look.told == self.life.words.starting and look.step in lived
        ]
        return min([*joins, *(start.moment for start in self.world.own_starts)], default=None)

    @property
    def forgot(self) -> bool:
        """Its record was lost to it: it could not be read, or another execution's claim stands there."""
        taken = self.world.records.record.latest_start not in (None, EXECUTION)
        return taken or Call.READ in {*self.life.lasting_faults, *(call for call, _ in self.life.faults)}

    @property
    def last_look(self) -> Look | None:
        """What was told last of the status to what made the message."""
        teller = self.world.step
        return next((look for look in reversed(self.world.looks) if look.step == teller), None)

    def learned_between(self, one: OwnStart, other: OwnStart) -> list[Look]:
        """What the execution learned of the status between two starts: what was told to a step that died is lost."""
        lived = {step.number for step in self.steps if step.answer}
        looks = self.world.looks[one.looks_before : other.looks_before]
        return [look for look in looks if look.step in lived]

    def _loop(self) -> dict[str, Any]:
        actions = self.actions()
        phase, progress = Phase.BLOCKED, cast("dict[str, Any]", {})
        while phase in actions:
            began = self.world.now
            progress = self._step(actions[phase], progress)
            self.visits.append(Visit(began, self.world.now))
            phase = Phase(progress["Phase"])
            if phase in actions:
                self.world.pass_time(progress["NextCheckSeconds"])
        return progress

    def _step(self, action: Action, progress: dict[str, Any]) -> dict[str, Any]:
        for seconds in (*_STEP_RETRIED_AFTER, None):
            answer = self._try(action, progress)
            if answer is not None:
                return answer
            if seconds is not None:
                self.world.pass_time(seconds)
        return {
            "Phase": Phase.FAILED.value,
            "Failure": {"Error": FunctionFailedError.__name__, "Cause": "A function failed, whatever was retried."},
        }

    def _try(self, action: Action, progress: dict[str, Any]) -> dict[str, Any] | None:
        self.world.step += 1
        began = self.world.now
        answer: dict[str, Any] | None = None
        try:
            taken = take_step(
                self._payload(progress),
                {self.GOAL: action},
                model_of=lambda request: LivingModel(self.world, request),
                defaults=DEFAULTS,
                home=HOME,
                now=began,
            )
            # What a function gives is JSON.
            answer = json.loads(json.dumps(taken))
        except ProcessDiedError:
            pass
        self.steps.append(Step(self.world.step, began, self.world.now, answer))
        return answer

    def _payload(self, progress: dict[str, Any]) -> dict[str, Any]:
        return {
            "Goal": self.GOAL.value,
            "Input": self.life.execution_input,
            "Execution": {"Arn": self.ARN, "StartTime": to_instant(START), "RedriveCount": 0},
            "Progress": progress,
        }

    def _notify(self, progress: dict[str, Any]) -> Message | None:
        for seconds in (*_NOTIFY_RETRIED_AFTER, None):
            if progress["Failure"] and progress["Failure"]["Error"] == FunctionFailedError.__name__:
                # Notify looks for itself, then.
                self.world.step += 1
            endings = Endings(
                executions=cast("Any", None),
                model_of=lambda request: LivingModel(self.world, request),
                defaults=DEFAULTS,
                home=HOME,
                now=self.world.now,
            )
            try:
                ending = endings.read(self._payload(progress))
            except ProcessDiedError:
                if seconds is not None:
                    self.world.pass_time(seconds)
            else:
                assert ending is not None
                return compose(ending, price_per_inference_unit_hour=PRICE, zone=UTC)
        return None
